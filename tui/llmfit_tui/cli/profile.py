"""`llmfit-tui profile list | show | save | delete | import | export`: a person's own machines."""

import argparse
import json
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from llmfit_tui.cli.files import UnreadableError, read_text
from llmfit_tui.cli.options import OPTIONS, read_all
from llmfit_tui.cli.options import add_to as add_options
from llmfit_tui.core.errors import BadValue, UnknownName, quoted
from llmfit_tui.core.hardware import DeviceKind
from llmfit_tui.core.hardware_names import find_hardware
from llmfit_tui.core.names import nearest
from llmfit_tui.core.profile import OwnGpu, Profile, ProfileProblem, checked_name, read_profile
from llmfit_tui.core.profile_machine import machine_of_profile
from llmfit_tui.core.sizes import whole_number
from llmfit_tui.format.profiles import one_line, profile_document, profile_toml
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.places import Places, places
from llmfit_tui.storage.profile_edit import delete_profile, save_profile
from llmfit_tui.storage.profiles import Kept, Profiles, read_profiles

SCHEMA = 1
MACHINE_OPTIONS = ("hardware", "vram", "ram", "ram_bandwidth", "margin", "gpu_limit", "backend")


def add_to(add_parser: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command with its own commands."""
    parser = add_parser("profile", help="your own machines", allow_abbrev=False)
    commands = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    _sub(commands, "list", "all profiles", _list).add_argument("--json", action="store_true")
    show = _sub(commands, "show", "one profile", _show)
    show.add_argument("name", metavar="NAME")
    show.add_argument("--json", action="store_true")
    save = _sub(commands, "save", "make or change a profile", _save)
    save.add_argument("name", metavar="NAME")
    add_options(save, MACHINE_OPTIONS)
    save.add_argument("--power-limit", metavar="WATTS", help="power limit of each card")
    save.add_argument("--nodes", metavar="N", help="machines like this one")
    save.add_argument("--notes", metavar="TEXT")
    save.add_argument("--tag", metavar="TAG", action="append", help="may be given several times")
    _sub(commands, "delete", "remove a profile", _delete).add_argument("name", metavar="NAME")
    imported = _sub(commands, "import", "take profiles from a file, stdin or one line", _import)
    imported.add_argument("source", metavar="FILE|-|LINE")
    export = _sub(commands, "export", "write a profile as TOML or one line", _export)
    export.add_argument("name", metavar="NAME")
    export.add_argument("file", nargs="?", metavar="FILE")
    export.add_argument("--line", action="store_true", help="one line to paste elsewhere")


def _sub(
    commands: Any, name: str, help_text: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help_text, allow_abbrev=False)
    parser.set_defaults(run=run)
    return parser


def read_warned(where: Places) -> Profiles:
    """All profiles; what was wrong with files goes to stderr."""
    found = read_profiles(where)
    for said in (*found.problems, *found.warnings):
        print(f"llmfit-tui: {said}", file=sys.stderr)
    return found


def _document(kept: Kept, catalog: Catalog) -> dict[str, Any]:
    return profile_document(kept.profile, str(kept.path), kept.own, catalog.devices, catalog.systems)


def _named(profiles: Profiles, name: str) -> Kept:
    kept = profiles.find(name)
    if kept is None:
        raise UnknownName("profile", name, nearest(name, profiles.names))
    return kept


def _list(parsed: argparse.Namespace) -> int:
    profiles = read_warned(places(parsed.config))
    catalog = Catalog()
    if parsed.json:
        documents = [_document(kept, catalog) for kept in profiles.kept]
        print(json.dumps({"schema": SCHEMA, "profiles": documents}, ensure_ascii=False))
    else:
        from llmfit_tui.format import listings

        listings.profiles([_document(kept, catalog) for kept in profiles.kept])
    return 0


def _show(parsed: argparse.Namespace) -> int:
    kept = _named(read_warned(places(parsed.config)), parsed.name)
    if parsed.json:
        document = _document(kept, Catalog())
        print(json.dumps({"schema": SCHEMA, "profiles": [document]}, ensure_ascii=False))
    else:
        sys.stdout.write(f"# {kept.path}\n{profile_toml(kept.profile)}")
    return 0


def _save(parsed: argparse.Namespace) -> int:
    where = places(parsed.config)
    name = checked_name(parsed.name)
    given = {key: getattr(parsed, key) for key in MACHINE_OPTIONS}
    flags = {option.key: option.flags[0] for option in OPTIONS}
    options = read_all(given, lambda option: flags[option.key])
    profile = _profile(name, options, parsed)
    catalog = Catalog()
    machine_of_profile(profile, catalog.devices, catalog.systems)
    save_profile(where, profile)
    print(f"{profile.name}: {one_line(profile)}")
    return 0


def _profile(name: str, options: Mapping[str, Any], parsed: argparse.Namespace) -> Profile:
    """The profile the options describe. Raises BadValue without hardware."""
    hardware, vram = options.get("hardware"), options.get("vram")
    if (hardware is None) == (vram is None):
        raise BadValue('--hardware "2x RTX 3090" or --vram 24GiB was expected: one of the two.')
    gpus: tuple[str | OwnGpu, ...] = ()
    cpu: str | None = None
    if vram is not None:
        gpus = tuple(OwnGpu(f"GPU {number}", size) for number, size in enumerate(vram, start=1))
    elif hardware is not None and hardware.strip().lower() != "cpu":
        catalog = Catalog()
        found = find_hardware(hardware, catalog.devices, catalog.systems)
        if found.devices[0].kind is DeviceKind.CPU:
            cpu = found.name
        else:
            gpus = tuple(part.strip() for part in found.name.split(" + "))
    watts = parsed.power_limit
    return Profile(
        name=name,
        gpus=gpus,
        cpu=cpu,
        ram_bytes=options.get("ram"),
        ram_bandwidth=options.get("ram_bandwidth"),
        margin_bytes=options.get("margin"),
        gpu_limit_bytes=options.get("gpu_limit"),
        backend=options.get("backend"),
        power_limit_w=whole_number(watts, "--power-limit", 1, 100_000) if watts else None,
        nodes=whole_number(parsed.nodes, "--nodes", 1, 4096) if parsed.nodes else 1,
        notes=parsed.notes or "",
        tags=tuple(parsed.tag or ()),
    )


def _delete(parsed: argparse.Namespace) -> int:
    where = places(parsed.config)
    kept = _named(read_profiles(where), parsed.name)
    if not kept.own:
        raise BadValue(
            f"{quoted(kept.profile.name)} comes from {kept.path}, which is not yours to change here."
        )
    delete_profile(where, kept.profile.name)
    print(f"{kept.profile.name} deleted; the file before is kept as {where.profiles.name}.bak")
    return 0


def _import(parsed: argparse.Namespace) -> int:
    where = places(parsed.config)
    text, called = _source(parsed.source)
    profiles = _imported(text, called)
    for profile in profiles:
        save_profile(where, profile)
        print(f"{profile.name}: {one_line(profile)}")
    return 0


def _source(source: str) -> tuple[str, str]:
    """The text to import and what to call it in an error."""
    if source == "-":
        return sys.stdin.read(), "standard input"
    if "=" in source and not Path(source).exists():
        return source, "the line"
    return read_text(source), source


def _imported(text: str, called: str) -> list[Profile]:
    """Every profile of a text; all of them or none. Raises UnreadableError or BadValue."""
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as problem:
        raise UnreadableError(f"{called} is not TOML: {problem}.") from problem
    tables = document.get("profiles")
    if not isinstance(tables, dict) or not tables:
        raise BadValue(f"{called}: tables [profiles.NAME] were expected.")
    found: list[Profile] = []
    for name, table in cast("dict[str, Any]", tables).items():
        if not isinstance(table, dict):
            raise BadValue(f"{called}: profiles.{name}: a table was expected.")
        try:
            profile, unknown = read_profile(name, cast("dict[str, Any]", table))
        except ProfileProblem as problem:
            raise BadValue(f"{called}: profiles.{name}: {problem}.") from problem
        for warning in unknown:
            print(f"llmfit-tui: {called}: profiles.{name}: {warning}", file=sys.stderr)
        found.append(profile)
    return found


def _export(parsed: argparse.Namespace) -> int:
    kept = _named(read_warned(places(parsed.config)), parsed.name)
    text = profile_toml(kept.profile, line=parsed.line)
    if parsed.file is None or parsed.file == "-":
        sys.stdout.write(text)
        return 0
    target = Path(parsed.file)
    if target.exists():
        raise BadValue(f"{quoted(parsed.file)} exists; name a new file, or - for standard output.")
    from llmfit_tui.storage.atomic import replace_text

    replace_text(target, text)
    return 0
