"""Where among one's own machines a model runs, the best place first."""

from collections.abc import Sequence

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.ranking.wish import Wish
from llmfit_tui.core.record import record


@record
class Own:
    """A machine somebody has, under the name they gave it."""

    name: str
    machine: Machine | None
    problem: str | None = None
    """Why there is no machine: what was asked does not go with it."""


@record
class Place:
    """What became of the model on one machine."""

    own: Own
    estimate: Estimate | None
    missing: str | None
    """Why it is not good enough; None where it is."""


def fleet(wish: Wish, machines: Sequence[Own]) -> tuple[Place, ...]:
    """Every machine: those that do it by rating and speed, then those that come nearest to it."""
    return tuple(sorted((_place(wish, own) for own in machines), key=_best_first))


def _place(wish: Wish, own: Own) -> Place:
    if own.machine is None:
        return Place(own, None, own.problem)
    try:
        found = wish.on(own.machine)
    except BadValue as problem:
        return Place(own, None, str(problem))
    return Place(own, found, wish.missing(found))


def _best_first(place: Place) -> tuple[bool, int, float, str]:
    found = place.estimate
    level, rate = (found.rating.level, found.speed.decode_tok_s or 0.0) if found else (-1, 0.0)
    return place.missing is not None, -level, -rate, place.own.name
