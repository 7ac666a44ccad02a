"""What a filter can ask of a row: numbers with their units, texts, and yes-or-no words."""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from llmfit_tui.core.hardware.device import GIB
from llmfit_tui.core.record import record

if TYPE_CHECKING:
    from llmfit_tui.core.estimate import Estimate

Value = float | str | bool | None
"""None: unknown, which passes no test."""
_NUMBER = r"([0-9]+(?:[._,][0-9]+)*)(\D*)"


@record
class Unit:
    """How a kind of number is written. Factors are low and high: 128k tokens are 128,000 or 131,072."""

    example: str
    factors: Mapping[str, tuple[float, float]]
    """By what stands behind the number, in lower case; "" where nothing does."""

    def interval(self, text: str) -> tuple[float, float] | None:
        """The numbers a text may stand for; None where it is none of this unit."""
        match = re.fullmatch(_NUMBER, text.strip())
        factor = self.factors.get(match.group(2).strip().lower()) if match else None
        if match is None or factor is None:
            return None
        digits = match.group(1).replace("_", "").replace(",", "")
        if digits.count(".") > 1 or len(digits) > 15:
            return None
        low, high = factor
        return float(digits) * low, float(digits) * high


def _alike(factors: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    return {suffix: (factor, factor) for suffix, factor in factors.items()}


PARAMETERS = Unit("7B", _alike({"": 1e9, "b": 1e9, "m": 1e6, "t": 1e12}))
TOKENS = Unit("128k", {"": (1, 1), "k": (1e3, 1 << 10), "m": (1e6, 1 << 20)})
MEMORY = Unit(
    "12GiB", _alike({**dict.fromkeys(("", "g", "gb", "gib"), GIB), **dict.fromkeys(("mb", "mib"), 1 << 20)})
)
"""For memory GB and GiB are one: cards are sold that way."""
FILE = Unit("5GB", _alike({"": 1e9, "g": 1e9, "gb": 1e9, "mb": 1e6}))
RATE = Unit("20tok/s", _alike(dict.fromkeys(("", "tok/s", "t/s", "tps"), 1)))
BANDWIDTH = Unit("500GB/s", _alike({"": 1e9, "gb/s": 1e9, "tb/s": 1e12}))
BITS = Unit("5bits", _alike(dict.fromkeys(("", "bit", "bits", "bpw"), 1)))
PERCENT = Unit("95%", _alike(dict.fromkeys(("", "%"), 1)))
WATTS = Unit("250W", _alike(dict.fromkeys(("", "w"), 1)))
SCORE = Unit("60", _alike({"": 1}))


@record
class Dates(Unit):
    """A year or a month; a whole year is an interval."""

    def interval(self, text: str) -> tuple[float, float] | None:
        """In years: the first day and the last."""
        match = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?(?:-\d{1,2})?", text.strip())
        if match is None:
            return None
        year, month = int(match.group(1)), match.group(2)
        if month is None:
            return year, year + 0.999
        at = year + (int(month) - 1) / 12
        return at, at + 0.08


DATE = Dates("2025-06", {})


@record
class Field:
    """Something a filter may name."""

    names: tuple[str, ...]
    """The usual one first."""
    says: str
    """What it is, in a word or two."""
    of: "Callable[[Any, Estimate | None], Value]"
    """Its value for a row and the row's estimate."""
    unit: Unit | None = None
    """Of a number."""
    is_text: bool = False
    """Neither: a word that holds or does not."""
    estimated: bool = False
    """It takes an estimate, which costs a thousand times a fact."""
    bare: tuple[str, ...] = ()
    """What behind a number without a name means this field: `<15B`."""

    @property
    def name(self) -> str:
        """The usual name."""
        return self.names[0]

    @property
    def example(self) -> str:
        """How it may be used."""
        if self.unit is not None:
            return f"{self.name}>={self.unit.example}"
        return f"{self.name}:" if self.is_text else self.name


def years(date: str | None) -> float | None:
    """A date in years; None where it is unknown."""
    found = DATE.interval(date) if date else None
    return found[0] if found else None
