"""Scenarios in columns, what differs on top; or every model on two machines."""

from collections.abc import Callable, Sequence

from textual import events

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.format import amounts
from llmfit_tui.format.comparison import Figure
from llmfit_tui.format.devices import machine_name
from llmfit_tui.messages.views import Picked
from llmfit_tui.panes.figures import label, mark
from llmfit_tui.panes.painted import AT_CURSOR, AT_RESTING_CURSOR, Line, Span, fitted, rule
from llmfit_tui.panes.scrolled import Scrolled

NAME = 14
WIDEST = 30
A_FRAME = 48
"""Estimates made before what there is is shown."""


class ComparePane(Scrolled):
    """One column for each scenario; left and right choose one."""

    def __init__(self, told: Sequence[Figure], at: int) -> None:
        super().__init__(id="body")
        self.told, self.at = told, at

    def show(self, told: Sequence[Figure], at: int) -> None:
        """Other scenarios."""
        self.told, self.at = told, at
        self.repaint()

    @property
    def count(self) -> int:
        """Scenarios compared."""
        return len(self.told[0].cells)

    def _cell(self, width: int) -> int:
        return min((width - NAME - 2) // self.count, WIDEST)

    def all_lines(self, width: int) -> Sequence[Line]:
        """Rows that differ, then those that are alike."""
        differ = [row for row in self.told if row.differs]
        alike = [row for row in self.told if not row.differs]
        made: list[Line] = []
        if differ:
            made.append(rule(width, "What differs", (f"{self.marks.star} the best of a row",), "title"))
            made += [self._row(row, width) for row in differ]
        if alike and self.count > 1:
            made += [(), rule(width, "Alike in all", (), "text")]
        elif alike:
            made.append(rule(width, "One scenario: + pins others beside it", (), "title"))
        return [*made, *(self._row(row, width) for row in alike)]

    def _row(self, row: Figure, width: int) -> Line:
        cell = self._cell(width)
        spans: list[Span] = [(f" {fitted(row.name, NAME)} ", "dim")]
        for place, text in enumerate(row.cells):
            under = AT_RESTING_CURSOR if place == self.at and self.count > 1 else ""
            best = place in row.best
            sign = f"{self.marks.star} " if best else "  "
            tone = "bold" if best else "text" if row.differs else "dim"
            spans += [(sign, f"accent{under}"), (fitted(text, cell - 3) + " ", f"{tone}{under}")]
        return tuple(spans)

    def on_click(self, event: events.Click) -> None:
        """A click chooses a column."""
        offset = event.get_content_offset(self)
        if offset is not None and offset.x > NAME + 1:
            self.post_message(
                Picked(min((offset.x - NAME - 2) // self._cell(self.content_size.width), self.count - 1))
            )


class TwoMachines(Scrolled):
    """Every model on both; those whose rating or speed changes most are easy to see."""

    def __init__(
        self, pair: tuple[Scenario, Scenario], count: int, at: Callable[[int, int], Estimate | None]
    ) -> None:
        super().__init__(id="body")
        self.pair, self.count, self.estimate = pair, count, at
        self.cursor = 0
        self._seen: dict[tuple[int, int], Estimate | None] = {}

    def found(self, row: int, side: int) -> Estimate | None:
        """A model on one of the machines."""
        key = row, side
        if key not in self._seen:
            self._seen[key] = self.estimate(row, side)
        return self._seen[key]

    def take_over(self, made: "TwoMachines") -> None:
        """Other settings, the same models."""
        self.pair, self.estimate = made.pair, made.estimate
        self._seen.clear()
        self.repaint()

    def move(self, rows: int) -> None:
        """Another model."""
        self.cursor = max(0, min(self.cursor + rows, self.count - 1))
        self.repaint()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """Title, tally, and the models in view; the others are estimated meanwhile, for the tally."""
        self._work()
        rows = max(height - 3, 1)
        self.top = max(min(self.top, self.cursor), self.cursor - rows + 1, 0)
        names = [machine_name(one.machine.name) for one in self.pair]
        half = min((width - 30) // 2, 36)
        made: list[Line] = [
            rule(width, f"{names[0]} and {names[1]}, all models", (), "title"),
            ((fitted(" model", 30) + "".join(fitted(name, half) for name in names), "head"),),
            self._tally(half),
        ]
        shown = range(self.top, min(self.top + rows, self.count))
        return [*made, *(self._row(row, half) for row in shown)]

    def _work(self) -> None:
        left = A_FRAME
        for row in range(self.count):
            for side in (0, 1):
                if (row, side) not in self._seen:
                    self.found(row, side)
                    left -= 1
            if left <= 0:
                self.call_after_refresh(self.repaint)
                return

    def _tally(self, half: int) -> Line:
        """How many run, below the name of each machine."""
        if len(self._seen) < 2 * self.count:
            return ((f" {len(self._seen) // 2} of {self.count} models estimated ...", "dim"),)
        runs = [sum(bool(one and one.rating.level) for one in self._side(side)) for side in (0, 1)]
        well = [sum(bool(one and one.rating.level > 3) for one in self._side(side)) for side in (0, 1)]
        told = (f"{r} run, {w} run well" for r, w in zip(runs, well, strict=True))
        return ((fitted(f" {self.count} in all", 30), "dim"), *((fitted(one, half), "bold") for one in told))

    def _side(self, side: int) -> list[Estimate | None]:
        return [self._seen[row, side] for row in range(self.count)]

    def _row(self, row: int, half: int) -> Line:
        both = [self.found(row, side) for side in (0, 1)]
        under = AT_CURSOR if row == self.cursor else ""
        known = next((one for one in both if one is not None), None)
        name = known.scenario.model.name if known else self.marks.dash
        spans: list[Span] = [
            (self.marks.cursor if under else " ", f"accent{under}"),
            (fitted(name, 28) + " ", f"text{under}"),
        ]
        levels = [one.rating.level if one else -1 for one in both]
        for side, one in enumerate(both):
            sign, tone = mark(one, self.marks)
            word, _ = label(one)
            better = levels[side] > levels[1 - side]
            speed = f"{amounts.rate(one.speed.decode_tok_s)} tok/s" if one and one.rating.level else ""
            figures = f" {fitted(word, 7)}{fitted(speed, 13, right=True)}"
            spans += [
                (sign, tone + under),
                (fitted(figures, half - 1), f"{'bold' if better else 'dim'}{under}"),
            ]
        return tuple(spans)
