"""Plans kept from one question to the next, and what follows from them for contexts between two of them.

The graph of a model does not change with the length of its cache; sizes in it grow by straight lines. Where
the allocator makes the same choices at two lengths, every comparison that led to them, being one of straight
lines, comes out the same at all lengths between: the memory needed there lies on the straight line between
the two. Nothing is rounded, as a cache grows by whole steps of 256 cells, which are aligned already.
"""

from bisect import bisect_left
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import lru_cache

Sizes = tuple[int, ...]
Plan = tuple[Sizes, int]
"""Bytes by device, and a digest of the choices the allocator made."""
MOST_KEPT = 8192
VERY_LONG = 1 << 22
"""Cells: more than nearly every model is trained for; longer caches are planned by themselves."""


@dataclass(slots=True)
class Line:
    """Plans of one graph by the cells of its cache."""

    cells: list[int] = field(default_factory=list[int])
    plans: list[Plan] = field(default_factory=list[Plan])

    def at(self, cells: int, longest: int, plan: Callable[[int], Plan]) -> Sizes:
        """Bytes by device with so many cells; `plan` is asked only for what does not follow.

        A second question about a longer cache than before is about how long it may be: there one plan for
        the `longest` that anybody is thought to ask for, or beyond that for a very long one, answers many.
        """
        place = bisect_left(self.cells, cells)
        if place < len(self.cells) and self.cells[place] == cells:
            return self.plans[place][0]
        far = longest if cells <= longest else VERY_LONG
        if 0 < place == len(self.cells) and cells < far:
            self._insert(place, far, plan(far))
        if 0 < place < len(self.cells):
            between = self._between(place, cells)
            if between is not None:
                return between
        made = plan(cells)
        self._insert(place, cells, made)
        return made[0]

    def _insert(self, place: int, cells: int, made: Plan) -> None:
        self.cells.insert(place, cells)
        self.plans.insert(place, made)

    def _between(self, place: int, cells: int) -> Sizes | None:
        (low, choices), (high, others) = self.plans[place - 1], self.plans[place]
        if choices != others:
            return None
        first, last = self.cells[place - 1], self.cells[place]
        grown = [(b - a) * (cells - first) for a, b in zip(low, high, strict=True)]
        if any(one % (last - first) for one in grown):
            return None
        return tuple(a + one // (last - first) for a, one in zip(low, grown, strict=True))


@lru_cache(maxsize=MOST_KEPT)
def line_of(key: Hashable) -> Line:
    """The plans of one graph; those not asked for longest make room."""
    del key
    return Line()
