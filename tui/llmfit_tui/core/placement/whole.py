"""A model held whole by one GPU, or by the host alone, at other contexts and slots: little changes.

Weights and the layers each device has stay the same; the cache grows, and so do compute buffers by their
closed formula. A search for a limit asks some thirty times.
"""

from collections.abc import Sequence

from llmfit_tui.core.engines.engine import PLACE_THEMSELVES
from llmfit_tui.core.memory.compute import compute_size
from llmfit_tui.core.memory.demand import demand_of
from llmfit_tui.core.memory.kvcache import cache_size
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.placement.candidates import Search
from llmfit_tui.core.placement.deal import Deal, idle
from llmfit_tui.core.placement.placement import Placement
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import ALL_LAYERS, Scenario, Settings


@record
class Whole:
    """The placement by the formula at one size of the cache, and what it was made of."""

    arch: Architecture
    placement: Placement
    deal: Deal
    cache_bytes: int

    def room(self, settings: Settings, ratios: Sequence[float]) -> float:
        """Bytes left where least is, by the formula and with compute buffers times `ratios`."""
        asked = settings.cache()
        cache = cache_size(self.arch, asked)
        on_gpu = not self.deal.idle
        per_batch = settings.outputs_per_batch
        size = compute_size(self.arch, asked, cache, per_batch, on_gpu=on_gpu, build=settings.build)
        grown = cache.attention_bytes + cache.state_bytes - self.cache_bytes
        host = self.placement.host
        left = host.free_bytes + host.compute_bytes + host.output_bytes - size.output_bytes
        if not on_gpu:
            return left - grown - size.device_bytes * max(ratios[-1], 1.0)
        gpu = self.placement.loads[0]
        room = gpu.free_bytes + gpu.compute_bytes - grown
        one_memory = self.placement.shared_bytes is not None
        if one_memory:
            left += gpu.compute_bytes - grown
        least = float(min(room, left))
        for device, behind in ((1.0, 1.0), (ratios[0], ratios[1])):
            taken, beside = size.device_bytes * device, size.host_bytes * behind
            least = min(least, room - taken, left - beside - (taken if one_memory else 0))
        return least


def whole_of(scenario: Scenario) -> Whole | None:
    """For one GPU that is to hold everything, or none at all; None where a search is needed.

    Raises BadValue as `demand_of`.
    """
    settings, machine = scenario.settings, scenario.machine
    if settings.engine in PLACE_THEMSELVES:
        return None
    by_hand = settings.gpu_layers is not None or settings.cpu_moe_layers is not None
    if by_hand or settings.parts or not settings.kv_offload or len(machine.gpus) > 1:
        return None
    settings = scenario.with_settings(planned=False).settings
    demand = demand_of(scenario.model, scenario.quant, settings)
    search = Search(demand, machine, settings)
    dealt = search.engines(ALL_LAYERS) if machine.gpus else idle(search.layers, 0)
    if machine.gpus and not dealt.complete and not search.hidden:
        return None
    placement = search.placed(dealt, plan=False)
    if placement.shared_bytes is not None and not placement.fits:
        return None  # what the GPU leaves of the memory is less than nothing
    return Whole(demand.arch, placement, dealt, demand.cache_before[-1])
