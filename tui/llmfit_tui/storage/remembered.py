"""What is remembered between visits: the theme and the last scenario, in settings.toml.

A file that cannot be read means nothing is remembered; that one cannot be written the caller says once.
"""

import tomllib
from dataclasses import asdict, dataclass, fields
from typing import Any, cast

from llmfit_tui.storage.atomic import locked, replace_text
from llmfit_tui.storage.places import Places

SCHEMA = 1


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
    context: int | None = None
    parallel: int | None = None
    kv_type_k: str | None = None
    kv_type_v: str | None = None
    flash_attention: bool | None = None
    host_gib: int | None = None


def read_remembered(places: Places) -> Remembered:
    """The last visit; values of another type than expected are forgotten."""
    try:
        document = tomllib.loads(places.settings.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError, ValueError):
        return Remembered()
    last = document.get("last")
    if document.get("schema", SCHEMA) != SCHEMA or not isinstance(last, dict):
        return Remembered()
    values = cast("dict[str, Any]", last)
    known = {field.name: values[field.name] for field in fields(Remembered) if _fits(field.name, values)}
    return Remembered(**known)


def _fits(name: str, values: dict[str, Any]) -> bool:
    value = values.get(name)
    if name in _NUMBERS:
        return type(value) is int and 0 < value < 1 << 31
    return type(value) is bool if name == "flash_attention" else isinstance(value, str)


_NUMBERS = frozenset({"context", "parallel", "host_gib"})


def remember(places: Places, visit: Remembered) -> None:
    """Write the last visit over the one before, leaving other settings alone. Raises SaveError."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    table = {key: value for key, value in asdict(visit).items() if value is not None}
    with locked(places.settings):
        try:
            document = tomlkit.parse(places.settings.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, TOMLKitError, ValueError):
            document = tomlkit.document()
        document["schema"] = SCHEMA
        document["last"] = table
        replace_text(places.settings, tomlkit.dumps(document))
