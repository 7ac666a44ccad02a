"""`llmfit-tui profile import` and `export`: profiles by file, standard input or output, or one line."""

import argparse
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from llmfit_tui.cli.files import UnreadableError, read_text
from llmfit_tui.core.errors import BadValue, LlmfitError, printable, quoted, sentence
from llmfit_tui.core.profiles.machine import machine_of_profile
from llmfit_tui.core.profiles.profile import Profile
from llmfit_tui.core.profiles.read import ProfileProblem, read_profile
from llmfit_tui.format.profiles import one_line, profile_toml
from llmfit_tui.storage.atomic import replace_text
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.places import places
from llmfit_tui.storage.profile_edit import ConflictError, save_profiles
from llmfit_tui.storage.profile_file import LARGEST_FILE, ProfileFileError, check_schema
from llmfit_tui.storage.profiles import Kept, read_profiles
from llmfit_tui.storage.toml_lines import line_of_spot, line_of_table
from llmfit_tui.storage.toml_text import line_and_reason


def add_import_to(parser: argparse.ArgumentParser) -> None:
    """Add its arguments."""
    parser.add_argument("source", metavar="FILE|-|LINE")
    parser.add_argument("--replace", action="store_true", help="also where the name is taken")


def add_export_to(parser: argparse.ArgumentParser) -> None:
    """Add its arguments."""
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("file", nargs="?", metavar="FILE")
    parser.add_argument("--line", action="store_true", help="one line to paste elsewhere")


def take(parsed: argparse.Namespace) -> int:
    """Save every profile of the source: all of them or none."""
    where = places(parsed.config)
    profiles = _imported(*_source(parsed.source))
    own = {kept.profile.name: kept.profile for kept in read_profiles(where).kept if kept.own}
    fresh = [profile for profile in profiles if own.get(profile.name) != profile]
    if fresh:
        try:
            save_profiles(where, fresh, new=not parsed.replace)
        except ConflictError as problem:
            raise BadValue(f"{problem} Nothing was saved; --replace takes the imported one.") from problem
    catalog = Catalog()
    for profile in profiles:
        there = "" if profile in fresh else " (there already)"
        print(f"{profile.name}: {printable(one_line(profile))}{there}")
        _warn_of_hardware(profile, catalog)
    return 0


def _warn_of_hardware(profile: Profile, catalog: Catalog) -> None:
    """An imported profile may name hardware of a newer catalog: kept, and said."""
    try:
        machine_of_profile(profile, catalog.devices, catalog.systems, catalog.links)
    except LlmfitError as problem:
        print(f"llmfit-tui: {profile.name} is saved but cannot be used: {problem}", file=sys.stderr)


def _source(source: str) -> tuple[str, str]:
    """The text to import and what to call it in an error."""
    if source == "-":
        try:
            text = sys.stdin.read(LARGEST_FILE + 1)
        except UnicodeDecodeError as problem:
            raise UnreadableError("Standard input cannot be read: text in UTF-8 was expected.") from problem
        called = "standard input"
    elif "=" in source and not _exists(source):
        text, called = source, "the line"
    else:
        text, called = read_text(source), printable(source)
    if len(text) > LARGEST_FILE:
        raise UnreadableError(f"{called}: at most {LARGEST_FILE >> 20} MiB were expected.")
    return text.removeprefix("\ufeff"), called


def _exists(name: str) -> bool:
    try:
        return Path(name).exists()
    except (OSError, ValueError):
        return False


def _imported(text: str, called: str) -> Sequence[Profile]:
    """Every profile of a text. Raises UnreadableError or BadValue."""
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as problem:
        line, said = line_and_reason(str(problem))
        place = f", line {line}" if line else ""
        raise UnreadableError(f"{called}{place}: this is not TOML: {printable(said)[:200]}.") from problem
    try:
        check_schema(called, document)
    except ProfileFileError as problem:
        raise BadValue(str(problem)) from problem
    tables = document.get("profiles")
    if not isinstance(tables, dict) or not tables:
        raise BadValue(f"{called}: tables [profiles.NAME] were expected.")
    found: list[Profile] = []
    for name, table in cast("dict[str, Any]", tables).items():
        shown = f"profiles.{printable(name[:80])}"
        if not isinstance(table, dict):
            raise BadValue(f"{called}, line {line_of_table(text, name)}: {shown}: a table was expected.")
        try:
            profile, remarks = read_profile(name, cast("dict[str, Any]", table))
        except ProfileProblem as problem:
            line = line_of_spot(text, name, problem.spot)
            raise BadValue(f"{called}, line {line}: {shown}: {sentence(str(problem))}") from problem
        for remark in remarks:
            line = line_of_spot(text, name, remark.spot)
            print(f"llmfit-tui: {called}, line {line}: {shown}: left out: {remark.said}", file=sys.stderr)
        found.append(profile)
    return found


def give(parsed: argparse.Namespace, kept: Kept) -> int:
    """Write a profile to standard output or a new file."""
    text = profile_toml(kept.profile, line=parsed.line)
    if parsed.file is None or parsed.file == "-":
        sys.stdout.write(text)
        return 0
    target = Path(parsed.file)
    if _exists(parsed.file):
        raise BadValue(f"{quoted(parsed.file)} exists; name a new file, or - for standard output.")
    replace_text(target, text)
    return 0
