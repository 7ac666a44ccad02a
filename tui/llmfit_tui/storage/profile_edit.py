"""Changing profiles on disk: only the table that changed, everything else as its owner left it.

tomlkit keeps comments, order, unknown keys and tables. Every change is made under a lock on the file as it
is at that moment, so that two programs saving at once lose neither's change.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from llmfit_tui.core.errors import LlmfitError, UnknownName, printable, quoted
from llmfit_tui.core.names import nearest
from llmfit_tui.core.profile import Profile, checked_name, read_profile
from llmfit_tui.core.profile_table import table_of
from llmfit_tui.storage.atomic import locked, reason, replace_text
from llmfit_tui.storage.places import Places
from llmfit_tui.storage.profiles import SCHEMA, ProfileFileError, check_schema


class ConflictError(LlmfitError):
    """Somebody else changed the profile meanwhile; nothing was saved."""


@dataclass(frozen=True, slots=True)
class Removed:
    """A deleted profile with its text, comments included, so that it can come back."""

    profile: Profile
    text: str


def save_profile(places: Places, profile: Profile, seen: Profile | None = None) -> None:
    """Write one profile. Raises SaveError, ProfileFileError, or ConflictError.

    `seen` is the profile as it was read before it was edited: where the file holds another one by now, that
    is a conflict and nothing is written.
    """
    checked_name(profile.name)

    def change(document: Any) -> None:
        tables = _tables(document)
        old = tables.get(profile.name)
        if seen is not None and old is not None and _as_profile(profile.name, old) != seen:
            raise ConflictError(f"{quoted(profile.name)} was changed by another program meanwhile.")
        _fill(tables, profile)

    _change(places.profiles, change)


def rename_profile(places: Places, old: str, profile: Profile) -> None:
    """Write the profile under its new name and drop the old one, in one step."""
    checked_name(profile.name)

    def change(document: Any) -> None:
        tables = _tables(document)
        if profile.name != old and profile.name in tables:
            raise ConflictError(f"There is a profile called {quoted(profile.name)} already.")
        table = tables.pop(old, None)
        if table is not None:
            tables[profile.name] = table
        _fill(tables, profile)

    _change(places.profiles, change)


def delete_profile(places: Places, name: str) -> Removed:
    """Remove a profile of the person's own file. Raises UnknownName, SaveError or ProfileFileError."""
    gone: list[Removed] = []

    def change(document: Any) -> None:
        import tomlkit

        tables = _tables(document)
        key = next((key for key in tables if str(key).lower() == name.lower()), None)
        if key is None:
            raise UnknownName("profile", name, nearest(name, [str(key) for key in tables]))
        only = tomlkit.document()
        only["profiles"] = {key: tables[key]}
        gone.append(Removed(_as_profile(str(key), tables[key]), tomlkit.dumps(only)))
        del tables[key]

    _change(places.profiles, change)
    return gone[0]


def restore_profile(places: Places, removed: Removed) -> None:
    """Put a deleted profile back, unless the name is taken by now."""
    save_profile(places, removed.profile)


def _as_profile(name: str, table: Any) -> Profile:
    return read_profile(name, cast("dict[str, Any]", table.unwrap()))[0]


def _tables(document: Any) -> Any:
    """The table of profiles, made where there is none."""
    import tomlkit

    if "profiles" not in document:
        document["profiles"] = tomlkit.table(is_super_table=True)
    return document["profiles"]


def _fill(tables: Any, profile: Profile) -> None:
    """Bring a table up to date key by key, leaving equal values, unknown keys and comments alone."""
    import tomlkit

    wanted = table_of(profile)
    if profile.name not in tables:
        tables[profile.name] = tomlkit.table()
    table = tables[profile.name]
    known = set(table_of(_as_profile(profile.name, table)))
    for key in known - set(wanted):
        del table[key]
    for key, value in wanted.items():
        if key not in table or table[key].unwrap() != value:
            table[key] = value


def _change(path: Path, change: Callable[[Any], None]) -> None:
    """Read the file as it is now, change it, and put it back."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    with locked(path):
        try:
            text = path.read_text(encoding="utf-8") if path.exists() else f"schema = {SCHEMA}\n"
            document = tomlkit.parse(text)
        except OSError as problem:
            raise ProfileFileError(f"{printable(str(path))} cannot be read: {reason(problem)}.") from problem
        except (TOMLKitError, ValueError, RecursionError) as problem:
            said = f"{printable(str(path))} is not TOML: {printable(str(problem))[:200]}"
            raise ProfileFileError(f"{said}; nothing was saved, mend it first.") from problem
        check_schema(path, document)
        change(document)
        replace_text(path, tomlkit.dumps(document))
