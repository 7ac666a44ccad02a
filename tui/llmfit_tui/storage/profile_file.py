"""One file of profiles, read so that a mistake in it costs as little as possible.

A table that cannot be read is named with file, line and key, and the others still work: where the file as a
whole is not TOML, its tables are read one by one.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, cast

from llmfit_tui.core.errors import LlmfitError, printable, quoted, sentence
from llmfit_tui.core.names import nearest
from llmfit_tui.core.profiles.profile import Profile
from llmfit_tui.core.profiles.read import ProfileProblem, read_profile
from llmfit_tui.storage.atomic import reason
from llmfit_tui.storage.toml_lines import line_of_spot, line_of_table
from llmfit_tui.storage.toml_text import read_file, sound_documents

SCHEMA = 1
LARGEST_FILE = 1 << 20
_TOP_KEYS = ("schema", "profiles")


class ProfileFileError(LlmfitError):
    """A file of profiles that cannot be used as it stands."""

    unreadable = True


class ProfileFile:
    """One file while it is read: its text, and what is wrong with it."""

    def __init__(self, path: Path, most_remarks: int) -> None:
        self.path = path
        self.most_remarks = most_remarks
        """With more, where they are is not looked for."""
        self.text = ""
        self.problems: list[str] = []
        self.warnings: list[str] = []

    def profiles(self) -> Iterator[Profile]:
        """Every profile that can be read."""
        if not self._read():
            return
        try:
            documents = [tomllib.loads(self.text)]
        except (tomllib.TOMLDecodeError, RecursionError, ValueError):
            documents, dropped = sound_documents(self.text)
            for line, said in dropped:
                self._problem(f", line {line}", f"this is not TOML: {printable(said)[:200]}")
        try:
            for document in documents:
                check_schema(_shown(self.path), document)
        except ProfileFileError as problem:
            self.problems.append(str(problem))
            return
        for document in documents:
            yield from self._document(document)

    def line_of(self, name: str) -> str:
        """', line N' of the last table of this name."""
        return f", line {line_of_table(self.text, name, last=True)}"

    def _read(self) -> bool:
        try:
            if self.path.stat().st_size > LARGEST_FILE:
                self._problem("", f"at most {LARGEST_FILE >> 20} MiB were expected; it was not read")
                return False
            self.text = read_file(self.path).text
        except (FileNotFoundError, NotADirectoryError):
            return False
        except UnicodeDecodeError:
            self._problem("", "text in UTF-8 was expected; it was not read")
            return False
        except OSError as problem:
            self.problems.append(f"{_shown(self.path)} cannot be read: {reason(problem)}.")
            return False
        return True

    def _problem(self, line: str, said: str) -> None:
        self.problems.append(f"{_shown(self.path)}{line}: {sentence(said)}")

    def _document(self, document: Mapping[str, Any]) -> Iterator[Profile]:
        for key in document:
            if key not in _TOP_KEYS:
                close = nearest(key, _TOP_KEYS, 1)[0]
                line = self._line(self.warnings, partial(line_of_table, self.text, key, ()))
                said = f"unknown {quoted(key)}, left as it is; did you mean {close}?"
                self.warnings.append(f"{_shown(self.path)}{line}: {said}")
        tables = document.get("profiles", {})
        if not isinstance(tables, dict):
            line = line_of_table(self.text, "profiles", below=())
            self._problem(f", line {line}", "tables [profiles.NAME] were expected")
            return
        for name, table in cast("dict[str, Any]", tables).items():
            found = self._profile(name, table)
            if found is not None:
                yield found

    def _profile(self, name: str, table: Any) -> Profile | None:
        where = f"profiles.{printable(name if len(name) <= 80 else f'{name[:80]}…')}"
        if not isinstance(table, Mapping):
            line = self._line(self.problems, lambda: line_of_table(self.text, name))
            self._problem(line, f"{where}: a table was expected")
            return None
        try:
            found, remarks = read_profile(name, cast("Mapping[str, Any]", table))
        except ProfileProblem as problem:
            spot = problem.spot
            line = self._line(self.problems, lambda: line_of_spot(self.text, name, spot))
            self._problem(line, f"{where}: {problem}")
            return None
        for remark in remarks:
            line = self._line(self.warnings, partial(line_of_spot, self.text, name, remark.spot))
            inner = f"{remark.spot}: " if remark.spot.entry else ""
            self.warnings.append(f"{_shown(self.path)}{line}: {where}: {inner}{remark.said}")
        return found

    def _line(self, said: list[str], find: Callable[[], int]) -> str:
        """', line N', not looked for where it would not be shown."""
        return f", line {find()}" if len(said) < self.most_remarks else ""


def check_schema(called: str, document: Mapping[str, Any]) -> None:
    """Raise ProfileFileError where the file was written by a newer program, or says nothing we know."""
    schema = document.get("schema", SCHEMA)
    if type(schema) is int and schema > SCHEMA:
        number = str(schema) if schema < 1 << 64 else "a very large one"
        said = f"schema {quoted(number)} is newer than this program, which reads {SCHEMA}"
        raise ProfileFileError(f"{called}: {said}.")
    if type(schema) is not int or schema != SCHEMA:
        raise ProfileFileError(f"{called}: schema = {SCHEMA} was expected, not {quoted(str(schema))}.")


def _shown(path: Path) -> str:
    return printable(str(path))
