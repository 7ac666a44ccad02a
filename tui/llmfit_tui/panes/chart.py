"""A chart drawn in cells, with a cursor that rests on its spots and the words for the one under it."""

from bisect import bisect_right
from collections.abc import Sequence

from textual import events

from llmfit_tui.format.charts.chart import Chart
from llmfit_tui.messages.views import Picked, TabPicked
from llmfit_tui.panes.canvas import Canvas
from llmfit_tui.panes.marks import SHORT_LABELS, UNICODE, Marks
from llmfit_tui.panes.painted import (
    Line,
    Painted,
    Span,
    cells,
    fitted,
    sentence,
)
from llmfit_tui.panes.plotting import BAND, Drawing, layer_span

BELOW = 3
"""Axis, its values, and what the marks mean."""
ABOVE = 2
"""Names of the charts, and of the axes."""
TALL = 18
"""Lines from which the words may take two."""
TICK_ROOM = 9
ROWS_A_TICK = 3


class ChartPane(Painted):
    """One of several charts, by name; None while there is nothing to draw."""

    marks: Marks = UNICODE

    def __init__(self, names: Sequence[str], which: int) -> None:
        super().__init__(id="body")
        self.names, self.which = names, which
        self.chart: Chart | None = None
        self.at = 0
        self.empty = ""
        """Why there is no chart."""
        self._spots: list[tuple[int, int]] = []
        """Column and row of every spot, as last drawn."""
        self._tabs: list[tuple[int, int]] = []

    def show(self, which: int, chart: Chart | None, empty: str = "") -> None:
        """Another chart, or the same with other figures."""
        self.which, self.chart, self.empty = which, chart, empty
        self.at = chart.at if chart else 0
        self.repaint()

    def move(self, across: int, up: int) -> None:
        """To the next spot from left to right, or along the best ones."""
        if self.chart is None:
            return
        best = self.chart.frontier
        if up and best:
            places = [self.chart.spots[i].x for i in best]
            here = bisect_right(places, self.chart.spots[self.at].x) - 1
            self.at = best[max(0, min(here + up, len(best) - 1))]
        else:
            self.at = max(0, min(self.at + across + up, len(self.chart.spots) - 1))
        self.repaint()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """Names, chart, axis, words for the spot under the cursor, and what the marks mean."""
        head = self._head(width)
        chart = self.chart
        if chart is None:
            return [head, (), ((f" {self.empty}", "dim"),)]
        words = self._words(chart, width, 2 if height >= TALL else 1)
        rows = max(height - ABOVE - BELOW - len(words), 3)
        drawn = self._plot(chart, width, rows)
        return [head, self._axes(chart, width), *drawn, *words, self._legend(chart, width)]

    def _head(self, width: int) -> Line:
        spans: list[Span] = [("── ", "free")]
        self._tabs = []
        x = 3
        for place, name in enumerate(self.names):
            text = f"{place + 1} {name}"
            self._tabs.append((x, x + len(text)))
            spans += [(text, "title" if place == self.which else "dim"), ("  ", "text")]
            x += len(text) + 2
        return (*spans, ("─" * max(width - x, 0), "free"))

    def _axes(self, chart: Chart, width: int) -> Line:
        """What is drawn against what; on the right what the picture leaves out."""
        names = f" {chart.y_name} by {chart.x_name}"
        note = sentence(chart.notes, width - cells(names) - 3) if chart.notes else ""
        return (names, "text"), (fitted(note, width - cells(names) - 1, right=True), "dim")

    def _words(self, chart: Chart, width: int, most: int) -> list[Line]:
        spot = chart.spots[self.at]
        level = spot.level
        sign, tone = (self.marks.levels[level], f"level-{level}") if level is not None else ("", "accent")
        head = f" {sign} {spot.name}".replace("  ", " ")
        lines: list[list[str]] = [[]]
        room = width - cells(head) - 4
        for word in spot.words:
            if lines[-1] and cells(" · ".join([*lines[-1], word])) > room and len(lines) < most:
                lines.append([])
                room = width - 4
            lines[-1].append(word)
        first, *others = [
            sentence(line, width - 4 - (cells(head) if not i else 0)) for i, line in enumerate(lines)
        ]
        made: list[Line] = [((head, f"{tone}@strong"), (f" · {first}", "text"))]
        made += [((f"   {line}", "dim"),) for line in others]
        return made + [()] * (most - len(made))

    def _legend(self, chart: Chart, width: int) -> Line:
        spans: list[Span] = [(" ", "text")]
        for layer in chart.layers:
            spans += [layer_span(layer.part, self.marks), (f" {layer.name}  ", "dim")]
        glyphs = {"curve": ("⠒⠒", "weights"), "band": (BAND, "dim"), "best": ("⠒⠒", "accent")}
        for kind, name in chart.legend:
            spans += [glyphs[kind], (f" {name}  ", "dim")]
        used = {spot.level for spot in chart.spots}
        for level in range(5, -1, -1):
            more = [(self.marks.levels[level], f"level-{level}"), (f" {SHORT_LABELS[level]}  ", "dim")]
            if level in used and sum(cells(text) for text, _ in [*spans, *more]) <= width:
                spans += more
        return tuple(spans)

    def _plot(self, chart: Chart, width: int, rows: int) -> list[Line]:
        values: dict[int, str] = {}
        for value in chart.y.ticks(max(rows // ROWS_A_TICK, 2)):
            values.setdefault(_row(chart.y.share(value), rows), chart.y.label(value))
        gutter = max(cells(label) for label in values.values()) + 1 if values else 2
        canvas = Canvas(width - gutter - 2, rows)
        self._spots = Drawing(chart, canvas, self.marks, self.at).spots
        self._offset = gutter + 2
        made: list[Line] = []
        for row, line in enumerate(canvas.lines()):
            edge = "┤" if row in values else "│"
            made.append(((f"{values.get(row, ''):>{gutter}} ", "dim"), (edge, "free"), *line))
        return [*made, *self._x_axis(chart, canvas.width, gutter)]

    def _x_axis(self, chart: Chart, width: int, gutter: int) -> list[Line]:
        axis, labels = ["─"] * width, [" "] * (width + 1)
        free = 0
        for value in chart.x.ticks(max(width // TICK_ROOM, 2)):
            label = chart.x.label(value)
            x = max(0, min(int(chart.x.share(value) * width), width - 1))
            start = max(0, min(x - len(label) // 2, width - len(label)))
            axis[x] = "┴"
            if start >= free:
                labels[start : start + len(label)] = label
                free = start + len(label) + 1
        edge = " " * (gutter + 1)
        return [
            ((f"{edge}└{''.join(axis)}", "free"),),
            ((f"{edge} {''.join(labels)}"[: width + gutter + 2], "dim"),),
        ]

    def on_click(self, event: events.Click) -> None:
        """A click takes the nearest spot, or another chart."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if offset.y == 0:
            tab = next((i for i, (a, b) in enumerate(self._tabs) if a <= offset.x < b), None)
            if tab is not None:
                self.post_message(TabPicked(tab))
        elif self.chart is not None and self._spots:
            x, y = offset.x - self._offset, offset.y - ABOVE
            down = 0 if self.chart.xs else 4
            near = min(
                range(len(self._spots)),
                key=lambda i: (self._spots[i][0] - x) ** 2 + down * (self._spots[i][1] - y) ** 2,
            )
            self.post_message(Picked(near))


def _row(share: float, rows: int) -> int:
    return rows - 1 - max(0, min(int(share * rows), rows - 1))
