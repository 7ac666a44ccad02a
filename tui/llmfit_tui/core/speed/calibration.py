"""A person's own speed runs on a machine: what is kept of one, and what a file of one tool says."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from llmfit_tui.core.errors import BadValue, quoted

MOST_TOK_S = 100_000.0


@dataclass(frozen=True, slots=True)
class OwnRun:
    """One kept run: a decode speed measured on the machine, and the estimate it was held against."""

    name: str
    date: str
    """ISO date of the day it was taken in."""
    model: str
    quant: str
    depth: int
    tok_s: float
    estimated_tok_s: float
    source: str = "typed"
    """The tool it was read from."""

    @property
    def ratio(self) -> float:
        """Measured over estimated."""
        return self.tok_s / self.estimated_tok_s


@dataclass(frozen=True, slots=True)
class Read:
    """A decode speed as a tool printed it; what the tool does not say is None."""

    tok_s: float
    depth: int
    source: str
    model: str | None = None
    quant: str | None = None
    hardware: str | None = None


_RATE = re.compile(r"^\s*eval rate:\s*([0-9.]+)\s*tokens?/s", re.MULTILINE)
_PROMPT_COUNT = re.compile(r"^\s*prompt eval count:\s*(\d+)", re.MULTILINE)
_TEST = re.compile(r"tg\s*(\d+)(?:\s*@\s*d(\d+))?$")
_WIDTHS = {"Small": "S", "Medium": "M", "Large": "L"}
_PRINTED = re.compile(r"(?:all )?\b(I?Q\d[A-Z0-9_]*|TQ\d_\d|BF16|F16|F32|MXFP4(?: MoE)?)(?: - (\w+))?")


def quant_printed(text: str) -> str | None:
    """The type in what llama.cpp prints of a model: "llama 8B Q4_K - Medium" is Q4_K_M."""
    found = _PRINTED.findall(text)
    if not found:
        return None
    name, width = found[-1]
    if name.startswith("MXFP4"):
        return "MXFP4_MOE"
    if name in {"Q3_K", "Q4_K", "Q5_K"}:
        return f"{name}_{_WIDTHS.get(width, 'M')}"
    return f"{name}_S" if name == "Q2_K" and width == "Small" else name


def from_llama_bench(entries: Iterable[Mapping[str, Any]]) -> list[Read]:
    """Rows of llama-bench -o json, jsonl or csv; prompt rows are passed over."""
    found: list[Read] = []
    for entry in entries:
        generated, prompt = _whole(entry, "n_gen"), _whole(entry, "n_prompt")
        if not generated or prompt:
            continue
        printed, path = str(entry.get("model_type", "")), str(entry.get("model_filename", ""))
        hardware = str(entry.get("gpu_info") or entry.get("cpu_info") or "") or None
        depth = _whole(entry, "n_depth")
        model = re.split(r"[\\/]", path)[-1].removesuffix(".gguf") or printed
        found.append(
            Read(_rate(entry.get("avg_ts")), depth, "llama-bench", model, quant_printed(printed), hardware)
        )
    return found


def from_markdown(text: str) -> list[Read]:
    """The table llama-bench prints by default."""
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.splitlines()]
    header = next((row for row in rows if "t/s" in row and "test" in row and "model" in row), None)
    if header is None:
        return []
    found: list[Read] = []
    for row in rows:
        if len(row) != len(header) or row is header:
            continue
        entry = dict(zip(header, row, strict=True))
        test = _TEST.fullmatch(entry["test"])
        if test:
            rate = re.split(r"±|\+-", entry["t/s"])[0]
            model = entry["model"]
            found.append(
                Read(_rate(rate), int(test.group(2) or 0), "llama-bench", model, quant_printed(model))
            )
    return found


def from_ollama(text: str) -> list[Read]:
    """What `ollama run --verbose` prints after an answer."""
    depth = [int(count) for count in _PROMPT_COUNT.findall(text)]
    return [
        Read(_rate(rate), depth[number] if number < len(depth) else 0, "ollama --verbose")
        for number, rate in enumerate(_RATE.findall(text))
    ]


def from_object(value: Mapping[str, Any]) -> list[Read]:
    """A llama-server answer with its `timings`, or what `vllm bench serve` saves. Empty: neither."""
    timings = value.get("timings", value)
    if isinstance(timings, Mapping) and "predicted_per_second" in timings:
        told: Mapping[str, Any] = timings  # pyright: ignore[reportUnknownVariableType]
        model = value.get("model")
        depth = _whole(told, "prompt_n")
        rate = _rate(told["predicted_per_second"])
        return [Read(rate, depth, "llama-server", str(model) if model else None)]
    if "median_tpot_ms" in value or "mean_tpot_ms" in value:
        if value.get("max_concurrency") != 1:
            raise BadValue(
                "That vLLM run served several requests at once (--max-concurrency 1 is one stream)."
            )
        per_token = _rate(value.get("median_tpot_ms", value.get("mean_tpot_ms")))
        return [Read(1000 / per_token, 0, "vllm bench", str(value.get("model_id") or "") or None)]
    return []


def one_of(reads: Sequence[Read]) -> Read:
    """The run to keep of those in a file: one model's, at the least depth, the middle of repeats."""
    models = sorted({read.model or "" for read in reads})
    if len(models) > 1:
        raise BadValue(
            f"That file holds runs of {len(models)} models ({', '.join(models)}); give one at a time."
        )
    least = min(read.depth for read in reads)
    same = sorted((read for read in reads if read.depth == least), key=lambda read: read.tok_s)
    return same[len(same) // 2]


def checked(run: OwnRun, most_tok_s: float) -> OwnRun:
    """The run, if its speed is possible. Raises BadValue where it is faster than the memory allows."""
    if run.tok_s > most_tok_s * 1.05:
        said = f"its memory allows {most_tok_s:.4g} at most for {run.model} {run.quant}"
        raise BadValue(f"{run.tok_s:.4g} tok/s cannot be a speed of this machine: {said}.")
    return run


def _rate(value: Any) -> float:
    try:
        rate = float(value)
    except (TypeError, ValueError):
        rate = math.nan
    if not 0 < rate < MOST_TOK_S:
        raise BadValue(f"A speed in tokens per second was expected, not {quoted(str(value))}.")
    return rate


def _whole(entry: Mapping[str, Any], key: str) -> int:
    try:
        return int(float(entry.get(key) or 0))
    except (TypeError, ValueError) as problem:
        raise BadValue(f"{key}: a whole number was expected, not {quoted(str(entry[key]))}.") from problem
