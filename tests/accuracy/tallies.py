"""Errors counted by name, and the tables they make."""

from collections.abc import Iterable
from statistics import mean


class Errors:
    """Errors of one kind."""

    def __init__(self) -> None:
        self.all: list[float] = []

    def add(self, ours: int, theirs: int) -> None:
        """One comparison, in bytes."""
        if ours or theirs:
            self.all.append(abs(ours - theirs) / max(theirs, 1))

    def row(self, name: str) -> str:
        """A row of a table."""
        found = sorted(self.all)
        if not found:
            return f"| {name} | 0 | – | – | – | – |"
        equal = sum(1 for error in found if error == 0)
        figures = mean(found), found[int(0.9 * (len(found) - 1))], found[-1]
        return (
            f"| {name} | {len(found)} | {equal / len(found):.0%} | "
            + " | ".join(map(percent, figures))
            + " |"
        )


def percent(error: float) -> str:
    """A fraction with as many digits as it deserves."""
    return "0" if error == 0 else f"{error:.2%}" if error < 0.1 else f"{error:.0%}"


def table(first: str, named: Iterable[tuple[str, Errors]]) -> str:
    """Errors by name."""
    lines = [f"| {first} | compared | equal to the byte | mean | 90 % within | largest |"]
    lines.append("| --- | ---: | ---: | ---: | ---: | ---: |")
    return "\n".join([*lines, *(errors.row(name) for name, errors in named)]) + "\n"
