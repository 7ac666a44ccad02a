"""The placements worth comparing for a scenario: what was asked for, or everything `auto` may choose from."""

from collections.abc import Callable, Iterator

from llmfit_tui.core.deal import Deal, deal, idle
from llmfit_tui.core.demand import Demand
from llmfit_tui.core.filling import filled
from llmfit_tui.core.machine import Machine
from llmfit_tui.core.place import gpu_bytes, layers_of, place
from llmfit_tui.core.placement import Placement
from llmfit_tui.core.scenario import ALL_LAYERS, Settings

STEPS_BACK = 4
"""Layers to take off the GPUs, one by one, where planned compute buffers exceed the formula."""

Split = tuple[int, ...]
"""Layers for each GPU that --tensor-split must ask for; empty: the engine's own."""


def candidates(demand: Demand, machine: Machine, settings: Settings) -> Iterator[Placement]:
    """Placements by hand, or by `auto`: the whole model on the GPUs first, the CPU alone last."""
    search = Search(demand, machine, settings)
    if settings.gpu_layers is not None or settings.cpu_moe_layers is not None:
        layers = ALL_LAYERS if settings.gpu_layers is None else settings.gpu_layers
        yield search.placed(search.engines(layers, settings.cpu_moe_layers or 0))
        return
    if machine.gpus:
        found = False
        for whole in search.whole():
            yield whole
            found = found or whole.fits
        if found:
            return
        yield from search.partly()
    yield search.roughly(idle(search.layers, len(machine.gpus)))


def as_planned(demand: Demand, machine: Machine, settings: Settings, rough: Placement) -> Placement:
    """A candidate with its compute buffers planned; with a little less on GPUs that then do not hold it."""
    if demand.planner is None or rough.planned or rough.deal is None:
        return rough
    search = Search(demand, machine, settings)
    placement = search.placed(rough.deal, rough.chosen_split)
    gpu_layers, cpu_moe = rough.deal.gpu_layers, rough.cpu_moe_layers
    for _ in range(STEPS_BACK if gpu_layers else 0):
        if placement.gpus_hold:
            break
        if 0 < cpu_moe < search.layers.blocks:
            cpu_moe += 1
        else:
            gpu_layers -= 1
        fitting = search.fitting(search.engines(gpu_layers, cpu_moe))
        if fitting is None or gpu_layers < 1:
            break
        placement = search.placed(*fitting)
    return placement


def any_fits(demand: Demand, machine: Machine, settings: Settings) -> bool:
    """Whether one of the candidates fits: first what can be told without a search."""
    weights, blocks = demand.weights.loaded, demand.arch.layers
    least = weights.input + weights.host.blocks(0, blocks) + demand.cache_before[-1]
    if least > machine.host_bytes + sum(map(machine.capacity_bytes, machine.gpus)):
        return False
    if settings.gpu_layers is None and settings.cpu_moe_layers is None:
        search = Search(demand, machine, settings)
        if search.placed(search.engines(ALL_LAYERS)).fits:
            return True
        if search.placed(idle(search.layers, len(machine.gpus))).fits:
            return True
    return any(one.fits for one in candidates(demand, machine, settings))


