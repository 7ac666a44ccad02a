"""Changing profiles on disk: only the table that changed, everything else as its owner left it.

Every change is made under a lock on the file as it is at that moment, key by key, so that two programs
saving at once lose neither's change. Where both changed the same key of the same profile, nothing is written
and the person is asked.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from llmfit_tui.core.errors import LlmfitError, UnknownName, printable, quoted
from llmfit_tui.core.names import nearest
from llmfit_tui.core.profiles.profile import Profile, checked_name, checked_text
from llmfit_tui.core.profiles.read import ProfileProblem, read_profile
from llmfit_tui.core.profiles.table import table_of
from llmfit_tui.core.record import record
from llmfit_tui.storage.atomic import locked, reason, replace_text
from llmfit_tui.storage.places import Places
from llmfit_tui.storage.profile_file import SCHEMA, ProfileFileError, check_schema
from llmfit_tui.storage.toml_edit import EditError, ProfileText
from llmfit_tui.storage.toml_text import FileText, line_and_reason, read_file


class ConflictError(LlmfitError):
    """Somebody else changed the profile meanwhile; nothing was saved."""


@record
class Before:
    """What a change overwrote: each profile's text by name, comments included; None where there was none."""

    texts: Mapping[str, str | None]


def save_profile(
    places: Places, profile: Profile, seen: Profile | None = None, *, new: bool = False
) -> Before:
    """Write one profile. Raises SaveError, ProfileFileError, BadValue or ConflictError.

    `seen` is the profile as it was before it was edited: keys that somebody else changed meanwhile are kept,
    and where both changed the same one that is a conflict. `new`: where the name is taken that is one too.
    """
    return save_profiles(places, [profile], seen, new=new)


def save_profiles(
    places: Places, profiles: Sequence[Profile], seen: Profile | None = None, *, new: bool = False
) -> Before:
    """Write several profiles in one step: all of them or none. Raises as `save_profile` does."""
    for profile in profiles:
        _check(profile)

    def change(file: ProfileText) -> dict[str, str | None]:
        before = {profile.name: file.text_of(profile.name) for profile in profiles}
        for profile in profiles:
            if new:
                _refuse_taken(file, profile.name)
            _write(file, profile, seen)
        return before

    return _change(places.profiles, change)


def rename_profile(places: Places, seen: Profile, profile: Profile) -> Before:
    """Write the profile under its new name and drop the old one. Raises as `save_profile` does."""
    _check(profile)

    def change(file: ProfileText) -> dict[str, str | None]:
        if profile.name.lower() != seen.name.lower():
            _refuse_taken(file, profile.name)
        before = {seen.name: file.text_of(seen.name), profile.name: file.text_of(profile.name)}
        if seen.name not in file.tables:
            raise ConflictError(f"{quoted(seen.name)} was deleted by another program meanwhile.")
        file.rename(seen.name, profile.name)
        _write(file, profile, seen)
        return before

    return _change(places.profiles, change)


def delete_profile(places: Places, name: str) -> Before:
    """Remove a profile of the person's own file. Raises UnknownName, SaveError or ProfileFileError."""

    def change(file: ProfileText) -> dict[str, str | None]:
        names = list(file.tables)
        key = name if name in names else next((one for one in names if one.lower() == name.lower()), None)
        if key is None:
            raise UnknownName("profile", name, nearest(name, names))
        before = {key: file.text_of(key)}
        file.remove(key)
        return before

    return _change(places.profiles, change)


def put_back(places: Places, before: Before) -> Before:
    """Undo a change, comments and all. Raises as `save_profile` does."""

    def change(file: ProfileText) -> dict[str, str | None]:
        now = {name: file.text_of(name) for name in before.texts}
        for name, text in before.texts.items():
            if text is None:
                file.remove(name)
            else:
                file.put(name, text)
        return now

    return _change(places.profiles, change)


def _check(profile: Profile) -> None:
    checked_name(profile.name)
    checked_text(profile.notes, "notes")
    for text in (*profile.tags, *(gpu.name for gpu in profile.own_gpus)):
        checked_text(text, "a text of the profile")


