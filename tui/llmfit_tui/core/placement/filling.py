"""Sharing layers among several cards so that one end of the row is full before the next card is used.

llama.cpp shares by free memory, which puts layers on a slow card that a fast one had room for, and can put
more on a card than it holds although another has room left. A split by counted layers can avoid both.
"""

from collections.abc import Sequence

from llmfit_tui.core.memory.demand import Demand
from llmfit_tui.core.placement.deal import Deal
from llmfit_tui.core.scenario import Settings


def filled(
    demand: Demand, settings: Settings, own: Deal, space: Sequence[int], from_back: bool
) -> tuple[int, ...] | None:
    """Layers for each card, filled from the first card on or from the last one back; None: they do not fit.

    `own` says which layers go to cards at all and which experts do not; `space` is what each card has for
    weights and cache, in bytes.
    """
    start, end = own.runs[0][0], own.runs[0][0] + own.gpu_layers
    counts = [0] * len(space)
    order = range(len(space) - 1, -1, -1) if from_back else range(len(space))
    for d in order:
        low, high = 0, end - start
        while low < high:
            middle = (low + high + 1) // 2
            run = (end - middle, end) if from_back else (start, start + middle)
            if _held(demand, settings, own, *run) <= space[d]:
                low = middle
            else:
                high = middle - 1
        counts[d] = low
        if from_back:
            end -= low
        else:
            start += low
    return tuple(counts) if start == end else None


def _held(demand: Demand, settings: Settings, own: Deal, start: int, end: int) -> int:
    """Weights and cache of layers start..end on one card."""
    side = demand.weights.loaded.device
    first, last = min(start, own.blocks), min(end, own.blocks)
    held = side.blocks(first, last)
    for kept, until in own.host_experts:
        if max(kept, first) < min(until, last):
            held -= side.experts(max(kept, first), min(until, last))
    if start < end == own.layers_total:
        held += side.output
    if settings.kv_offload:
        held += demand.cache_before[last] - demand.cache_before[first]
    return held
