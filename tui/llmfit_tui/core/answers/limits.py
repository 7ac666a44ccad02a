"""How far a scenario can be pushed before its placement changes or memory runs out."""

from collections.abc import Callable
from functools import cache, cached_property

from llmfit_tui.core.answers.near import largest_near, last_that_holds, last_with_room
from llmfit_tui.core.engines.caches import most_slots
from llmfit_tui.core.engines.engine import PLACE_THEMSELVES
from llmfit_tui.core.estimate import Estimate, placed, placed_whole
from llmfit_tui.core.memory.demand import demand_of
from llmfit_tui.core.memory.kvcache import CELL_PADDING
from llmfit_tui.core.placement.candidates import Search
from llmfit_tui.core.placement.placement import Mode, Placement
from llmfit_tui.core.placement.whole import Whole, whole_of
from llmfit_tui.core.record import changed, record
from llmfit_tui.core.scenario import Scenario, Settings

CONTEXT_CEILING = 1 << 20
"""Where a model's own length is not known, no more than this is promised."""


@record
class Limits:
    """None: not even the smallest fits."""

    max_context: int | None
    """Most tokens that keep this placement mode, up to the model's own length."""
    max_parallel: int | None
    """Most slots of the present number of tokens each that keep it."""
    max_context_anywhere: int | None = None
    """Most tokens that fit wherever the layers then go, up to the model's own length."""


def limits_of(now: Estimate, anywhere: bool = False) -> Limits:
    """Limits of an estimated scenario; the one of every placement only where it is asked for."""
    roughly = _Roughly(now)
    return Limits(
        max_context(now, roughly),
        max_parallel(now, roughly),
        max_context_anywhere(now) if anywhere else None,
    )


def max_context(now: Estimate, roughly: "_Roughly | None" = None) -> int | None:
    """Most tokens that keep the placement mode of `now`; that fit at all where it fits nowhere.

    Where buffers are planned, the closed formula only says where to look: the answer is planned to hold, and
    one step more is planned not to.
    """
    roughly = roughly or _Roughly(now)
    steps = _ContextSteps(now)
    parallel = now.scenario.settings.parallel

    def near(ratios: list[float]) -> int | None:
        """The last step by the formula."""
        return roughly.last(steps.least, steps.most, lambda n: (steps.tokens(n), parallel), ratios)

    guess = near(roughly.ratios(now.scenario, now.placement))
    if not now.placement.planned:
        return None if guess is None else steps.tokens(guess)
    room = _planned_room(now)
    if guess is not None and steps.tokens(guess) != now.scenario.settings.context:
        there = now.scenario.with_settings(context=steps.tokens(guess))
        if room(there.settings.context) >= 0:
            guess = near(roughly.ratios(there, placed(there, now.evidence)))
    start = steps.least if guess is None else guess
    found = largest_near(start, steps.least, steps.most, lambda n: room(steps.tokens(n)))
    return None if found is None else steps.tokens(found)


def _planned_room(now: Estimate) -> Callable[[int], int]:
    """Bytes left at a context by the plan, on the fullest device; negative where the mode cannot be kept."""
    scenario, mode = now.scenario, now.placement.mode

    def whole(tokens: int) -> int:
        there = scenario.with_settings(context=tokens)
        demand = demand_of(there.model, there.quant, there.settings)
        every = Search(demand, there.machine, there.settings).whole()
        return max(min(load.free_bytes for load in one.loads) for one in every)

    def anywhere(tokens: int) -> int:
        found = placed(scenario.with_settings(context=tokens), now.evidence)
        if not found.fits or mode not in {found.mode, Mode.NONE}:
            return -1
        return min(load.free_bytes for load in found.loads)

    return cache(anywhere if _by_hand(scenario.settings) or mode not in {Mode.GPU, Mode.UNIFIED} else whole)


def _by_hand(settings: Settings) -> bool:
    """Whether layers were placed by the person."""
    return settings.gpu_layers is not None or settings.cpu_moe_layers is not None


