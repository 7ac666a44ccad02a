"""What a chart is made of. The pane that draws it chooses glyphs and colours."""

from collections.abc import Sequence

from llmfit_tui.core.record import record
from llmfit_tui.format.charts.scale import Scale


@record
class Spot:
    """A place the cursor can rest on, with its figures in words."""

    x: float
    y: float
    name: str
    """What is under the cursor: a context, a quantization, a model."""
    words: tuple[str, ...]
    """Its figures, the most important first."""
    level: int | None = None
    """Its rating, drawn as a mark; None: the curve shows the place."""
    best: bool = False
    """Nothing else is better in both directions."""
    label: str = ""
    """Written beside it where there is room."""


@record
class Layer:
    """A part of a stack, by its height at every one of `Chart.xs`."""

    part: str
    """Name of a tone: weights, cache, compute, driver, beside, host."""
    name: str
    heights: tuple[float, ...]


@record
class Border:
    """A value not to be passed, drawn across the chart."""

    y: float
    label: str


@record
class Chart:
    """A picture of two figures against each other."""

    y_name: str
    x_name: str
    x: Scale
    y: Scale
    spots: tuple[Spot, ...]
    at: int
    """The spot under the cursor."""
    xs: tuple[float, ...] = ()
    """Where layers, curve and band have values, rising."""
    layers: tuple[Layer, ...] = ()
    curve: tuple[float, ...] = ()
    band: tuple[tuple[float, float], ...] = ()
    borders: tuple[Border, ...] = ()
    walls: tuple[tuple[float, str], ...] = ()
    """Places along the x axis where something changes, and what."""
    notes: tuple[str, ...] = ()
    """What the picture leaves out, said at the top."""
    legend: tuple[tuple[str, str], ...] = ()
    """What the lines mean: the kind (curve, band, best), and its name."""

    @property
    def frontier(self) -> list[int]:
        """Places of the best spots, from left to right."""
        best = [i for i, spot in enumerate(self.spots) if spot.best]
        return sorted(best, key=lambda i: self.spots[i].x)


def best_of(points: Sequence[tuple[float, float]], least_x: bool) -> set[int]:
    """Places that no other beats: no higher y at as little (or as much) x."""
    order = sorted(
        range(len(points)), key=lambda i: (points[i][0] if least_x else -points[i][0], -points[i][1])
    )
    best: set[int] = set()
    highest = float("-inf")
    for place in order:
        if points[place][1] > highest:
            highest = points[place][1]
            best.add(place)
    return best
