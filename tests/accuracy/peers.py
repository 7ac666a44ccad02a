"""What other tools say of the same models, beside what is allocated and what we say."""

import json
from collections.abc import Iterator
from statistics import mean

from scenes import FIXTURES, rows
from test_offload import placed

GIB = 1 << 30


def peers_table() -> Iterator[str]:
    """The GPU's memory by tool; a server's settings, everything on one GPU, flash attention on."""
    document = json.loads((FIXTURES / "peers_memory.json").read_text(encoding="utf-8"))
    tools = document["columns"][3:]
    yield "## What other tools say\n\n" + document["about"].split(": ", 1)[0] + ". GiB.\n"
    lines = [
        "| model | context | allocated | llmfit-tui | " + " | ".join(tools) + " |",
        "| --- | ---: | ---: | ---: |" + " ---: |" * len(tools),
    ]
    errors: dict[str, list[float]] = {name: [] for name in ("llmfit-tui", *tools)}
    for model, quant, context, *said in document["rows"]:
        truth, ours = _allocated(model, quant, context)
        figures = [f"{truth:.2f}", f"{ours:.3f}".rstrip("0"), *(f"{one:.2f}" for one in said)]
        lines.append(f"| {model.rsplit('/', 1)[-1]} {quant} | {context:,} | " + " | ".join(figures) + " |")
        for name, one in zip(errors, (ours, *said), strict=True):
            errors[name].append(abs(one / truth - 1))
    means = " | ".join(f"**{mean(found):.1%}**" for found in errors.values())
    lines.append(f"| **mean error** | | | {means} |")
    yield "\n".join(lines) + "\n"
    yield "\n".join(f"- {name}: {about}" for name, about in document["tools"].items()) + "\n"


def _allocated(model: str, quant: str, context: int) -> tuple[float, float]:
    """(what llama.cpp allocates on the GPU, what we say), GiB."""
    for row in rows("offload.jsonl.gz"):
        plain = row["gpu_layers"] is None and len(row["gpus_mib"]) == 1 and row["cpu_moe"] is None
        usual = row["kv_type_k"] == "f16" and row["ubatch"] == 512 and row["parallel"] == 1
        if (row["model"], row["quant"], row["context"]) != (model, quant, context) or not plain or not usual:
            continue
        if row["flash_attention"] and row["kv_offload"] and not row["outputs_per_batch"]:
            truth = sum(row[f"gpu_{part}_bytes"][0] for part in ("weight", "cache", "compute"))
            return truth / GIB, placed(row, planned=True).placement.gpus[0].total_bytes / GIB
    raise LookupError(f"{model} {quant} at {context} is not in the fixture")
