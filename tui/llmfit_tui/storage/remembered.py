"""What is remembered between visits: the theme and the last scenario, in settings.toml.

A file that cannot be read means nothing is remembered; that one cannot be written the caller says once.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from llmfit_tui.core.errors import printable
from llmfit_tui.storage.atomic import SaveError, locked, replace_text
from llmfit_tui.storage.places import Places
from llmfit_tui.storage.toml_text import FileText, read_file

SCHEMA = 1
_TEXTS = ("theme", "model", "quant", "hardware", "profile")
_MOST_GIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Remembered:
    """The last visit. None: nothing known."""

    theme: str | None = None
    model: str | None = None
    quant: str | None = None
    hardware: str | None = None
    """Name of a device or of a profile."""
    profile: str | None = None
    """The profile used last, whatever came after it."""
    host_gib: int | None = None
    """Host memory beside a card of the catalog, where somebody chose it."""
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """How the model was run, where that differs from the defaults."""


def read_remembered(places: Places) -> Remembered:
    """The last visit; values of another type than expected are forgotten."""
    try:
        document = tomllib.loads(read_file(places.settings).text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError, ValueError):
        return Remembered()
    last = document.get("last")
    if document.get("schema", SCHEMA) != SCHEMA or not isinstance(last, dict):
        return Remembered()
    values = cast("dict[str, Any]", last)
    texts = {key: values[key] for key in _TEXTS if isinstance(values.get(key), str)}
    host, settings = values.get("host_gib"), values.get("settings")
    return Remembered(
        host_gib=host if type(host) is int and 0 < host < _MOST_GIB else None,
        settings=cast("dict[str, Any]", settings) if isinstance(settings, dict) else {},
        **texts,
    )


def remember(places: Places, visit: Remembered) -> None:
    """Write the last visit over the one before, leaving other settings alone. Raises SaveError.

    A file somebody damaged, or a newer program wrote, is left as it is.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    last: dict[str, Any] = {key: getattr(visit, key) for key in (*_TEXTS, "host_gib", "settings")}
    path = places.settings
    with locked(path):
        try:
            file = read_file(path) if path.exists() else FileText("")
            document: Any = tomlkit.parse(file.text)
        except (OSError, UnicodeDecodeError, TOMLKitError, ValueError, RecursionError) as problem:
            said = f"{printable(str(path))} cannot be read as TOML and is left as it is"
            raise SaveError(f"{said}; mend or delete it.") from problem
        if document.get("schema", SCHEMA) != SCHEMA:
            raise SaveError(f"{printable(str(path))} was written by a newer program and is left as it is.")
        document["schema"] = SCHEMA
        document["last"] = {key: value for key, value in last.items() if value not in (None, {})}
        replace_text(path, file.as_file(tomlkit.dumps(document)))
