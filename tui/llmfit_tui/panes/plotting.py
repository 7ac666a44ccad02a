"""Drawing a chart on a canvas, from what lies below to what must be seen."""

from bisect import bisect_right
from itertools import pairwise

from llmfit_tui.format.charts.chart import Chart, Spot
from llmfit_tui.panes.canvas import Canvas
from llmfit_tui.panes.marks import Marks
from llmfit_tui.panes.painted import AT_CURSOR, AT_RESTING_CURSOR, Span

LAYERS = ("weights", "cache", "compute", "driver", "beside")
"""Parts with a glyph among the marks, as the memory bars show them."""
HOST, BAND = "╱", "░"


def layer_span(part: str, marks: Marks) -> Span:
    """A cell of a part."""
    return (marks.bar[LAYERS.index(part)], part) if part in LAYERS else (HOST, "dim")


class Drawing:
    """A chart drawn, and where its spots came to lie."""

    def __init__(self, chart: Chart, canvas: Canvas, marks: Marks, at: int) -> None:
        self.chart, self.canvas, self.marks, self.at = chart, canvas, marks, at
        points = [(chart.x.share(spot.x), chart.y.share(spot.y)) for spot in chart.spots]
        self.spots = [(canvas.column(x), canvas.row(y)) for x, y in points]
        """Column and row of every spot."""
        if chart.xs:
            self._areas()
        for border in chart.borders:
            self._border(canvas.row(chart.y.share(border.y)), border.label)
        for x, label in chart.walls:
            self._wall(canvas.column(chart.x.share(x)), label)
        for one, other in pairwise(chart.frontier):
            canvas.line(points[one], points[other], "accent")
        curve = [(chart.x.share(x), chart.y.share(y)) for x, y in zip(chart.xs, chart.curve, strict=False)]
        for start, end in pairwise(curve):
            canvas.line(start, end, "weights")
        self._marks()

    def _areas(self) -> None:
        for x in range(self.canvas.width):
            place, part = _between(self.chart, (x + 0.5) / self.canvas.width)
            if self.chart.band:
                (low, high), (low_after, high_after) = self.chart.band[place], self.chart.band[place + 1]
                top = self.canvas.row(self.chart.y.share(high + (high_after - high) * part))
                for y in range(top, self.canvas.row(self.chart.y.share(low + (low_after - low) * part)) + 1):
                    self.canvas.put(x, y, BAND, "free", taken=False)
            below = 0
            height = 0.0
            for layer in self.chart.layers:
                height += layer.heights[place] + (layer.heights[place + 1] - layer.heights[place]) * part
                filled = round(self.chart.y.share(height) * self.canvas.height)
                for y in range(below, filled):
                    self.canvas.put(x, self.canvas.height - 1 - y, *layer_span(layer.part, self.marks))
                below = max(below, filled)

    def _border(self, row: int, label: str) -> None:
        for x in range(self.canvas.width):
            self.canvas.put(x, row, "─", "bold")
        self.canvas.word(2, row, f" {label} "[: max(self.canvas.width - 2, 0)], "bold", force=True)

    def _wall(self, x: int, label: str) -> None:
        for row in range(self.canvas.height):
            self.canvas.put(x, row, "│", "accent")
        for row in range(self.canvas.height):
            if any(self.canvas.word(left, row, label, "accent") for left in (x - len(label) - 1, x + 2)):
                return

    def _marks(self) -> None:
        """The marks, then the words beside them: first of the one under the cursor, then of the best."""
        order = [i for i in range(len(self.chart.spots)) if i != self.at]
        for i in [*order, self.at]:
            spot, under = self.chart.spots[i], AT_CURSOR if i == self.at else ""
            if spot.level is not None:
                self.canvas.put(*self.spots[i], self.marks.levels[spot.level], f"level-{spot.level}{under}")
            elif under:
                self.canvas.put(*self.spots[i], self.marks.levels[5], f"accent{under}")
        for i in sorted([*order, self.at], key=lambda i: (i != self.at, not self.chart.spots[i].best)):
            self._label(self.spots[i], self.chart.spots[i], i == self.at)
        if self.chart.xs:
            self.canvas.lay_under(self.spots[self.at][0], AT_RESTING_CURSOR)

    def _label(self, place: tuple[int, int], spot: Spot, here: bool) -> None:
        if not spot.label:
            return
        x, y = place
        size = len(spot.label)
        tone = f"bold{AT_CURSOR}" if here else "text" if spot.best else "dim"
        for left, row in ((x + 2, y), (x - size - 1, y), (x - size // 2, y - 1), (x - size // 2, y + 1)):
            apart = all(self.canvas.is_free(left + i, row) for i in (-1, size))
            if apart and self.canvas.word(left, row, spot.label, tone):
                return


def _between(chart: Chart, share: float) -> tuple[int, float]:
    """The last of `xs` before a share of the width, and how far it is from there to the next."""
    low, high = chart.x.low, chart.x.high
    value = low * (high / low) ** share if chart.x.log else low + (high - low) * share
    place = max(0, min(bisect_right(chart.xs, value) - 1, len(chart.xs) - 2))
    if len(chart.xs) < 2:
        return 0, 0.0
    return place, (value - chart.xs[place]) / (chart.xs[place + 1] - chart.xs[place])