class Search:
    """Deals of one model on one machine, and which of them its GPUs hold."""

    def __init__(self, demand: Demand, machine: Machine, settings: Settings) -> None:
        self.demand, self.machine, self.settings = demand, machine, settings
        self.layers = layers_of(demand, settings)
        self.room = [machine.capacity_bytes(gpu) - machine.overhead_bytes for gpu in machine.gpus]
        self.shares = settings.tensor_split or tuple(machine.free_bytes(gpu) for gpu in machine.gpus)
        self.moe = demand.arch.expert_layers > 0

    def engines(self, gpu_layers: int, cpu_moe: int = 0) -> Deal:
        """The deal llama.cpp makes of -ngl and --n-cpu-moe by itself."""
        return deal(self.layers, gpu_layers, self.shares, cpu_moe if self.moe else 0)

    def placed(self, dealt: Deal, split: Split = ()) -> Placement:
        """The placement of a deal."""
        return place(self.demand, self.machine, self.settings, dealt, split)

    def roughly(self, dealt: Deal, split: Split = ()) -> Placement:
        """The placement of a deal, with compute buffers by the formula."""
        return place(self.demand, self.machine, self.settings, dealt, split, roughly=True)

    def excess(self, dealt: Deal) -> int:
        """Bytes by which GPUs are over their room; 0 where they hold the deal."""
        used = gpu_bytes(self.demand, self.machine, self.settings, dealt)
        return sum(over for over in (u - r for u, r in zip(used, self.room, strict=True)) if over > 0)

    def whole(self) -> Iterator[Placement]:
        """Everything on the GPUs: by the engine's own split, then by splits that fill the cards in turn."""
        own = self.engines(ALL_LAYERS)
        yield self._whole(own)
        if not self._may_split():
            return
        rates = {gpu.bandwidth_bytes_per_s for gpu in self.machine.gpus}
        if len(rates) > 1 or self.excess(own):
            for split in self._splits(own):
                yield self._whole(deal(self.layers, ALL_LAYERS, split), split)

    def _whole(self, dealt: Deal, split: Split = ()) -> Placement:
        """Planned, unless the GPUs are too small in any case."""
        rough = self.roughly(dealt, split)
        hopeless = any(load.total_bytes - load.compute_bytes > load.capacity_bytes for load in rough.gpus)
        return rough if hopeless else self.placed(dealt, split)

    def partly(self) -> Iterator[Placement]:
        """Fewest experts on the host; as many whole layers as fit; all experts on the host, most layers."""
        blocks, total = self.layers.blocks, self.layers.total
        if self.moe:
            yield from self._edge(lambda n: self.engines(ALL_LAYERS, blocks - n), blocks - 1)
            if self.excess(self.engines(ALL_LAYERS, blocks)):
                yield from self._edge(lambda n: self.engines(n, blocks), total - 1)
        yield from self._edge(lambda n: self.engines(n), total - 1)

    def _may_split(self) -> bool:
        return len(self.room) > 1 and not self.settings.tensor_split

    def _splits(self, own: Deal) -> Iterator[Split]:
        """Splits that fill one end of the row of cards first, the fastest end before the other."""
        first, last = (self.machine.gpus[at].bandwidth_bytes_per_s or 0 for at in (0, -1))
        for from_back in (True, False) if last > first else (False, True):
            split = filled(self.demand, self.machine, self.settings, own, self.room, from_back)
            if split is not None:
                yield split

    def fitting(self, own: Deal) -> tuple[Deal, Split] | None:
        """The deal if the GPUs hold it, else dealt anew so that they do."""
        if not self.excess(own):
            return own, ()
        if not self._may_split():
            return None
        for split in self._splits(own):
            cpu_moe = max((end for _, end in own.host_experts), default=0)
            dealt = deal(self.layers, own.gpu_layers, split, cpu_moe)
            if not self.excess(dealt):
                return dealt, split
        return None

    def _edge(self, dealt: Callable[[int], Deal], most: int) -> Iterator[Placement]:
        """The placement with the largest n of 0..most whose GPUs hold it, by a guess and bisection."""
        found: tuple[Deal, Split] | None = None
        low, high, tries = 0, most, 0
        least, full = self._used(dealt(0)), self._used(dealt(most))
        n = int(most * (sum(self.room) - least) / max(full - least, 1)) if full > least else most
        while low <= high:
            n = min(max(n, low), high)
            fitting = self.fitting(dealt(n))
            if fitting is not None:
                found, most, low = fitting, n, n + 1
            else:
                high = n - 1
            near = low if fitting is not None else high
            # The guess is rarely off by more than one; after that, halve what is left.
            n = near if high - low > 2 and tries == 0 else (low + high + 1) // 2
            tries += 1
        if found is not None:
            yield self.roughly(*found)

    def _used(self, dealt: Deal) -> int:
        return sum(gpu_bytes(self.demand, self.machine, self.settings, dealt))
