"""`llmfit-tui check-log FILE`: what an engine's start-up log allocated, beside what we predict."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from llmfit_tui.cli.files import UnreadableError
from llmfit_tui.core.errors import LlmfitError, quoted

MOST_BYTES = 64 << 20
"""A start-up is some hundred lines; a server that ran for weeks writes more, and its start is what counts."""


def add_to(add_parser: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_parser(
        "check-log", help="hold the prediction against a llama.cpp start-up log", allow_abbrev=False
    )
    parser.add_argument(
        "file", metavar="FILE", help="a log of llama.cpp, llama-server, Ollama ... (- for stdin)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Run the command; returns the exit code."""
    from llmfit_tui.core.log.check import Checked, check
    from llmfit_tui.core.log.read import read_log
    from llmfit_tui.format import logcheck
    from llmfit_tui.storage.catalogs import Catalog

    text = _text(parsed.file)
    found: list[Checked] = []
    problems: list[LlmfitError] = []
    try:
        loads = read_log(text)
        catalog = Catalog()
        for load in loads:
            try:
                found.append(check(load, catalog.models, catalog.quants))
            except LlmfitError as problem:
                problems.append(problem)
        if not found:
            raise problems[0]
    except LlmfitError as problem:
        raise UnreadableError(f"{_called(parsed.file)} cannot be checked: {problem}") from problem
    if parsed.json:
        print(json.dumps(logcheck.log_document(found), ensure_ascii=False, allow_nan=False))
    else:
        logcheck.print_checked(found)
    return 0


def _text(name: str) -> str:
    if name == "-":
        return sys.stdin.read(MOST_BYTES)
    try:
        with Path(name).open(encoding="utf-8", errors="replace") as log:
            return log.read(MOST_BYTES)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise UnreadableError(f"{quoted(name)} cannot be read: {reason.lower()}.") from problem


def _called(name: str) -> str:
    return "Standard input" if name == "-" else quoted(name)
