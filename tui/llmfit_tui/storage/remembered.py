"""What is remembered between visits, in settings.toml: theme and last scenario, beside keys of one's own.

A file that cannot be read means nothing is remembered; that, and that one cannot be written, the caller says.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Any, cast

from llmfit_tui.core.errors import printable
from llmfit_tui.core.record import record
from llmfit_tui.storage.atomic import reason
from llmfit_tui.storage.places import Places
from llmfit_tui.storage.settings_file import SCHEMA, change_settings

_TEXTS = ("theme", "model", "quant", "hardware", "profile")
_MOST_GIB = 1 << 20
_LONGEST = 4000
MOST_RECENT = 12


@record
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
    recent: tuple[str, ...] = ()
    """Scenarios looked at, as lines, the latest first."""
    favourites: tuple[str, ...] = ()
    """Scenarios marked, as lines; written when they are marked."""
    found: tuple[str, ...] = ()
    """What was chosen in the palette, `kind key`, the latest first."""
    learned: tuple[str, ...] = ()
    """Hints for a first visit that were followed, by the id of their key."""
    keys: Mapping[str, Any] = field(default_factory=dict[str, Any], compare=False)
    """`[keys]` as it stands in the file: what a person wrote there, never written by us."""
    terminal: Mapping[str, Any] = field(default_factory=dict[str, Any], compare=False)
    """`[terminal]`, likewise."""
    problem: str = field(default="", compare=False)
    """Why the file cannot be read, in a sentence."""


def read_remembered(places: Places) -> Remembered:
    """The last visit; values of another type than expected are forgotten."""
    shown = printable(str(places.settings))
    try:
        if not places.settings.exists():
            return Remembered()
        # Not at the first visit: its reader takes a while to load.
        import tomllib

        from llmfit_tui.storage.toml_text import read_file

        document = tomllib.loads(read_file(places.settings).text)
    except FileNotFoundError:
        return Remembered()
    except (OSError, UnicodeDecodeError, RecursionError, ValueError) as problem:
        why = reason(problem) if isinstance(problem, OSError) else printable(str(problem))
        return Remembered(problem=f"{shown} cannot be read, and nothing in it counts: {why}.")
    if document.get("schema", SCHEMA) != SCHEMA:
        return Remembered(problem=f"{shown} was written by a newer program, and nothing in it counts.")
    values, keys, kept = _table(document, "last"), _table(document, "keys"), _table(document, "scenarios")
    texts = {key: values[key] for key in _TEXTS if isinstance(values.get(key), str)}
    host, settings = values.get("host_gib"), values.get("settings")
    return Remembered(
        host_gib=host if type(host) is int and 0 < host < _MOST_GIB else None,
        settings=cast("dict[str, Any]", settings) if isinstance(settings, dict) else {},
        recent=_texts(kept, "recent"),
        favourites=_texts(kept, "favourites"),
        found=_texts(values, "found"),
        learned=_texts(values, "learned"),
        keys=keys,
        terminal=_table(document, "terminal"),
        **texts,
    )


def _table(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _texts(table: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = table.get(name)
    items = cast("list[object]", found) if isinstance(found, list) else []
    return tuple(item for item in items if isinstance(item, str) and len(item) <= _LONGEST)


def remember(places: Places, visit: Remembered) -> None:
    """Write the last visit over the one before, leaving other settings alone. Raises SaveError.

    A file somebody damaged, or a newer program wrote, is left as it is.
    """
    last: dict[str, Any] = {key: getattr(visit, key) for key in (*_TEXTS, "host_gib", "settings")}
    last |= {"found": list(visit.found), "learned": list(visit.learned)}

    def change(document: Any) -> None:
        document["last"] = {key: value for key, value in last.items() if value not in (None, {}, [])}
        # Of two programs at once, both keep what they looked at.
        others = _texts(_table(document, "scenarios"), "recent")
        recent = list(dict.fromkeys((*visit.recent, *map(str, others))))[:MOST_RECENT]
        if recent:
            document.setdefault("scenarios", {})["recent"] = recent

    change_settings(places, change)


def mark_favourite(places: Places, line: str, marked: bool) -> tuple[str, ...]:
    """Put a scenario among the favourites, or take it away; returns them all. Raises SaveError."""
    kept: list[str] = []

    def change(document: Any) -> None:
        before = map(str, _texts(_table(document, "scenarios"), "favourites"))
        kept[:] = [*([line] if marked else []), *(one for one in before if one != line)]
        document.setdefault("scenarios", {})["favourites"] = kept

    change_settings(places, change)
    return tuple(kept)
