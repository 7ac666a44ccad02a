"""Decode speeds as the tools print them: llama-bench, Ollama, llama-server, vLLM."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from llmfit_tui.core.errors import BadValue, quoted
from llmfit_tui.core.hardware.ownrun import MOST_TOK_S
from llmfit_tui.core.record import record
from llmfit_tui.core.sizes import MOST_TOKENS


@record
class Read:
    """A decode speed as a tool printed it; what the tool does not say is None."""

    tok_s: float
    depth: int
    source: str
    model: str | None = None
    quant: str | None = None
    hardware: str | None = None
    """GPUs, or the CPU where none was used."""
    backend: str | None = None
    """In lower case."""
    gpu_layers: int | None = None
    """-ngl."""

    @property
    def on_cpu(self) -> bool:
        """Whether no GPU had a part in it, as far as the tool says."""
        return self.gpu_layers == 0 or self.backend in CPU_BACKENDS


CPU_BACKENDS = frozenset({"cpu", "blas"})
_ALSO = {"mtl": "metal", "hip": "rocm"}
"""Names llama.cpp has for backends beside our own."""
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


def typed_read(text: str, what: str) -> Read:
    """A speed somebody typed. Raises BadValue, naming it as `what`."""
    try:
        rate = float(text.strip())
    except ValueError:
        rate = math.nan
    if not 0 < rate < MOST_TOK_S:
        raise BadValue(f"{what}: tokens per second were expected, not {quoted(text)}.")
    return Read(rate, 0, "typed")


def from_llama_bench(entries: Iterable[Mapping[str, Any]]) -> list[Read]:
    """Rows of llama-bench -o json, jsonl or csv; prompt rows are passed over."""
    found: list[Read] = []
    for entry in entries:
        generated, prompt = _whole(entry, "n_gen"), _whole(entry, "n_prompt")
        if not generated or prompt:
            continue
        printed, path = str(entry.get("model_type", "")), str(entry.get("model_filename", ""))
        found.append(
            Read(
                tok_s=_rate(entry.get("avg_ts")),
                depth=_whole(entry, "n_depth"),
                source=_with_build("llama-bench", entry.get("build_number")),
                model=re.split(r"[\\/]", path)[-1].removesuffix(".gguf") or printed,
                quant=quant_printed(printed),
                hardware=str(entry.get("gpu_info") or entry.get("cpu_info") or "") or None,
                backend=_backend(entry.get("backends")),
                gpu_layers=_whole(entry, "n_gpu_layers") if "n_gpu_layers" in entry else None,
            )
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
                Read(
                    tok_s=_rate(rate),
                    depth=int(test.group(2) or 0),
                    source="llama-bench",
                    model=model,
                    quant=quant_printed(model),
                    backend=_backend(entry.get("backend")),
                    gpu_layers=_whole(entry, "ngl") if "ngl" in entry else None,
                )
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


def _backend(value: Any) -> str | None:
    """Of "BLAS,MTL" and the like the one that drives a GPU, else the first."""
    names = [_ALSO.get(name, name) for name in re.split(r"[,+ ]+", str(value or "").lower()) if name]
    return next((name for name in names if name not in CPU_BACKENDS), names[0] if names else None)


def _with_build(tool: str, build: Any) -> str:
    return f"{tool} b{build}" if str(build or "").isdigit() else tool


def _rate(value: Any) -> float:
    try:
        rate = float(value)
    except (TypeError, ValueError, OverflowError):
        rate = math.nan
    if not 0 < rate < MOST_TOK_S:
        raise BadValue(f"A speed in tokens per second was expected, not {quoted(str(value))}.")
    return rate


def _whole(entry: Mapping[str, Any], key: str) -> int:
    try:
        number = float(entry.get(key) or 0)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not -1 <= number < MOST_TOKENS:
        raise BadValue(f"{key}: a whole number was expected, not {quoted(str(entry[key]))}.")
    return int(number)
