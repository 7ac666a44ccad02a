"""From a value to a place on an axis, and the round values written beside it."""

import math
from collections.abc import Callable, Sequence

from llmfit_tui.core.record import record

ROUND = (1, 2, 5)


def plain(value: float) -> str:
    """A number without more digits than it needs."""
    return f"{value:,.0f}" if value >= 10 or value == round(value) else f"{value:.2g}"


@record
class Scale:
    """An axis from `low` to `high`; a logarithmic one begins above zero."""

    low: float
    high: float
    log: bool = False
    label: Callable[[float], str] = plain
    own_ticks: tuple[float, ...] = ()
    """Values to write beside the axis; empty: round ones."""

    def share(self, value: float) -> float:
        """Where a value lies, from 0 to 1 and beyond."""
        low, high, at = self.low, self.high, value
        if self.log:
            low, high, at = math.log(low), math.log(high), math.log(max(value, 1e-9))
        return (at - low) / (high - low) if high > low else 0.5

    def ticks(self, most: int) -> list[float]:
        """At most so many values, evenly chosen."""
        found = self.own_ticks or (self._powers() if self.log else self._steps(most))
        while len(found) > max(most, 1):
            found = found[::2]
        return list(found)

    def _steps(self, most: int) -> Sequence[float]:
        span = self.high - self.low
        if span <= 0:
            return (self.low,)
        rough = span / max(most, 1)
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * one for one in (*ROUND, 10) if power * one >= rough * 0.999)
        first = math.ceil(self.low / step - 1e-9)
        return [n * step for n in range(first, math.floor(self.high / step + 1e-9) + 1)]

    def _powers(self) -> Sequence[float]:
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        powers = [one * 10.0**n for n in range(first, last + 1) for one in ROUND]
        return [value for value in powers if self.low <= value <= self.high]


def around(values: Sequence[float], log: bool = False, label: Callable[[float], str] = plain) -> Scale:
    """A scale with a little room on both sides of the values; 0 to 1 where there are none."""
    if not values:
        return Scale(0.1 if log else 0, 1, log, label)
    low, high = min(values), max(values)
    if log:
        low, high = max(low, 1e-3), max(high, 1e-3)
        room = max(high / low, 1.5) ** 0.06
        return Scale(low / room, high * room, True, label)
    room = max(high - low, 1) * 0.06
    return Scale(low - room, high + room, False, label)
