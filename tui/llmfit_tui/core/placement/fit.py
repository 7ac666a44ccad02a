"""What llama.cpp's own `--fit` would choose: context first, then layers, as common/fit.cpp does it.

Rules of commit 0c1e57098. The goal is to leave `--fit-target` (1 GiB) free on every GPU. What fits is left
alone. A context nobody asked for is lowered to no less than 4,096 tokens per slot, by linear interpolation,
rounded down to 256. What still does not fit is filled in from the last GPU to the first, a mixture of
experts with its experts on the host; where all dense layers fit, experts then move in from the first GPU to
the last.
"""

from dataclasses import replace

from llmfit_tui.core.memory.demand import Demand, demand_of
from llmfit_tui.core.memory.loaded import device_bytes
from llmfit_tui.core.memory.modeltensors import tensors_of
from llmfit_tui.core.placement.candidates import Search
from llmfit_tui.core.placement.deal import Deal
from llmfit_tui.core.placement.fitlayers import Filler
from llmfit_tui.core.placement.fitparts import Scale, Shares, dealt, host_size
from llmfit_tui.core.placement.place import gpu_bytes, weights_by_device
from llmfit_tui.core.placement.placement import Placement
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import ALL_LAYERS, Scenario, uses_imatrix

TARGET_BYTES = 1 << 30
"""--fit-target: left free on each GPU."""
LEAST_CONTEXT = 4096
"""--fit-ctx: no lower, for each slot."""
STEP = 256


@record
class Fit:
    """The settings `--fit` ends with."""

    context: int
    gpu_layers: int | None
    """-ngl; None: left at all."""
    tensor_split: tuple[int, ...]
    """Layers for each GPU; empty: left at the split by free memory."""
    overrides: int
    """Blocks with tensors overridden to the host or to the next GPU (-ot)."""
    placement: Placement


def fit_of(scenario: Scenario, free_context: bool = False, target_bytes: int = TARGET_BYTES) -> Fit:
    """What `--fit` chooses for a scenario; with `free_context` as if no context had been asked for (-c 0).

    Placement settings of the scenario are ignored: with them `--fit` gives up. Raises BadValue as
    `demand_of` does.
    """
    scenario = scenario.with_settings(gpu_layers=None, cpu_moe_layers=None, tensor_split=())
    machine = replace(scenario.machine, margin_bytes=0)
    targets = [machine.free_bytes(gpu) - target_bytes for gpu in machine.gpus]
    context = scenario.settings.context
    if free_context:
        context = _context(replace(scenario, machine=machine), targets)
        scenario = scenario.with_settings(context=context)
    demand = demand_of(scenario.model, scenario.quant, scenario.settings)
    search = Search(demand, machine, scenario.settings)
    whole = search.engines(ALL_LAYERS)
    used = gpu_bytes(demand, machine, scenario.settings, whole, search.plan(whole))
    if all(u <= t for u, t in zip(used, targets, strict=True)):
        return Fit(context, None, (), 0, search.placed(whole))
    dense = search.engines(ALL_LAYERS, ALL_LAYERS)
    kept_back = gpu_bytes(demand, machine, scenario.settings, dense, search.plan(dense))
    imatrix = uses_imatrix(scenario.settings, scenario.quant)
    known = search.moe and not scenario.settings.by_bits
    variant = scenario.settings.variant
    quantized = tensors_of(scenario.model, scenario.quant, imatrix, variant) if known else None
    scale = Scale(demand, machine, scenario.settings, search.layers, quantized)
    shares = Filler(scale, targets, search.moe).filled(sum(kept_back) < sum(targets))
    return _made(search, scale, shares, context)


def _made(search: Search, scale: Scale, shares: Shares, context: int) -> Fit:
    split = tuple(one.layers for one in shares)
    chosen = dealt(search.layers, shares)
    placement = search.placed(chosen, split if len(split) > 1 else ())
    loads = list(placement.loads)
    for size, of in ((device_bytes, range(len(split))), (host_size, range(len(split), len(split) + 1))):
        for at, change in scale.moved(shares, size):
            if at in of:
                loads[at] = replace(loads[at], weights_bytes=loads[at].weights_bytes + change)
    placement = replace(placement, loads=tuple(loads))
    return Fit(context, chosen.gpu_layers, split, sum(one.partial for one in shares), placement)


def _context(scenario: Scenario, targets: list[int]) -> int:
    """The context chosen where none was asked for."""
    streams = 1 if scenario.settings.unified_kv else scenario.settings.parallel
    most = (scenario.model.context_max or LEAST_CONTEXT) * streams
    least = LEAST_CONTEXT * streams
    demand, used = _whole(scenario, most)
    if sum(used) <= sum(targets) or most <= least:
        return most
    goal = sum(targets)
    if len(targets) > 1:
        # Only whole layers (or tensors of experts) move between GPUs: half of one is lost on each, and
        # half of one more.
        weights = sum(weights_by_device(demand.weights.loaded, _whole_deal(scenario, demand))[:-1])
        goal -= (
            (len(targets) + 1) * (weights // demand.arch.layers) // (6 if demand.arch.expert_layers else 2)
        )
    _, small = _whole(scenario, least)
    if goal <= sum(small):
        return least
    context = least + (most - least) * (goal - sum(small)) // (sum(used) - sum(small))
    return max(context - context % (STEP * streams), least)


def _whole(scenario: Scenario, context: int) -> tuple[Demand, tuple[int, ...]]:
    """The demand at a context, and bytes on each GPU with every layer on them."""
    scenario = scenario.with_settings(context=context)
    demand = demand_of(scenario.model, scenario.quant, scenario.settings)
    search = Search(demand, scenario.machine, scenario.settings)
    whole = search.engines(ALL_LAYERS)
    return demand, gpu_bytes(demand, scenario.machine, scenario.settings, whole, search.plan(whole))


def _whole_deal(scenario: Scenario, demand: Demand) -> Deal:
    return Search(demand, scenario.machine, scenario.settings).engines(ALL_LAYERS)
