"""The placements worth comparing for a scenario: what was asked for, or everything `auto` may choose from."""

from collections.abc import Callable, Iterator

from llmfit_tui.core.hardware.device import Backend
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.memory.demand import Demand
from llmfit_tui.core.memory.scratch import planned_scratch, scratch
from llmfit_tui.core.placement.deal import Deal, deal, idle
from llmfit_tui.core.placement.filling import filled
from llmfit_tui.core.placement.place import gpu_bytes, layers_of, place
from llmfit_tui.core.placement.placement import Placement
from llmfit_tui.core.scenario import ALL_LAYERS, Settings

STEPS_BACK = 4
ROUNDS = 2
"""How often a search is repeated with the compute buffers planned for what it found."""

Split = tuple[int, ...]
"""Layers for each GPU that --tensor-split must ask for; empty: the engine's own."""


def candidates(search: "Search") -> Iterator[Placement]:
    """Placements by hand, or by `auto`: the whole model on the GPUs first, the CPU alone last.

    Where part of a model stays on the host they rest on the formula for compute buffers; `Search.refined`
    plans those of the one that is chosen.
    """
    settings, machine = search.settings, search.machine
    if settings.gpu_layers is not None or settings.cpu_moe_layers is not None:
        layers = ALL_LAYERS if settings.gpu_layers is None else settings.gpu_layers
        yield search.placed(search.engines(layers, settings.cpu_moe_layers or 0))
        return
    if machine.gpus and not search.hidden:
        found = False
        for whole in search.whole():
            yield whole
            found = found or whole.fits
        if found:
            return
        yield from search.partly()
    yield search.placed(idle(search.layers, len(machine.gpus)), plan=not machine.gpus or search.hidden)


