"""`llmfit-tui profile list | show | save | delete | import | export`: a person's own machines."""

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

from llmfit_tui.cli import profile_exchange, profile_save
from llmfit_tui.cli.warned import read_warned
from llmfit_tui.core.errors import BadValue, UnknownName, printable, quoted
from llmfit_tui.core.names import nearest
from llmfit_tui.format.profiles import profile_document, profile_toml
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.places import places
from llmfit_tui.storage.profile_edit import delete_profile
from llmfit_tui.storage.profiles import Kept, Profiles

SCHEMA = 1


def add_to(add_parser: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command with its own commands."""
    parser = add_parser("profile", help="your own machines", allow_abbrev=False)
    commands = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    _sub(commands, "list", "all profiles", _list).add_argument("--json", action="store_true")
    show = _sub(commands, "show", "one profile", _show)
    show.add_argument("name", metavar="NAME")
    show.add_argument("--json", action="store_true")
    profile_save.add_to(_sub(commands, "save", "make a profile, or change what is named of one", _save))
    _sub(commands, "delete", "remove a profile", _delete).add_argument("name", metavar="NAME")
    profile_exchange.add_import_to(
        _sub(commands, "import", "take profiles from a file, stdin or one line", profile_exchange.take)
    )
    profile_exchange.add_export_to(_sub(commands, "export", "write a profile as TOML or one line", _export))


def _sub(
    commands: Any, name: str, help_text: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help_text, allow_abbrev=False)
    parser.set_defaults(run=run)
    return parser


def _document(kept: Kept, catalog: Catalog) -> dict[str, Any]:
    known = catalog.devices, catalog.systems, catalog.links
    return profile_document(kept.profile, str(kept.path), kept.own, *known)


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
        sys.stdout.write(f"# {printable(str(kept.path))}\n{profile_toml(kept.profile)}")
    return 0


def _save(parsed: argparse.Namespace) -> int:
    return profile_save.save(parsed, read_warned(places(parsed.config)))


def _delete(parsed: argparse.Namespace) -> int:
    where = places(parsed.config)
    kept = _named(read_warned(where), parsed.name)
    if not kept.own:
        raise BadValue(
            f"{quoted(kept.profile.name)} comes from {printable(str(kept.path))}, "
            "which is not yours to change here."
        )
    delete_profile(where, kept.profile.name)
    print(f"{kept.profile.name} deleted; the file before is kept as {where.profiles.name}.bak")
    return 0


def _export(parsed: argparse.Namespace) -> int:
    return profile_exchange.give(parsed, _named(read_warned(places(parsed.config)), parsed.name))