def _refuse_taken(file: ProfileText, name: str) -> None:
    taken = next((one for one in file.tables if one.lower() == name.lower()), None)
    if taken is not None:
        raise ConflictError(f"There is a profile called {quoted(taken)} already.")


def _write(file: ProfileText, profile: Profile, seen: Profile | None) -> None:
    """Bring the table up to date: keys this program knows and whose meaning changed, and no others."""
    wanted = table_of(profile)
    table = file.tables.get(profile.name)
    if table is None:
        if seen is not None:
            raise ConflictError(f"{quoted(profile.name)} was deleted by another program meanwhile.")
        file.add(profile.name, wanted)
        return
    try:
        theirs = table_of(read_profile(profile.name, table)[0])
    except (ProfileProblem, TypeError) as problem:
        said = f"The profile {quoted(profile.name)} in the file cannot be read: {problem}"
        raise ProfileFileError(f"{said}; nothing was saved, mend it or delete it first.") from problem
    base = theirs if seen is None else table_of(seen)
    values: dict[str, Any] = {}
    clashing: list[str] = []
    for key in dict.fromkeys((*theirs, *wanted)):
        there, mine, was = theirs.get(key), wanted.get(key), base.get(key)
        if mine in (there, was):
            continue
        if there != was:
            clashing.append(key)
        values[key] = _as_spelled(table.get(key), there, mine)
    if clashing:
        keys = " and ".join(clashing)
        raise ConflictError(f"{quoted(profile.name)} was changed by another program meanwhile: {keys}.")
    if values:
        file.update(profile.name, values)


def _as_spelled(written: Any, there: Any, mine: Any) -> Any:
    """A list of cards, with what did not change in it spelled as its owner did."""
    if not (isinstance(there, list) and isinstance(mine, list)):
        return mine  # pyright: ignore[reportUnknownVariableType]
    before, after = cast("list[Any]", there), cast("list[Any]", mine)
    if len(before) != len(after):
        return after
    return [_entry(*entries) for entries in zip(written, before, after, strict=True)]


def _entry(written: Any, there: Any, mine: Any) -> Any:
    if there == mine:
        return written
    if isinstance(written, dict) and isinstance(mine, dict):
        own, fields = cast("dict[str, Any]", written), cast("dict[str, Any]", mine)
        return {key: own[key] if there.get(key) == value else value for key, value in fields.items()}
    return mine


def _change(path: Path, change: Callable[[ProfileText], dict[str, str | None]]) -> Before:
    """Read the file as it is now, change it, and put it back."""
    with locked(path):
        try:
            file = read_file(path) if path.exists() else FileText(f"schema = {SCHEMA}\n")
            text = ProfileText(file.text)
        except UnicodeDecodeError as problem:
            said = f"{printable(str(path))}: text in UTF-8 was expected"
            raise ProfileFileError(f"{said}; nothing was saved, mend it first.") from problem
        except OSError as problem:
            raise ProfileFileError(f"{printable(str(path))} cannot be read: {reason(problem)}.") from problem
        except EditError as problem:
            line, bare = line_and_reason(str(problem))
            where = f"{printable(str(path))}, line {line}" if line else printable(str(path))
            said = f"{where}: this is not TOML: {printable(bare)[:200]}"
            raise ProfileFileError(f"{said}; nothing was saved, mend it first.") from problem
        check_schema(printable(str(path)), text.document)
        if not isinstance(text.document.get("profiles", {}), dict):
            said = f"{printable(str(path))}: tables [profiles.NAME] were expected"
            raise ProfileFileError(f"{said}; nothing was saved, mend it first.")
        try:
            before = change(text)
        except EditError as problem:
            said = f"{printable(str(path))} cannot be changed without loss: {printable(str(problem))[:200]}"
            raise ProfileFileError(f"{said}; nothing was saved.") from problem
        if text.text != file.text or not path.exists():
            replace_text(path, file.as_file(text.text))
        return Before(before)
