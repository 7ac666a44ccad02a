"""What would help: single changes that make a scenario fit or lift its rating, the cheapest first.

Cheap is what costs no quality and no money: flash attention, a smaller micro-batch, layers on the CPU, then
a rounder cache, a smaller file, fewer slots, less context, and last another card.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from enum import Enum

from llmfit_tui.core.answers.closeness import UNKNOWN, bits_of, closeness
from llmfit_tui.core.answers.othermachines import larger_cards, several, with_cards
from llmfit_tui.core.answers.recommend import choices
from llmfit_tui.core.engines.engine import PLACE_THEMSELVES, Engine
from llmfit_tui.core.engines.formats import runs_format
from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.estimate import Estimate, estimate, placed
from llmfit_tui.core.hardware.device import Device
from llmfit_tui.core.memory.kvcache import CELL_PADDING, KVType
from llmfit_tui.core.placement.placement import Mode
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.rating import BEST_LEVEL
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import Scenario, architecture

SMALL_UBATCH = 256
LEAST_CONTEXT = 2048
ROUND_KV = {Engine.VLLM: KVType.FP8}
"""Half of 16 bits in an engine's own type; q8_0 where it is llama.cpp's."""
MOST_MACHINES = 8
FINE_KV = frozenset({KVType.F16, KVType.BF16, KVType.F32})


class ChangeKind(Enum):
    """What is changed."""

    FLASH_ATTENTION = "flash_attention"
    UBATCH = "ubatch"
    CPU_LAYERS = "gpu_layers"
    CPU_EXPERTS = "n_cpu_moe"
    KV_TYPE = "kv_type"
    QUANT = "quant"
    SLOTS = "parallel"
    CONTEXT = "context"
    CARD = "hardware"
    MACHINES = "machines"


@record
class Change:
    """One change, and what becomes of the scenario with it."""

    kind: ChangeKind
    found: Estimate
    saves_bytes: int
    """Less on all devices together; negative where the change takes more."""
    steps: int = 1
    """Layers that move to the CPU."""


def changes(now: Estimate, quants: Sequence[Quant], devices: Sequence[Device]) -> tuple[Change, ...]:
    """Every kind of change that lifts the level of the rating, cheapest first; none at the best level."""
    return tuple(_changes(now, quants, devices))


def first_change(now: Estimate, quants: Sequence[Quant], devices: Sequence[Device]) -> Change | None:
    """The cheapest of `changes`, without looking for the others."""
    return next(_changes(now, quants, devices), None)


def _changes(now: Estimate, quants: Sequence[Quant], devices: Sequence[Device]) -> Iterator[Change]:
    """Searched by the closed formula for compute buffers, then planned where those of `now` are."""
    planned = now.scenario.settings.planned
    quick = estimate(now.scenario.with_settings(planned=False), now.evidence) if planned else now
    for change in _Search(quick, now.rating.level).all(quants, devices):
        found = change.found
        if planned:
            found = estimate(found.scenario.with_settings(planned=True), now.evidence)
        if found.rating.level > now.rating.level:
            yield replace(change, found=found, saves_bytes=now.total_bytes - found.total_bytes)


class _Search:
    """Tries scenarios against the level the present one has."""

    def __init__(self, now: Estimate, level: int) -> None:
        self.now = now
        self.scenario, self.settings = now.scenario, now.scenario.settings
        self.level = level

    def all(self, quants: Sequence[Quant], devices: Sequence[Device]) -> Iterator[Change]:
        """By falling cheapness."""
        engine = self.settings.engine
        if not runs_format(engine, self.scenario.quant) or self.level == BEST_LEVEL:
            return
        alone = self.scenario.machine.nodes == 1
        flags = (self._flash_attention, self._ubatch, *((self._to_cpu,) if alone else ()))
        ways: tuple[Callable[[], Change | None], ...] = (
            *(() if engine in PLACE_THEMSELVES else flags),
            self._kv_type,
            lambda: self._quant(quants),
            self._slots,
            self._context,
            *((lambda: self._card(devices),) if alone else ()),
            *((self._machines,) if engine in PLACE_THEMSELVES else ()),
        )
        for way in ways:
            change = way()
            if change is not None:
                yield change

    def _lifted(self, scenario: Scenario) -> Estimate | None:
        """The estimate, if its level is higher than the present one's."""
        try:
            found = estimate(scenario, self.now.evidence)
        except BadValue:
            return None
        return found if found.rating.level > self.level else None

    def _change(self, kind: ChangeKind, found: Estimate | None, steps: int = 1) -> Change | None:
        if found is None:
            return None
        return Change(kind, found, self.now.total_bytes - found.total_bytes, steps)

    def _with(self, kind: ChangeKind, **settings: object) -> Change | None:
        return self._change(kind, self._lifted(self.scenario.with_settings(**settings)))

    def _flash_attention(self) -> Change | None:
        if self.settings.flash_attention_on:
            return None
        return self._with(ChangeKind.FLASH_ATTENTION, flash_attention=True)

    def _ubatch(self) -> Change | None:
        if self.settings.ubatch <= SMALL_UBATCH:
            return None
        return self._with(ChangeKind.UBATCH, ubatch=SMALL_UBATCH)

    def _kv_type(self) -> Change | None:
        finer = {self.settings.kv_type_k, self.settings.kv_type_v} & FINE_KV
        if not finer or not self.settings.flash_attention_on:
            return None
        rounder = ROUND_KV.get(self.settings.engine, KVType.Q8_0)
        return self._with(ChangeKind.KV_TYPE, kv_type_k=rounder, kv_type_v=rounder)

    def _to_cpu(self) -> Change | None:
        """Fewest layers, or layers' experts, that move from the GPUs to the CPU."""
        now = self.now.placement
        by_hand = self.settings.gpu_layers is not None or self.settings.cpu_moe_layers is not None
        if not self.scenario.machine.gpus or self.scenario.machine.unified:
            return None
        if now.mode is Mode.NONE or not (by_hand or now.mode is Mode.GPU):
            return None  # auto has tried every number of layers
        if self.now.arch.expert_layers:
            kind, most = ChangeKind.CPU_EXPERTS, now.layers_total - 1 - now.cpu_moe_layers

            def moved(n: int) -> Scenario:
                experts = now.cpu_moe_layers + n
                return self.scenario.with_settings(gpu_layers=now.gpu_layers, cpu_moe_layers=experts)
        else:
            kind, most = ChangeKind.CPU_LAYERS, now.gpu_layers

            def moved(n: int) -> Scenario:
                return self.scenario.with_settings(gpu_layers=now.gpu_layers - n)

        steps = _fewest(most, lambda n: placed(moved(n), self.now.evidence).fits)
        return self._change(kind, self._lifted(moved(steps)), steps) if steps else None

    def _least(self, kind: ChangeKind, most: int, changed: Callable[[int], Scenario]) -> Change | None:
        """The change with the fewest steps of 1..most that helps, given that still more steps help too."""
        low, high, best = 1, most, None
        while low <= high:
            middle = (low + high) // 2
            found = self._lifted(changed(middle))
            if found is None:
                low = middle + 1
            else:
                best, high = (found, middle), middle - 1
        return self._change(kind, best[0], best[1]) if best else None

    def _quant(self, quants: Sequence[Quant]) -> Change | None:
        """The type with the best quality among the smaller ones that help."""
        model, arch = self.scenario.model, architecture(self.scenario.model)
        fit = self.now.evidence.quality
        rated = [
            (closeness(model, arch, quant, self.settings, fit), quant)
            for quant in choices(quants, self.settings.engine)
        ]
        rated = [pair for pair in rated if pair[0] != UNKNOWN]
        rated.sort(key=lambda pair: -pair[0])
        bits, smaller = bits_of(self.scenario.quant), list[Quant]()
        for _, quant in rated:
            if bits_of(quant) < bits:
                bits = bits_of(quant)
                smaller.append(quant)
        return self._least(
            ChangeKind.QUANT, len(smaller), lambda n: replace(self.scenario, quant=smaller[n - 1])
        )

    def _slots(self) -> Change | None:
        slots = self.settings.parallel
        each = max(self.settings.context // slots, 1)

        def fewer(n: int) -> Scenario:
            return self.scenario.with_settings(parallel=slots - n, context=(slots - n) * each)

        return self._least(ChangeKind.SLOTS, slots - 1, fewer)

    def _context(self) -> Change | None:
        cells = self.settings.context // CELL_PADDING

        def shorter(n: int) -> Scenario:
            return self.scenario.with_settings(context=(cells - n) * CELL_PADDING)

        return self._least(ChangeKind.CONTEXT, cells - LEAST_CONTEXT // CELL_PADDING, shorter)

    def _card(self, devices: Sequence[Device]) -> Change | None:
        """One card, or the same chip, with the least memory that helps; of cards alike the slowest.

        An engine that shares a model among GPUs alike keeps their number.
        """
        machine = self.scenario.machine
        count = len(machine.gpus) if self.settings.engine is Engine.VLLM else 1
        sizes = sorted(larger_cards(machine, devices).items())
        machines = [with_cards(machine, device, count) for _, device in sizes]
        return self._least(
            ChangeKind.CARD, len(machines), lambda n: replace(self.scenario, machine=machines[n - 1])
        )

    def _machines(self) -> Change | None:
        """Twice as many machines of the kind, or four or eight times."""
        machine = self.scenario.machine

        def times(n: int) -> Scenario:
            return replace(self.scenario, machine=several(machine, 1 << n))

        doublings = (MOST_MACHINES // machine.nodes).bit_length() - 1 if machine.gpus else 0
        return self._least(ChangeKind.MACHINES, doublings, times)


def _fewest(most: int, fits: Callable[[int], bool]) -> int | None:
    """The fewest steps of 1..most with which it fits; None where not even all do."""
    if most < 1 or not fits(most):
        return None
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle + 1, high)
    return low
