"""`estimate --scenarios`: JSON lines in; JSON lines, CSV or Parquet out, in the same order."""

import argparse
import gc
import json
import math
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

from llmfit_tui.cli.files import UnreadableError
from llmfit_tui.cli.opening import opened
from llmfit_tui.cli.options import read_all
from llmfit_tui.cli.resolve import Resolver
from llmfit_tui.cli.sweep import Answer, Line, Progress, in_order
from llmfit_tui.core.answers.limits import limits_of
from llmfit_tui.core.errors import BadValue, LlmfitError, printable, quoted
from llmfit_tui.core.sizes import whole_number
from llmfit_tui.format.document import Document, estimate_document

RIVALS = {"kv_type": ("kv_type_k", "kv_type_v"), "hardware": ("vram",), "vram": ("hardware",)}
MOST_JOBS = 1024
MOST_DIGITS = 400
"""Of a whole number in JSON; what is beyond a float means nothing here."""
BYTE_ORDER_MARK = "\ufeff"
COLLECT_EVERY = 200_000
"""Objects made before Python looks for garbage: nearly none of an estimate's is in a circle."""


def stream(parsed: argparse.Namespace, defaults: dict[str, Any], resolver: Resolver) -> int:
    """Answer every line; returns the exit code. Raises LlmfitError."""
    global _asked
    jobs = None if parsed.jobs is None else whole_number(parsed.jobs, "--jobs", 1, MOST_JOBS)
    if parsed.markdown:
        raise BadValue("--markdown holds one model's estimates; --scenarios prints JSON lines or --csv.")
    source: str = parsed.scenarios
    if source == "-" and jobs is None:
        jobs = 1  # whoever writes may wait for each answer
    _asked = (defaults, resolver)
    often = gc.get_threshold()
    _collect_seldom()
    texts = enumerate(_lines(source), start=1)
    lines = ((number, line) for number, line in texts if line.strip())
    answer: Answer[Any] = _as_documents if parsed.csv or parsed.parquet else _as_text
    found = in_order(lines, answer, jobs, _begin, (parsed.config, defaults))
    progress = Progress(parsed.progress)
    try:
        _write(parsed, _watched(found, progress), flush=source == "-")
    finally:
        progress.end()
        gc.set_threshold(*often)
        gc.unfreeze()
    return 0


def _write(parsed: argparse.Namespace, found: Iterable[Any], flush: bool) -> None:
    if parsed.parquet is not None:
        from llmfit_tui.cli.parquet import write_parquet

        count = write_parquet(found, parsed.parquet)
        print(f"llmfit-tui: {count:,} rows in {printable(parsed.parquet)}", file=sys.stderr)
        return
    if parsed.csv:
        from llmfit_tui.format.tabular import ESTIMATE, csv_lines

        found = csv_lines(found, ESTIMATE)
    for text in found:
        sys.stdout.write(text)
        if flush:
            sys.stdout.flush()


def _watched(found: Iterable[Any], progress: Progress) -> Iterator[Any]:
    for one in found:
        progress.step()
        yield one


_asked: tuple[dict[str, Any], Resolver] | None = None
"""The options every line starts from and where names are looked up, in this process."""


def _begin(config: str | None, defaults: dict[str, Any]) -> None:
    """In a process of its own: read what the command has read, where it did not come with the fork."""
    global _asked
    if _asked is None:
        _asked = defaults, opened(config)
        _collect_seldom()


def _collect_seldom() -> None:
    """Leave the catalogs out of every search for garbage; those searches took a fifth of a sweep."""
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY, 20, 100)


def _as_documents(lines: list[Line]) -> list[Document]:
    assert _asked is not None
    return [document for number, line in lines for document in _answers(line, number, *_asked)]


def _as_text(lines: list[Line]) -> list[str]:
    return [json.dumps(document, allow_nan=False) + "\n" for document in _as_documents(lines)]


def _answers(line: str, number: int, defaults: dict[str, Any], resolver: Resolver) -> Iterator[Document]:
    name: Any = None
    try:
        row = _row(line)
        name = row.pop("id", None)
        model = row.pop("model", None)
        if not isinstance(model, str):
            raise BadValue('"model" was expected: an id, alias or unique name.')
        own = read_all(row, lambda option: f'"{option.key}"')
        for found in resolver.estimates(model, _over(defaults, own)):
            document = estimate_document(found, limits_of(found))
            yield {"id": name, **document} if name is not None else document
    except LlmfitError as problem:
        yield {"error": str(problem), "line": number, "id": name}


def _over(defaults: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """A line's options over the defaults, and over defaults that say the same thing in other words."""
    beaten = {rival for key in own for rival in RIVALS.get(key, ())}
    return {**{key: value for key, value in defaults.items() if key not in beaten}, **own}


def _row(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_whole)
    except RecursionError as problem:
        raise BadValue("A JSON object was expected, not lists within lists without end.") from problem
    except ValueError as problem:
        raise BadValue(f"A JSON object was expected: {printable(str(problem))}.") from problem
    if not isinstance(row, dict):
        raise BadValue(f"A JSON object was expected, not {quoted(line.strip())}.")
    return cast("dict[str, Any]", row)


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is not a number here")


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _refuse_constant(text)


def _whole(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError(f"a number of {len(text):,} digits is not one here")
    return int(text)


def _lines(source: str) -> Iterable[str]:
    if source == "-":
        first = sys.stdin.readline()
        yield first.removeprefix(BYTE_ORDER_MARK)
        yield from sys.stdin
        return
    try:
        with Path(source).open(encoding="utf-8-sig", errors="replace") as lines:
            yield from lines
    except OSError as problem:
        reason = (problem.strerror or "unreadable").lower()
        raise UnreadableError(f"{quoted(source)} cannot be read: {reason}.") from problem
