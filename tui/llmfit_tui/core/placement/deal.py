"""Which layers each GPU gets, as llama.cpp deals them out.

Layers are counted over the whole file: blocks, prediction blocks (which are not loaded), and the output as
the last one. llama.cpp at commit 0c1e57098, llama-model.cpp, load_tensors.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate

from llmfit_tui.core.build import NEWEST, Build
from llmfit_tui.core.record import record

Run = tuple[int, int]
"""From a layer up to, and without, another."""


@record
class Deal:
    """Who holds which layer. What no run names is the host's. Made by `deal`, `dealt_runs` and `idle`."""

    blocks: int
    """Blocks that are loaded."""
    layers_total: int
    """Blocks, prediction blocks and the output."""
    runs: tuple[Run, ...]
    """Layers of each GPU, in order; (n, n) where it has none."""
    block_runs: tuple[Run, ...]
    """Of these the loaded blocks."""
    host_experts: tuple[Run, ...]
    """Blocks whose routed experts stay on the host although a GPU holds the block."""
    gpu_layers: int
    """Layers on GPUs, the output included."""
    host_blocks: int
    """Blocks on the host: always the first ones."""
    output_device: int | None
    """The GPU that holds the output; None: the host."""
    idle: bool = False
    """The GPUs are hidden from llama.cpp altogether."""

    @property
    def complete(self) -> bool:
        """Every layer and every expert is on a GPU."""
        return self.gpu_layers == self.layers_total and not self.host_experts

    def experts_kept_back(self, device: int) -> list[Run]:
        """Runs of a GPU's blocks whose experts are on the host."""
        start, end = self.block_runs[device]
        cut = [(max(first, start), min(last, end)) for first, last in self.host_experts]
        return [run for run in cut if run[0] < run[1]]


@record
class Layers:
    """What a deal needs to know of a model and an engine."""

    blocks: int
    """Blocks that are loaded."""
    total: int
    """Blocks, prediction blocks and the output."""
    build: Build = NEWEST


def deal(layers: Layers, gpu_layers: int, shares: Sequence[float], cpu_moe: int = 0) -> Deal:
    """The last `gpu_layers` layers to the GPUs, the experts of the first `cpu_moe` blocks to the host.

    `shares` are of any unit (--tensor-split, or free memory), one for each GPU. The layer at place i of n
    goes to the first GPU whose cumulated share is above i / n. Builds before `OUTPUT_COUNTS_AS_LAYER` count
    repeating layers only, and move the output when n exceeds them.
    """
    if len(shares) == 1:
        return _on_one(layers, gpu_layers, cpu_moe)
    return _dealt_out(layers, gpu_layers, shares, cpu_moe)


@lru_cache(maxsize=4096)
def _on_one(layers: Layers, gpu_layers: int, cpu_moe: int) -> Deal:
    """With one GPU, whose share does not matter: lists of hardware ask for the same deals again and again."""
    return _dealt_out(layers, gpu_layers, (1.0,), cpu_moe)


def _dealt_out(layers: Layers, gpu_layers: int, shares: Sequence[float], cpu_moe: int) -> Deal:
    total = layers.total
    count = min(gpu_layers, total) if shares else 0
    start = total - count if layers.build.output_counts_as_layer else max(total - 1 - count, 0)
    runs = _dealt(start, count, shares)
    first = min(runs[0][0], layers.blocks) if runs else layers.blocks
    kept = ((first, min(cpu_moe, layers.blocks)),) if first < min(cpu_moe, layers.blocks) else ()
    return dealt_runs(layers, runs, kept)


def dealt_runs(layers: Layers, runs: tuple[Run, ...], host_experts: tuple[Run, ...] = ()) -> Deal:
    """A deal by the very layers each GPU gets."""
    blocks, total = layers.blocks, layers.total
    count, output = 0, None
    for device, (start, end) in enumerate(runs):
        count += end - start
        if start < end == total:
            output = device
    return Deal(
        blocks=blocks,
        layers_total=total,
        runs=runs,
        block_runs=tuple([(min(start, blocks), min(end, blocks)) for start, end in runs]),
        host_experts=host_experts,
        gpu_layers=count,
        host_blocks=min(runs[0][0], blocks) if runs else blocks,
        output_device=output,
    )


@lru_cache(maxsize=4096)
def idle(layers: Layers, gpus: int) -> Deal:
    """Everything on the host, as if the GPUs were hidden."""
    nothing = (layers.total, layers.total)
    return replace(dealt_runs(layers, (nothing,) * gpus), idle=True)


def _dealt(start: int, count: int, shares: Sequence[float]) -> tuple[Run, ...]:
    if len(shares) == 1:
        return ((start, start + count),)
    sums = list(accumulate(shares))
    whole = (sums[-1] if sums else 0) or 1.0
    runs: list[Run] = []
    first = start
    for device, reached in enumerate(sums):
        end = start + count if device == len(sums) - 1 else start + _below(reached / whole, count)
        runs.append((first, max(first, end)))
        first = max(first, end)
    return tuple(runs)


def _below(split: float, count: int) -> int:
    """How many of the places 0..count-1 lie below a split, each compared as i / count, as llama.cpp does."""
    near = min(int(split * count) + 1, count)
    while near > 0 and (near - 1) / count >= split:
        near -= 1
    return near
