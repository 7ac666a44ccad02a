"""How far a scenario can be pushed before its placement changes or memory runs out."""

from collections.abc import Callable
from dataclasses import dataclass

from llmfit_tui.core.estimate import Estimate, placed
from llmfit_tui.core.kvcache import CELL_PADDING
from llmfit_tui.core.placement import Mode
from llmfit_tui.core.scenario import Scenario

CONTEXT_CEILING = 1 << 20
"""Where a model's own length is not known, no more than this is promised."""
MOST_SLOTS = 256
"""llama.cpp's LLAMA_MAX_SEQ."""


@dataclass(frozen=True, slots=True)
class Limits:
    """None: not even the smallest fits."""

    max_context: int | None
    """Most tokens that keep this placement mode, up to the model's own length."""
    max_parallel: int | None
    """Most slots of the present number of tokens each that keep it."""


def limits_of(now: Estimate) -> Limits:
    """Limits of an estimated scenario."""
    return Limits(max_context(now), _max_parallel(now))


def max_context(now: Estimate) -> int | None:
    """Most tokens that keep the placement mode of `now`; the mode with most memory where it fits nowhere."""
    own = now.scenario.model.context_max or CONTEXT_CEILING
    steps = max(own // CELL_PADDING, 1)
    keeps = _keeper(now)
    least = min(now.scenario.settings.context // CELL_PADDING, steps) if now.placement.fits else 1
    found = _largest(
        max(least, 1), steps, lambda n: keeps(now.scenario.with_settings(context=n * CELL_PADDING))
    )
    if found is None:
        return None
    return own if found == steps else found * CELL_PADDING


def _max_parallel(now: Estimate) -> int | None:
    settings = now.scenario.settings
    each = max(settings.context // settings.parallel, 1)
    keeps = _keeper(now)
    least = settings.parallel if now.placement.fits else 1
    return _largest(
        least, MOST_SLOTS, lambda n: keeps(now.scenario.with_settings(parallel=n, context=n * each))
    )


def _keeper(now: Estimate) -> Callable[[Scenario], bool]:
    mode = now.placement.mode

    def keeps(scenario: Scenario) -> bool:
        tried = placed(scenario, now.evidence)
        return tried.fits and (tried.mode is mode or mode is Mode.NONE)

    return keeps


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
