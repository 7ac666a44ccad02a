"""Reading the result of a benchmark: which tool wrote it, and its decode speeds."""

import csv
import io
import json
from pathlib import Path
from typing import Any, cast

from llmfit_tui.core.errors import BadValue, LlmfitError, quoted
from llmfit_tui.core.speed.printed import Read, from_llama_bench, from_markdown, from_object, from_ollama

MOST_BYTES = 16 << 20
KNOWN = "llama-bench -o json, jsonl, csv or md, ollama run --verbose, llama-server timings, vllm bench serve"


class UnreadableBenchmark(LlmfitError):
    """A file that could not be read."""

    unreadable = True


def runs_of_file(path: Path) -> list[Read]:
    """Decode speeds of a file. Raises UnreadableBenchmark or BadValue."""
    called = quoted(str(path))
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadValue(f"{called} is too large to be a benchmark's result.")
        text = path.read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError) as problem:
        reason = (getattr(problem, "strerror", None) or "unreadable").lower()
        raise UnreadableBenchmark(f"{called} cannot be read: {reason}.") from problem
    return runs_of_text(text, called)


def runs_of_text(text: str, called: str) -> list[Read]:
    """Decode speeds in what a tool printed. Raises BadValue, naming the text as `called`."""
    reads = _json(text) or _csv(text) or from_markdown(text) or from_ollama(text)
    if not reads:
        raise BadValue(f"{called} holds no decode speed of a tool known here: {KNOWN}.")
    return reads


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