class _ContextSteps:
    """Contexts by cells' padding, the last one the model's own length."""

    def __init__(self, now: Estimate) -> None:
        self.own = now.scenario.model.context_max or CONTEXT_CEILING
        self.most = max(self.own // CELL_PADDING, 1)
        self.least = 1
        if now.placement.fits:
            self.least = min(self.at(now.scenario.settings.context), self.most)

    def at(self, tokens: int) -> int:
        """The step of so many tokens."""
        return min(-(-tokens // CELL_PADDING), self.most)

    def tokens(self, step: int) -> int:
        """The tokens of a step."""
        return self.own if step == self.most else step * CELL_PADDING


def max_context_anywhere(now: Estimate) -> int | None:
    """Most tokens that fit at all, however slow that may be."""
    steps = _ContextSteps(now)

    def fits(step: int) -> bool:
        return placed(now.scenario.with_settings(context=steps.tokens(step)), now.evidence).fits

    found = last_that_holds(steps.least, steps.most, fits)
    return None if found is None else steps.tokens(found)


def max_parallel(now: Estimate, roughly: "_Roughly | None" = None) -> int | None:
    """Most slots of the present number of tokens each that keep the placement mode of `now`."""
    settings = now.scenario.settings
    each = max(settings.context // settings.parallel, 1)
    roughly = roughly or _Roughly(now)
    least = settings.parallel if now.placement.fits else 1
    ratios = roughly.ratios(now.scenario, now.placement)
    return roughly.last(least, most_slots(settings), lambda n: (n * each, n), ratios)


class _Roughly:
    """Placements near a scenario by the closed formula, each worked out once."""

    def __init__(self, now: Estimate) -> None:
        self.now = now
        self.scenario = now.scenario.with_settings(planned=False)
        self._placed: dict[tuple[int, int], Placement] = {}

    def placed(self, context: int, parallel: int) -> Placement:
        """At so many tokens and slots."""
        key = context, parallel
        found = self._placed.get(key)
        if found is None:
            there = self.scenario.with_settings(context=context, parallel=parallel)
            found = self._placed[key] = placed(there, self.now.evidence)
        return found

    def last(
        self, least: int, most: int, at: Callable[[int], tuple[int, int]], ratios: list[float]
    ) -> int | None:
        """The last n of least..most whose tokens and slots keep the placement mode.

        Where the compute buffers of `now` are planned, those of the others follow the closed formula,
        corrected by what a plan differs from it on each device: planning every step of a search would take
        too long.
        """
        whole, settings = self._whole, self.scenario.settings
        if whole is None:
            return last_that_holds(least, most, lambda n: self._keeps(*at(n), ratios))

        def room(n: int) -> float:
            context, parallel = at(n)
            return whole.room(changed(settings, {"context": context, "parallel": parallel}), ratios)

        return last_with_room(least, most, room)

    def _keeps(self, context: int, parallel: int, ratios: list[float]) -> bool:
        mode, tried = self.now.placement.mode, self._tried(context, parallel)
        if tried is None or (tried.mode is not mode and mode is not Mode.NONE):
            return False
        pairs = zip(tried.loads, ratios, strict=True)
        return all(load.free_bytes >= load.compute_bytes * (ratio - 1) for load, ratio in pairs)

    def _tried(self, context: int, parallel: int) -> Placement | None:
        """The placement; None where not all is on GPUs as it is now, and needs no search to tell."""
        settings = self.scenario.settings
        if self._on_gpus and not _by_hand(settings) and settings.engine not in PLACE_THEMSELVES:
            there = self.scenario.with_settings(context=context, parallel=parallel)
            return placed_whole(there, self.now.evidence)
        return self.placed(context, parallel)

    @property
    def _on_gpus(self) -> bool:
        return self.now.placement.mode in {Mode.GPU, Mode.UNIFIED}

    @cached_property
    def _whole(self) -> Whole | None:
        """What one device holds as a whole, and goes on to."""
        simple = self._on_gpus or not self.scenario.machine.gpus
        return whole_of(self.scenario) if simple else None

    def ratios(self, scenario: Scenario, placement: Placement) -> list[float]:
        """Planned compute bytes of a scenario's placement by those of the formula, by device."""
        same = [1.0] * len(placement.loads)
        if not placement.planned:
            return same
        formula = self.placed(scenario.settings.context, scenario.settings.parallel)
        if formula.mode is not placement.mode:
            return same
        pairs = zip(placement.loads, formula.loads, strict=True)
        return [a.compute_bytes / b.compute_bytes if b.compute_bytes else 1.0 for a, b in pairs]
