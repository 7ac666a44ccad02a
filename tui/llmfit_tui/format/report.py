"""Estimates as text for people, drawn by Rich."""

from collections.abc import Sequence
from typing import cast

from rich.table import Table

from llmfit_tui.core.answers.advice import Change
from llmfit_tui.core.answers.limits import Limits
from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.placement.placement import Load
from llmfit_tui.format import amounts
from llmfit_tui.format.advice import change_words
from llmfit_tui.format.commands import commands
from llmfit_tui.format.engines import vllm_words
from llmfit_tui.format.launch.vllm import vllm_notes
from llmfit_tui.format.listings import console, table
from llmfit_tui.format.loads import rows_of
from llmfit_tui.format.tensors import tensor_detail
from llmfit_tui.format.verdict import default_line, more_lines, size_parts, speed_parts

COMMANDS = {
    Engine.LLAMA_CPP: ("llama_server", "rpc_server"),
    Engine.OLLAMA: ("ollama", ""),
    Engine.VLLM: ("vllm", "ray"),
    Engine.MLX: ("mlx", ""),
}
"""Of each engine among `commands`: its launch line, and what runs on other machines."""


def print_one(found: Estimate, limits: Limits, changes: Sequence[Change] = ()) -> None:
    """One estimate: the verdict first, then where the memory goes."""
    out = console()
    scenario = found.scenario
    settings = scenario.settings
    cache = settings.kv_type_k.value
    if settings.kv_type_v is not settings.kv_type_k:
        cache += f"/{settings.kv_type_v.value}"
    parts = (scenario.model.name, scenario.quant.name, f"{settings.context:,} tokens", f"KV {cache}")
    out.print(" · ".join((*parts, scenario.machine.name)), style="bold")
    out.print(f"{found.rating.label}: {found.rating.reason}")
    out.print("; ".join(speed_parts(found)))
    out.print(_loads(found.placement.loads))
    most = f"most context here {amounts.tokens(limits.max_context)} tokens"
    out.print(" · ".join((*size_parts(found), most)))
    for line in more_lines(found):
        out.print(line)
    for one in found.parts:
        took = amounts.gib(one.device_bytes + one.host_bytes)
        out.print(
            f"{one.part.kind.value}: {one.part.name}, {amounts.gb(one.part.file_bytes)}, {took} of memory"
        )
    if beside := default_line(found):
        out.print(beside)
    for change in changes:
        out.print(f"would help: {change_words(change)}: {change.found.rating.label.lower()}")
    for line in vllm_words(found.vllm) if found.vllm else ():
        out.print(line)
    for line in _launch(found):
        out.print(line, soft_wrap=True)
    for note in scenario.machine.assumed:
        out.print(f"assumed: {note}", style="dim")
    notes = vllm_notes(found) if found.vllm else ()
    for note in (*notes, *found.warnings):
        out.print(f"note: {note}", style="dim")


def _launch(found: Estimate) -> list[str]:
    """How its engine is started, on other machines first; nothing where that cannot be said."""
    told, (name, elsewhere) = commands(found), COMMANDS[found.scenario.settings.engine]
    line, others = cast("str | None", told.get(name)), cast("list[str] | None", told.get(elsewhere))
    return [*(others or ()), *line.rstrip().split("\n")] if line else []


def print_tensors(found: Estimate) -> None:
    """The type of every tensor by name, which file of that name is meant, and what others there are."""
    out = console()
    detail = tensor_detail(found)
    out.print(detail.title, style="bold")
    for line in detail.about:
        out.print(line)
    if detail.tensors:
        made = table(("tensor", False), ("type", False), ("MB", True), ("why", False))
        for row in detail.tensors:
            made.add_row(row.name, row.types, f"{row.bytes / 1e6:,.1f}", row.why)
        out.print(made)


def print_all(estimates: Sequence[Estimate]) -> None:
    """One row per quantization."""
    scenario = estimates[0].scenario
    out = console()
    out.print(
        f"{scenario.model.name} · {scenario.settings.context:,} tokens · {scenario.machine.name}",
        style="bold",
    )
    made = table(
        ("quantization", False),
        ("bits", True),
        ("file", True),
        ("VRAM", True),
        ("tok/s", True),
        ("agrees", True),
        ("rating", False),
    )
    for found in estimates:
        made.add_row(
            found.scenario.quant.name,
            amounts.bits(found.weights.bits_per_weight),
            amounts.gb(found.weights.file_bytes),
            amounts.gib(found.vram_bytes),
            amounts.rate(found.speed.decode_tok_s),
            amounts.agreement(found.quality.agree_percent if found.quality else None),
            found.rating.label,
        )
    out.print(made)


def _loads(loads: Sequence[Load]) -> Table:
    made = table(
        ("device", False),
        ("weights", True),
        ("KV", True),
        ("compute", True),
        ("driver", True),
        ("total", True),
        ("of", True),
    )
    for name, load in rows_of(loads):
        made.add_row(
            name,
            amounts.gib(load.weights_bytes),
            amounts.gib(load.cache_bytes),
            amounts.gib(load.compute_bytes + load.output_bytes),
            amounts.gib(load.overhead_bytes),
            amounts.gib(load.total_bytes),
            amounts.gib(load.capacity_bytes),
        )
    return made
