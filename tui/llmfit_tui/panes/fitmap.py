"""A map of ratings: a mark in every cell, by shape and by colour, and words for the one under the cursor.

Cells are estimated when they come into view.
"""

from collections.abc import Sequence

from textual import events

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.format import amounts
from llmfit_tui.format.verdict import verdict
from llmfit_tui.messages.views import Picked
from llmfit_tui.panes.axes import Axis
from llmfit_tui.panes.estimates import Estimates
from llmfit_tui.panes.figures import mark
from llmfit_tui.panes.marks import SHORT_LABELS, UNICODE, Marks
from llmfit_tui.panes.painted import (
    AT_CURSOR,
    AT_RESTING_CURSOR,
    Line,
    Painted,
    Span,
    cells,
    fitted,
    rule,
    sentence,
)

LONGEST_NAME, LEAST_NAME = 24, 14
CELL, NARROW_CELL = 11, 8
WIDE = 100
HEAD = 3
"""Lines of column titles at most."""
A_FRAME = 32
"""Estimates made before what there is is shown; the others follow frame by frame."""
FOOT = 3
"""A blank, the words for the cell under the cursor, and what the marks mean."""


class FitMap(Painted):
    """Two axes, and the scenario that the cursor makes of them."""

    marks: Marks = UNICODE

    def __init__(self, rows: Axis, columns: Axis, scenario: Scenario, known: Estimates) -> None:
        super().__init__(id="body")
        self.known = known
        self._enough = 0
        """The count of estimates made at which a frame ends."""
        self._waits = False
        """Whether a cell in view still has none."""
        self.show(rows, columns, scenario)

    def show(self, rows: Axis, columns: Axis, scenario: Scenario) -> None:
        """Other axes or another scenario, with the cursor on the present choice."""
        self.rows, self.columns, self.scenario = rows, columns, scenario
        self.at = rows.start, columns.start
        self.first = 0, 0
        """Row and column in the top left corner."""
        self._seen: dict[tuple[int, int], Estimate | None] = {}
        self._in_view: list[tuple[int, int]] = []
        if self.is_attached:
            self.repaint()

    def scenario_at(self, row: int, column: int) -> Scenario:
        """The scenario of a cell."""
        return self.columns.change(self.rows.change(self.scenario, row), column)

    def estimate_at(self, row: int, column: int) -> Estimate | None:
        """The estimate of a cell; None where a size is unknown."""
        if (row, column) not in self._seen:
            self._seen[row, column] = self.known.of(self.scenario_at(row, column))
        return self._seen[row, column]

    def estimates(self, most: int) -> list[Estimate]:
        """Of all cells, or of those in view where there are more than `most`."""
        high, wide = len(self.rows.labels), len(self.columns.labels)
        whole = high * wide <= most
        every = [(row, column) for row in range(high) for column in range(wide)] if whole else self._in_view
        return [found for row, column in every if (found := self.estimate_at(row, column))]

    def move(self, rows: int, columns: int) -> None:
        """Move the cursor, not past the edge."""
        row = max(0, min(self.at[0] + rows, len(self.rows.labels) - 1))
        column = max(0, min(self.at[1] + columns, len(self.columns.labels) - 1))
        self.at = row, column
        self.repaint()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """Title, column titles, the cells in view, and the words for one of them."""
        name, cell = self._sizes(width)
        across = max((width - name - 2) // cell, 1)
        heads = self._heads(cell)
        down = max(height - 1 - len(heads) - FOOT, 1)
        self.first = _kept_in(self.first[0], self.at[0], down), _kept_in(self.first[1], self.at[1], across)
        top, left = self.first
        columns = range(left, min(left + across, len(self.columns.labels)))
        rows = range(top, min(top + down, len(self.rows.labels)))
        self._in_view = [(row, column) for row in rows for column in columns]
        made: list[Line] = [self._title(width, rows, columns)]
        edge = (" " * (name + 2), "text")
        made += [(edge, *(self._head(head[i], i, cell) for i in columns)) for head in heads]
        self._enough, self._waits = self.known.made + A_FRAME, False
        made += [self._row(row, columns, name, cell) for row in rows]
        if self._waits:
            self.call_after_refresh(self.repaint)
        return [*made, (), self._words(width), self._legend()]

    def _sizes(self, width: int) -> tuple[int, int]:
        """Columns of the names of the rows, and of a cell."""
        if width >= WIDE:
            return LONGEST_NAME, CELL
        return max(LEAST_NAME, min(max(map(cells, self.rows.labels)), LONGEST_NAME)), NARROW_CELL

    def _title(self, width: int, rows: range, columns: range) -> Line:
        title = f"{self.rows.name} x {self.columns.name}".capitalize()
        tallies = [
            f"{len(rows)} of {len(self.rows.labels)} by {len(columns)} of {len(self.columns.labels)}",
            "",
        ]
        return rule(width, title, tallies, "title")

    def _heads(self, cell: int) -> list[list[str]]:
        """Column titles in as many lines as the longest takes."""
        split = [_in_lines(label, cell - 1) for label in self.columns.labels]
        high = max(len(parts) for parts in split)
        return [
            [parts[y - high + len(parts)] if y >= high - len(parts) else "" for parts in split]
            for y in range(high)
        ]

    def _head(self, text: str, column: int, cell: int) -> Span:
        return fitted(text, cell - 1, right=True) + " ", "title" if column == self.at[1] else "head"

    def _row(self, row: int, columns: range, name: int, cell: int) -> Line:
        here = row == self.at[0]
        label = fitted(self.rows.labels[row], name)
        spans: list[Span] = [(" ", "text"), (label + " ", "title" if here else "text")]
        for column in columns:
            sign, tone, size = self._cell(row, column)
            under = AT_CURSOR if here and column == self.at[1] else ""
            under = under or (AT_RESTING_CURSOR if column == self.at[1] or here else "")
            spans += [
                (fitted(size, cell - 3, right=True) + " ", f"dim{under}"),
                (sign, tone + under),
                (" ", f"text{under}"),
            ]
        return tuple(spans)

    def _cell(self, row: int, column: int) -> tuple[str, str, str]:
        """Mark, tone and VRAM; blank until its turn comes."""
        if (row, column) not in self._seen and self.known.made >= self._enough:
            self._waits = True
            return " ", "dim", ""
        found = self.estimate_at(row, column)
        runs = found is not None and found.rating.level
        return *mark(found, self.marks), amounts.gib(found.vram_bytes, unit=False) if found and runs else ""

    def _words(self, width: int) -> Line:
        found = self.estimate_at(*self.at)
        if found is None:
            return ((" the size is not known", "dim"),)
        sign, tone = mark(found, self.marks)
        label = f" {sign} {found.rating.label}"
        speed = f"{amounts.rate(found.speed.decode_tok_s)} tok/s"
        at = [self.rows.labels[self.at[0]], self.columns.labels[self.at[1]]]
        told = [verdict(found)] if not found.rating.level else [verdict(found), speed]
        return (
            (label, f"{tone}@strong"),
            (f" · {sentence([*at, *told], max(width - len(label) - 3, 1))}", "text"),
        )

    def _legend(self) -> Line:
        """What the marks mean; the figure beside each is VRAM."""
        spans: list[Span] = [(" ", "text")]
        for level in range(5, -1, -1):
            spans += [
                (self.marks.levels[level], f"level-{level}"),
                (f" {SHORT_LABELS[level]}   ", "dim"),
            ]
        return (*spans, ("figures: GiB", "dim"))

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor on a cell."""
        offset, width = event.get_content_offset(self), self.content_size.width
        if offset is None:
            return
        name, cell = self._sizes(width)
        row = self.first[0] + offset.y - 1 - len(self._heads(cell))
        column = self.first[1] + (offset.x - name - 2) // cell
        if 0 <= row < len(self.rows.labels) and self.first[1] <= column < len(self.columns.labels):
            self.post_message(Picked(row, column))


def _kept_in(first: int, at: int, room: int) -> int:
    """The first row or column in view, moved as little as brings the cursor in."""
    return at if at < first else max(first, at - room + 1)


def _in_lines(label: str, width: int) -> list[str]:
    """A title in lines of whole words, no more than HEAD."""
    lines: list[str] = []
    for word in label.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return [*lines[: HEAD - 1], " ".join(lines[HEAD - 1 :])] if len(lines) > HEAD else lines or [""]
