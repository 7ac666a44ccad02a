"""What a figure is made of: a sum of terms, each a product of factors that mean something."""

import math
from collections.abc import Sequence
from enum import Enum

from llmfit_tui.core.record import record


class Unit(Enum):
    """What an amount counts."""

    BYTES = "bytes"
    SECONDS = "seconds"
    LOG = "logarithm"


class Kind(Enum):
    """What a factor is, which decides how it is written."""

    COUNT = "count"
    BYTES = "bytes"
    MEMORY = "memory"
    """Many bytes, as memory counts them."""
    DATA = "data"
    """Many bytes, as bandwidths count them."""
    RATE = "bytes per second"
    OPERATIONS = "operations per second"
    TIME = "seconds"
    PLAIN = "factor"


@record
class Factor:
    """A number and what it counts: 24 layers, 8,192 cells, 1,008 GB/s."""

    value: float
    label: str = ""
    kind: Kind = Kind.COUNT
    divides: bool = False


@record
class Term:
    """A part of a figure. Where it has factors, their product is its amount."""

    name: str
    amount: float
    factors: tuple[Factor, ...] = ()
    where: str = ""
    """The device it is on; empty: no one device."""


@record
class Sum:
    """Terms that add up."""

    name: str
    unit: Unit
    terms: tuple[Term, ...]

    @property
    def total(self) -> float:
        """All terms together."""
        return math.fsum(term.amount for term in self.terms)


def term(name: str, *factors: Factor, where: str = "") -> Term:
    """A term whose amount is the product of its factors."""
    return Term(name, product(factors), factors, where)


def product(factors: Sequence[Factor]) -> float:
    """All factors multiplied, or divided by where they divide."""
    found = 1.0
    for one in factors:
        found = found / one.value if one.divides else found * one.value
    return found


def with_rest(terms: Sequence[Term], whole: float, rest: str) -> tuple[Term, ...]:
    """The terms, and what is left of the whole under a name of its own; terms of nothing left out."""
    left = whole - math.fsum(one.amount for one in terms)
    kept = [one for one in terms if one.amount]
    return (*kept, Term(rest, left)) if abs(left) >= 0.5 else tuple(kept)
