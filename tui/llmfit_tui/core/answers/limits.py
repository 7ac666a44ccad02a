"""How far a scenario can be pushed before its placement changes or memory runs out."""

from collections.abc import Callable

from llmfit_tui.core.estimate import Estimate, placed
from llmfit_tui.core.memory.kvcache import CELL_PADDING
from llmfit_tui.core.placement.placement import Mode, Placement
from llmfit_tui.core.placement.whole import whole_of
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import Scenario

CONTEXT_CEILING = 1 << 20
"""Where a model's own length is not known, no more than this is promised."""
MOST_SLOTS = 256
"""llama.cpp's LLAMA_MAX_SEQ."""
MOST_REPLANS = 4
"""Plans a search for the most context is worth: two are enough nearly always."""


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
    """Most tokens that keep the placement mode of `now`; the mode with most memory where it fits nowhere.

    Where buffers are planned, the answer is planned too and the search corrected by it until both agree, so
    that it does not depend on the context it was asked from.
    """
    found = _most_context(now, _keeper(now, _ratios(now, now.scenario, now.placement)))
    if not now.placement.planned:
        return found
    for _ in range(MOST_REPLANS):
        if found is None or found == now.scenario.settings.context:
            break
        there = now.scenario.with_settings(context=found)
        placement = placed(there, now.evidence)
        if placement.mode is not now.placement.mode or not placement.fits:
            found = max(found - 1, CELL_PADDING) // CELL_PADDING * CELL_PADDING
            continue
        again = _most_context(now, _keeper(now, _ratios(now, there, placement)))
        if again == found:
            break
        found = again
    return found


def max_context_anywhere(now: Estimate) -> int | None:
    """Most tokens that fit at all, however slow that may be."""
    return _most_context(now, lambda scenario: placed(scenario, now.evidence).fits)


def _most_context(now: Estimate, keeps: Callable[[Scenario], bool]) -> int | None:
    own = now.scenario.model.context_max or CONTEXT_CEILING
    steps = max(own // CELL_PADDING, 1)
    least = min(now.scenario.settings.context // CELL_PADDING, steps) if now.placement.fits else 1
    found = _largest(
        max(least, 1), steps, lambda n: keeps(now.scenario.with_settings(context=n * CELL_PADDING))
    )
    if found is None:
        return None
    return own if found == steps else found * CELL_PADDING


def max_parallel(now: Estimate) -> int | None:
    """Most slots of the present number of tokens each that keep the placement mode of `now`."""
    settings = now.scenario.settings
    each = max(settings.context // settings.parallel, 1)
    keeps = _keeper(now, _ratios(now, now.scenario, now.placement))
    least = settings.parallel if now.placement.fits else 1
    return _largest(
        least, MOST_SLOTS, lambda n: keeps(now.scenario.with_settings(parallel=n, context=n * each))
    )


def _keeper(now: Estimate, ratios: list[float]) -> Callable[[Scenario], bool]:
    """Whether a scenario keeps the placement mode.

    Where the compute buffers of `now` are planned, those of the others follow the closed formula, corrected
    by what a plan differs from it on each device: planning every step of a search would take too long.
    """
    mode = now.placement.mode
    simple = mode in {Mode.GPU, Mode.UNIFIED} or not now.scenario.machine.gpus
    whole = whole_of(now.scenario) if simple else None
    if whole is not None:
        return lambda scenario: whole.holds(scenario.settings, ratios)

    def keeps(scenario: Scenario) -> bool:
        tried = placed(scenario.with_settings(planned=False), now.evidence)
        more = (load.compute_bytes * (ratio - 1) for load, ratio in zip(tried.loads, ratios, strict=True))
        fits = all(load.free_bytes >= extra for load, extra in zip(tried.loads, more, strict=True))
        return fits and (tried.mode is mode or mode is Mode.NONE)

    return keeps


def _ratios(now: Estimate, scenario: Scenario, placement: Placement) -> list[float]:
    """Planned compute bytes of a scenario's placement by those of the formula, by device."""
    same = [1.0] * len(placement.loads)
    if not placement.planned:
        return same
    formula = placed(scenario.with_settings(planned=False), now.evidence)
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
