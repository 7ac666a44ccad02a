"""`llmfit-tui doctor`: what was detected, how, and what is assumed; fit to paste in a bug report."""

import argparse
import getpass
import json
import platform
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from llmfit_tui import __version__
from llmfit_tui.cli.files import read_text
from llmfit_tui.cli.this import detection, known, this_machine
from llmfit_tui.core.errors import BadValue, LlmfitError
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.hardware.machines import Wishes
from llmfit_tui.core.seen.answers import Asked, Detection, concluded, understood
from llmfit_tui.core.seen.naming import Index, index_of
from llmfit_tui.format.doctor import doctor_document, doctor_text
from llmfit_tui.screens.keys.keymap import keymap_of
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.places import places
from llmfit_tui.storage.remembered import read_remembered

EXPECTED = 'a report of doctor --json, or an object such as {"nvidia-smi": "its output"}'


def add_to(add_parser: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_parser("doctor", help="what was detected of this machine, and how", allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="print JSON, with every text in full")
    parser.add_argument(
        "--from", dest="source", metavar="FILE|-", help="look at outputs of another machine: JSON, one a line"
    )
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Run the command; returns the exit code."""
    catalog = Catalog()
    program = (
        f"llmfit-tui {__version__}, Python {platform.python_version()}, {sys.platform} {platform.machine()}"
    )
    if parsed.source is None:
        _print(detection(catalog), program, parsed.json, _names(), _settings_problems(parsed.config))
        return 0
    index = index_of(catalog.devices)
    for outputs in _recorded(parsed.source):
        _print(_replayed(outputs, index, catalog), f"llmfit-tui {__version__}", parsed.json, ())
    return 0


def _settings_problems(config: str | None) -> list[str]:
    last = read_remembered(places(config))
    return [*filter(None, [last.problem]), *keymap_of(last.keys)[1]]


def _print(
    found: Detection, program: str, as_json: bool, names: tuple[str, ...], settings: Sequence[str] = ()
) -> None:
    report = doctor_document(found, _machine(found), program, names, settings)
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        sys.stdout.write(doctor_text(report))


def _machine(found: Detection) -> Machine | None:
    try:
        return this_machine(found.detected, Wishes()) if known(found.detected) else None
    except LlmfitError:
        return None


def _names() -> tuple[str, ...]:
    """Of the host and the user, to be left out."""
    names = [platform.node(), platform.node().partition(".")[0]]
    try:
        names.append(getpass.getuser())
    except (OSError, KeyError, ImportError):
        # A container's user may have no name.
        return tuple(filter(None, names))
    return tuple(filter(None, names))


def _replayed(outputs: Mapping[str, str], index: Index, catalog: Catalog) -> Detection:
    answers = [understood(Asked(command, text)) for command, text in outputs.items()]
    return Detection(concluded(answers, index, catalog.pci, {}), tuple(answers))


def _recorded(source: str) -> Iterator[Mapping[str, str]]:
    """Outputs by command, of one JSON document or of one a line. Raises BadValue or UnreadableError."""
    text = sys.stdin.read() if source == "-" else read_text(source)
    try:
        documents = [json.loads(text)]
    except (ValueError, RecursionError):
        documents = [
            _line(line, number) for number, line in enumerate(text.splitlines(), start=1) if line.strip()
        ]
    for document in documents:
        yield _outputs(document)


def _line(line: str, number: int) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise BadValue(f"--from, line {number}: {EXPECTED} was expected.") from problem


def _outputs(document: Any) -> Mapping[str, str]:
    if not isinstance(document, dict):
        raise BadValue(f"--from: {EXPECTED} was expected.")
    table = cast("dict[str, Any]", document)
    probes = table.get("probes")
    if isinstance(probes, list):
        rows = [cast("dict[str, Any]", row) for row in cast("list[Any]", probes) if isinstance(row, dict)]
        return {str(row.get("command", "")): str(row.get("text", "")) for row in rows}
    inner = table.get("outputs", table)
    if not isinstance(inner, dict) or not all(
        isinstance(one, str) for one in cast("dict[str, Any]", inner).values()
    ):
        raise BadValue(f"--from: {EXPECTED} was expected.")
    return cast("dict[str, str]", inner)
