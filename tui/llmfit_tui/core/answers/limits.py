"""How far a scenario can be pushed before its placement changes or memory runs out."""

from collections.abc import Callable
from functools import cache

from llmfit_tui.core.answers.near import largest_near
from llmfit_tui.core.estimate import Estimate, placed
from llmfit_tui.core.memory.demand import demand_of
from llmfit_tui.core.memory.kvcache import CELL_PADDING
from llmfit_tui.core.placement.candidates import Search
from llmfit_tui.core.placement.placement import Mode, Placement
from llmfit_tui.core.placement.whole import whole_of
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import MOST_SLOTS, Scenario

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
    return Limits(max_context(now), max_parallel(now), max_context_anywhere(now) if anywhere else None)


def max_context(now: Estimate) -> int | None:
    """Most tokens that keep the placement mode of `now`; that fit at all where it fits nowhere.

    Where buffers are planned, the closed formula only says where to look: the answer is planned to hold, and
    one step more is planned not to.
    """
    roughly = _Roughly(now)
    ratios = roughly.ratios(now.scenario, now.placement)
    guess = _most_context(now, roughly.keeper(ratios))
    if not now.placement.planned:
        return guess
    room = _planned_room(now)
    if guess is not None and guess != now.scenario.settings.context and room(guess) >= 0:
        there = now.scenario.with_settings(context=guess)
        guess = _most_context(now, roughly.keeper(roughly.ratios(there, placed(there, now.evidence))))
    steps = _ContextSteps(now)
    near = steps.least if guess is None else steps.at(guess)
    found = largest_near(near, steps.least, steps.most, lambda n: room(steps.tokens(n)))
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

    by_hand = scenario.settings.gpu_layers is not None or scenario.settings.cpu_moe_layers is not None
    return cache(anywhere if by_hand or mode not in {Mode.GPU, Mode.UNIFIED} else whole)


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
    return _most_context(now, lambda scenario: placed(scenario, now.evidence).fits)


def _most_context(now: Estimate, keeps: Callable[[Scenario], bool]) -> int | None:
    steps = _ContextSteps(now)

    def fits(step: int) -> bool:
        return keeps(now.scenario.with_settings(context=steps.tokens(step)))

    found = _largest(steps.least, steps.most, fits)
    return None if found is None else steps.tokens(found)


def max_parallel(now: Estimate) -> int | None:
    """Most slots of the present number of tokens each that keep the placement mode of `now`."""
    settings = now.scenario.settings
    each = max(settings.context // settings.parallel, 1)
    roughly = _Roughly(now)
    keeps = roughly.keeper(roughly.ratios(now.scenario, now.placement))
    least = settings.parallel if now.placement.fits else 1
    return _largest(
        least, MOST_SLOTS, lambda n: keeps(now.scenario.with_settings(parallel=n, context=n * each))
    )


class _Roughly:
    """Placements near a scenario by the closed formula, each worked out once."""

    def __init__(self, now: Estimate) -> None:
        self.now = now
        self._placed: dict[tuple[int, int], Placement] = {}

    def placed(self, scenario: Scenario) -> Placement:
        """Of a scenario that differs from `now` by its context and slots at most."""
        settings = scenario.settings
        key = settings.context, settings.parallel
        found = self._placed.get(key)
        if found is None:
            found = self._placed[key] = placed(scenario.with_settings(planned=False), self.now.evidence)
        return found

    def keeper(self, ratios: list[float]) -> Callable[[Scenario], bool]:
        """Whether a scenario keeps the placement mode.

        Where the compute buffers of `now` are planned, those of the others follow the closed formula,
        corrected by what a plan differs from it on each device: planning every step of a search would take
        too long.
        """
        now, mode = self.now, self.now.placement.mode
        simple = mode in {Mode.GPU, Mode.UNIFIED} or not now.scenario.machine.gpus
        whole = whole_of(now.scenario) if simple else None
        if whole is not None:
            return lambda scenario: whole.holds(scenario.settings, ratios)

        def keeps(scenario: Scenario) -> bool:
            tried = self.placed(scenario)
            more = (load.compute_bytes * (ratio - 1) for load, ratio in zip(tried.loads, ratios, strict=True))
            fits = all(load.free_bytes >= extra for load, extra in zip(tried.loads, more, strict=True))
            return fits and (tried.mode is mode or mode is Mode.NONE)

        return keeps

    def ratios(self, scenario: Scenario, placement: Placement) -> list[float]:
        """Planned compute bytes of a scenario's placement by those of the formula, by device."""
        same = [1.0] * len(placement.loads)
        if not placement.planned:
            return same
        formula = self.placed(scenario)
        if formula.mode is not placement.mode:
            return same
        pairs = zip(placement.loads, formula.loads, strict=True)
        return [a.compute_bytes / b.compute_bytes if b.compute_bytes else 1.0 for a, b in pairs]


def _largest(least: int, most: int, fits: Callable[[int], bool]) -> int | None:
    """The largest n of least..most that fits, given that everything between does too."""
    if not fits(least):
        return None
    low, high = least, most
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle):
            low = middle
        else:
            high = middle - 1
    return low
