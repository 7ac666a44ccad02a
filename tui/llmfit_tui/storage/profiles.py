"""Reading profiles: a person's own, and those a server's owner shares.

A table that cannot be read is named with file, line and key, and the others still work: where the file as a
whole is not TOML, its tables are tried one by one.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from llmfit_tui.core.errors import LlmfitError, printable, quoted
from llmfit_tui.core.names import nearest
from llmfit_tui.core.profile import Profile, ProfileProblem, read_profile
from llmfit_tui.storage.atomic import reason
from llmfit_tui.storage.places import Places

SCHEMA = 1
LARGEST_FILE = 4 << 20
_HEADER = re.compile(r"^[ \t]*\[\[?[^\n]*", re.MULTILINE)
_TOP_KEYS = ("schema", "profiles")
_WHERE = re.compile(r" \(at line (\d+), column \d+\)| \(at end of document\)")


class ProfileFileError(LlmfitError):
    """A file of profiles that cannot be used as it stands."""

    unreadable = True


@dataclass(frozen=True, slots=True)
class Kept:
    """A profile and where it comes from."""

    profile: Profile
    path: Path
    own: bool
    """In the person's own file, so it can be changed."""


@dataclass(frozen=True, slots=True)
class Profiles:
    """All profiles that could be read, the person's own first, and what was wrong with the rest."""

    kept: tuple[Kept, ...]
    problems: tuple[str, ...]
    warnings: tuple[str, ...]

    def find(self, name: str) -> Kept | None:
        """By name, upper or lower case."""
        return next((kept for kept in self.kept if kept.profile.name.lower() == name.lower()), None)

    @property
    def names(self) -> list[str]:
        """Every name."""
        return [kept.profile.name for kept in self.kept]


def read_profiles(places: Places) -> Profiles:
    """Every profile in reach; a person's own hides a shared one of its name."""
    kept: dict[str, Kept] = {}
    problems: list[str] = []
    warnings: list[str] = []
    for path, own in _files(places):
        text = _read(path, problems)
        if text is None:
            continue
        for found in _profiles_in(path, text, problems, warnings):
            key = found.name.lower()
            if key in kept and kept[key].path == path:
                problems.append(
                    f"{_shown(path)}: two profiles are called {quoted(found.name)}; the first counts."
                )
            kept.setdefault(key, Kept(found, path, own and path == places.profiles))
    return Profiles(tuple(kept.values()), tuple(problems), tuple(warnings))


def _files(places: Places) -> Iterator[tuple[Path, bool]]:
    yield places.profiles, True
    for folder, own in ((places.own, True), *((shared, False) for shared in places.shared)):
        if not own:
            yield folder / "profiles.toml", False
        try:
            yield from ((path, own) for path in sorted((folder / "profiles.d").glob("*.toml")))
        except OSError:
            continue


def _read(path: Path, problems: list[str]) -> str | None:
    try:
        if path.stat().st_size > LARGEST_FILE:
            problems.append(
                f"{_shown(path)}: at most {LARGEST_FILE >> 20} MiB were expected; it was not read."
            )
            return None
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        problems.append(f"{_shown(path)}: text in UTF-8 was expected; it was not read.")
    except OSError as problem:
        problems.append(f"{_shown(path)} cannot be read: {reason(problem)}.")
    return None


def _profiles_in(path: Path, text: str, problems: list[str], warnings: list[str]) -> Iterator[Profile]:
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as problem:
        yield from _piece_by_piece(path, text, str(problem), problems, warnings)
        return
    try:
        check_schema(path, document)
    except ProfileFileError as problem:
        problems.append(str(problem))
        return
    for key in document:
        if key not in _TOP_KEYS:
            close = nearest(key, _TOP_KEYS, 1)[0]
            line = line_of(text, key)
            warnings.append(f"{_shown(path)}{line}: unknown {quoted(key)}; did you mean {close}?")
    tables = document.get("profiles", {})
    if not isinstance(tables, dict):
        problems.append(f"{_shown(path)}{line_of(text, 'profiles')}: tables [profiles.NAME] were expected.")
        return
    for name, table in cast("dict[str, Any]", tables).items():
        found = _profile(path, text, 0, name, table, problems, warnings)
        if found is not None:
            yield found


def _profile(
    path: Path, text: str, offset: int, name: str, table: Any, problems: list[str], warnings: list[str]
) -> Profile | None:
    where = f"profiles.{printable(name[:80])}"
    if not isinstance(table, Mapping):
        problems.append(f"{_shown(path)}{line_of(text, name, offset=offset)}: {where}: a table was expected.")
        return None
    try:
        found, unknown = read_profile(name, cast("Mapping[str, Any]", table))
    except ProfileProblem as problem:
        line = line_of(text, problem.key, name, offset)
        problems.append(f"{_shown(path)}{line}: {where}: {problem}")
        return None
    for warning in unknown:
        key = warning.split('"')[1]
        warnings.append(f"{_shown(path)}{line_of(text, key, name, offset)}: {where}: {warning}")
    return found


def check_schema(path: Path, document: Mapping[str, Any]) -> None:
    """Raise ProfileFileError where the file was written by a newer program."""
    schema = document.get("schema", SCHEMA)
    if schema != SCHEMA:
        said = f"schema {quoted(str(schema))}"
        raise ProfileFileError(f"{_shown(path)}: {said} is newer than this program, which reads {SCHEMA}.")


def _piece_by_piece(
    path: Path, text: str, said: str, problems: list[str], warnings: list[str]
) -> Iterator[Profile]:
    """Profiles of a file that is not TOML as a whole: every table that is one on its own."""
    match = _WHERE.search(said)
    line = f", line {match.group(1)}" if match and match.group(1) else ""
    problems.append(f"{_shown(path)}{line}: this is not TOML: {printable(_WHERE.sub('', said))[:200]}.")
    starts = [match.start() for match in _HEADER.finditer(text)]
    tables: dict[str, Profile] = {}
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        try:
            document = tomllib.loads(text[start:end])
        except (tomllib.TOMLDecodeError, RecursionError, ValueError):
            continue
        found = document.get("profiles")
        for name, table in cast("dict[str, Any]", found).items() if isinstance(found, dict) else ():
            offset = text.count("\n", 0, start)
            profile = _profile(path, text[start:end], offset, name, table, problems, warnings)
            if profile is not None and name not in tables:
                tables[name] = replace(profile)
    yield from tables.values()


def line_of(text: str, key: str, table: str | None = None, offset: int = 0) -> str:
    """', line N' of a key, looked for below the header of its table; empty where it is not found."""
    lines = text.split("\n")
    start = 0
    if table is not None:
        header = re.compile(rf"^\s*\[+\s*profiles\s*\.\s*[\"']?{re.escape(table)}[\"']?\s*[\].]")
        start = next((i for i, line in enumerate(lines) if header.match(line)), 0)
    wanted = re.compile(rf"^\s*\[*[\"']?{re.escape(key)}[\"']?\s*[\].=]")
    dotted = re.compile(rf"[.{{,]\s*[\"']?{re.escape(key)}[\"']?\s*[\].=]")
    for pattern in (wanted, dotted):
        for i, line in enumerate(lines[start:], start=start + 1):
            if pattern.search(line):
                return f", line {i + offset}"
    return f", line {start + 1 + offset}" if table is not None else ""


def _shown(path: Path) -> str:
    return printable(str(path))