def any_fits(demand: Demand, machine: Machine, settings: Settings) -> bool:
    """Whether one of the candidates fits: first what can be told without a search."""
    weights, blocks = demand.weights.loaded, demand.arch.layers
    least = weights.input + weights.host.blocks(0, blocks) + demand.cache_before[-1]
    others = machine.gpus[len(machine.gpus) // machine.nodes :] if machine.unified else machine.gpus
    apart = sum(map(machine.capacity_bytes, others))
    if least > machine.host_bytes + apart:
        return False
    if settings.gpu_layers is None and settings.cpu_moe_layers is None:
        search = Search(demand, machine, settings)
        if search.placed(search.engines(ALL_LAYERS)).fits:
            return True
        if search.placed(idle(search.layers, len(machine.gpus))).fits:
            return True
    return any(one.fits for one in candidates(Search(demand, machine, settings)))


class Search:
    """Deals of one model on one machine, and which of them its GPUs hold."""

    def __init__(self, demand: Demand, machine: Machine, settings: Settings) -> None:
        self.demand, self.machine, self.settings = demand, machine, settings
        self.layers = layers_of(demand, settings)
        self.room = [machine.capacity_bytes(gpu) - machine.overhead_bytes for gpu in machine.gpus]
        if self.room:
            self.room[0] -= demand.parts_on_gpu
        self.shares = settings.tensor_split or tuple(machine.free_bytes(gpu) for gpu in machine.gpus)
        self.moe = demand.arch.expert_layers > 0
        self.hidden = machine.unified and machine.backend is Backend.CPU
        """The machine is one device with a GPU that no backend drives: a board computed on by its CPU."""
        self._compute: tuple[int, ...] | None = None
        """Compute buffers by device to reckon with; None: those of the formula."""
        self._edges: dict[int, tuple[Callable[[int], Deal], int, int]] = {}
        """How a placement was searched for, by its identity."""

    def engines(self, gpu_layers: int, cpu_moe: int = 0) -> Deal:
        """The deal llama.cpp makes of -ngl and --n-cpu-moe by itself."""
        if self.hidden:
            return idle(self.layers, len(self.machine.gpus))
        return deal(self.layers, gpu_layers, self.shares, cpu_moe if self.moe else 0)

    def placed(self, dealt: Deal, split: Split = (), plan: bool = True) -> Placement:
        """The placement of a deal; without `plan` its compute buffers follow the formula."""
        return place(self.demand, self.machine, self.settings, dealt, split, roughly=not plan)

    def refined(self, placement: Placement) -> Placement:
        """The placement with its compute buffers planned, and as many layers as fit beside those.

        They hardly depend on the number of layers: the search is repeated with those planned for what it
        found before.
        """
        if placement.planned or self.demand.planner is None or placement.deal is None:
            return placement
        edge = self._edges.get(id(placement))
        if edge is None:
            return self.placed(placement.deal, placement.chosen_split)
        dealt, n, most = edge
        for _ in range(ROUNDS):
            self._compute = self.plan(self._dealt_at(dealt, max(n, 0)))
            before, n = n, self._largest(dealt, most)
            if n == before:
                break
        better = self._held(dealt, n) if n >= 0 else placement
        self._compute = None
        return better

    def excess(self, dealt: Deal) -> int:
        """Bytes by which GPUs are over their room; 0 where they hold the deal."""
        used = gpu_bytes(self.demand, self.machine, self.settings, dealt, self._compute)
        return sum(over for over in (u - r for u, r in zip(used, self.room, strict=True)) if over > 0)

    def excess_without_compute(self, dealt: Deal) -> bool:
        """Whether weights and cache alone are more than a GPU holds."""
        nothing = (0,) * (len(dealt.runs) + 1)
        used = gpu_bytes(self.demand, self.machine, self.settings, dealt, nothing)
        return any(u > r for u, r in zip(used, self.room, strict=True))

    def plan(self, dealt: Deal) -> tuple[int, ...] | None:
        """Compute buffers of a deal, planned; None where the formula has to do."""
        return planned_scratch(self.demand, self.settings, self.machine.backend, dealt)

    def whole(self) -> Iterator[Placement]:
        """Everything on the GPUs: by the engine's own split, then by splits that fill the cards in turn."""
        own = self.engines(ALL_LAYERS)
        plans = self.demand.planner is not None
        yield self.placed(own, plan=plans and not self.excess_without_compute(own))
        if not self._may_split():
            return
        self._compute = self.plan(own)
        rates = {gpu.bandwidth_bytes_per_s for gpu in self.machine.gpus}
        if len(rates) > 1 or self.excess(own):
            for split in self._splits(own):
                yield self.placed(deal(self.layers, ALL_LAYERS, split), split)
        self._compute = None

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
            split = filled(self.demand, self.settings, own, self._space(own), from_back)
            if split is not None:
                yield split

    def _fitting(self, own: Deal) -> tuple[Deal, Split] | None:
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

    def _space(self, own: Deal) -> list[int]:
        """Room for weights and cache on each GPU."""
        compute = self._compute or scratch(self.demand, self.settings, self.machine.backend, own)
        return [room - used for room, used in zip(self.room, compute, strict=False)]

    def _edge(self, dealt: Callable[[int], Deal], most: int) -> Iterator[Placement]:
        """The placement with the largest n of 0..most whose GPUs hold it, by the formula."""
        n = self._largest(dealt, most)
        if n < 0 and self.demand.planner is not None and not self.excess_without_compute(dealt(0)):
            n = 0  # the formula may ask for more than the plan does
        if n >= 0:
            found = self.placed(*(self._fitting(dealt(n)) or (dealt(n), ())), plan=False)
            self._edges[id(found)] = dealt, n, most
            yield found

    def _dealt_at(self, dealt: Callable[[int], Deal], n: int) -> Deal:
        fitting = self._fitting(dealt(n))
        return fitting[0] if fitting is not None else dealt(n)

    def _largest(self, dealt: Callable[[int], Deal], most: int) -> int:
        """The largest n of 0..most whose GPUs hold it, by a guess and bisection; -1 where none does."""
        found, low, high, tries = -1, 0, most, 0
        least, full = self._used(dealt(0)), self._used(dealt(most))
        n = int(most * (sum(self.room) - least) / max(full - least, 1)) if full > least else most
        while low <= high:
            n = min(max(n, low), high)
            fits = self._fitting(dealt(n)) is not None
            if fits:
                found, low = n, n + 1
            else:
                high = n - 1
            near = low if fits else high
            # The guess is rarely off by more than one; after that, halve what is left.
            n = near if high - low > 2 and tries == 0 else (low + high + 1) // 2
            tries += 1
        return found

    def _held(self, dealt: Callable[[int], Deal], n: int) -> Placement:
        """The placement of n, or of a little less where its own compute buffers take more than reckoned."""
        placement = self.placed(*(self._fitting(dealt(n)) or (dealt(n), ())))
        for fewer in range(n - 1, max(n - 1 - STEPS_BACK, -1), -1):
            fitting = None if placement.gpus_hold else self._fitting(dealt(fewer))
            if fitting is None:
                break
            placement = self.placed(*fitting)
        return placement

    def _used(self, dealt: Deal) -> int:
        return sum(gpu_bytes(self.demand, self.machine, self.settings, dealt, self._compute))
