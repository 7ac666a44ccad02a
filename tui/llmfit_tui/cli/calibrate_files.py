"""Reading the result of a benchmark: which tool wrote it, and its decode speeds."""

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any, cast

from llmfit_tui.cli.files import UnreadableError
from llmfit_tui.core.errors import BadValue, quoted
from llmfit_tui.core.speed.calibration import Read, from_llama_bench, from_markdown, from_object, from_ollama

MOST_BYTES = 16 << 20
KNOWN = "llama-bench -o json, jsonl, csv or md, ollama run --verbose, llama-server timings, vllm bench serve"


def read_runs(source: str) -> list[Read]:
    """Decode speeds of a file, or of stdin for "-". Raises UnreadableError or BadValue."""
    text = _text(source)
    reads = _json(text) or _csv(text) or from_markdown(text) or from_ollama(text)
    if not reads:
        raise BadValue(f"{quoted(source)} holds no decode speed of a tool known here: {KNOWN}.")
    return reads


def _text(source: str) -> str:
    try:
        if source == "-":
            return sys.stdin.read(MOST_BYTES)
        path = Path(source)
        if path.stat().st_size > MOST_BYTES:
            raise BadValue(f"{quoted(source)} is too large to be a benchmark's result.")
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as problem:
        reason = (problem.strerror or "unreadable").lower()
        raise UnreadableError(f"{quoted(source)} cannot be read: {reason}.") from problem


def _json(text: str) -> list[Read]:
    """JSON, or JSON lines."""
    try:
        values: list[Any] = [json.loads(text)]
    except (ValueError, RecursionError):
        try:
            values = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            return []
    flat: list[Any] = []
    for value in values:
        flat += cast("list[Any]", value) if isinstance(value, list) else [value]
    entries = [cast("dict[str, Any]", one) for one in flat if isinstance(one, dict)]
    bench = [entry for entry in entries if "n_gen" in entry and "avg_ts" in entry]
    if bench:
        return from_llama_bench(bench)
    return [read for entry in entries for read in from_object(entry)]


def _csv(text: str) -> list[Read]:
    first = text.lstrip().split("\n", 1)[0]
    if "n_gen" not in first or "avg_ts" not in first:
        return []
    return from_llama_bench(csv.DictReader(io.StringIO(text.lstrip())))
