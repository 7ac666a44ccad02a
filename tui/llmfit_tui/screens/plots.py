"""What the charts are made of: the scenarios behind a chart, estimated a portion at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from llmfit_tui.core.answers.limits import max_context
from llmfit_tui.core.engines.formats import runs_format
from llmfit_tui.core.estimate import Estimate, estimate
from llmfit_tui.core.memory.kvcache import CELL_PADDING
from llmfit_tui.core.placement.placement import Mode
from llmfit_tui.core.scenario import Scenario, within_own_context
from llmfit_tui.format.charts.ability import ability_chart, scored
from llmfit_tui.format.charts.chart import Chart
from llmfit_tui.format.charts.memory import memory_chart
from llmfit_tui.format.charts.quality import quality_chart, rated
from llmfit_tui.format.charts.speed import speed_chart
from llmfit_tui.panes.axes import context_lengths
from llmfit_tui.screens.explorer_base import ExplorerBase

DEPTHS = 16
A_FRAME = 24
"""Estimates made before what there is is shown."""


class Plot:
    """A chart of the present scenario that grows while it is worked out."""

    empty = "There is nothing to draw."
    """Why there is no chart."""

    def __init__(self, explorer: ExplorerBase) -> None:
        assert explorer.scenario is not None
        self.explorer, self.asked = explorer, explorer.scenario
        self.scenario = within_own_context(explorer.scenario)

    def work(self) -> Iterator[None]:
        """Each step brings more of the chart, until there are no more; the first must be quick."""
        raise NotImplementedError

    def chart(self) -> Chart | None:
        """As far as it is worked out."""
        raise NotImplementedError

    def at(self, place: int) -> Scenario | None:
        """The scenario of a spot; None where it changes nothing."""
        raise NotImplementedError

    def moved_to(self, scenario: Scenario) -> None:
        """The cursor of this chart chose it, so that the chart stays as it is."""
        self.asked, self.scenario = scenario, within_own_context(scenario)

    def _estimates(self, scenarios: Sequence[Scenario]) -> list[Estimate]:
        return [found for one in scenarios if (found := self.explorer.estimates.of(one)) is not None]


class MemoryPlot(Plot):
    """Powers of two, and the last context of every placement on the way."""

    empty = "The size is not known, so there is nothing to draw."

    def work(self) -> Iterator[None]:
        """The powers of two at once; where each placement ends is searched afterwards."""
        self.found = self._at(context_lengths(self.scenario))
        self.stops = list(range(len(self.found)))
        self.last: list[int] = []
        yield
        ends: list[int] = []
        for one, after in zip(self.found, self.found[1:], strict=False):
            if one.placement.mode in {after.placement.mode, Mode.NONE}:
                continue
            most = max_context(estimate(one.scenario.with_settings(planned=True), one.evidence))
            if most is not None and one.scenario.settings.context <= most < after.scenario.settings.context:
                ends.append(most)
            yield
        if ends:
            self._put_in(ends)
            yield

    def _at(self, contexts: Sequence[int]) -> list[Estimate]:
        asked = sorted({*contexts, self.scenario.settings.context})
        return self._estimates([self.scenario.with_settings(context=n) for n in asked])

    def _put_in(self, ends: Sequence[int]) -> None:
        """The last context of a placement as a stop, and one cell more as what comes after it."""
        before = {one.scenario.settings.context for one in self.found}
        self.found = self._at([*before, *ends, *(end + CELL_PADDING for end in ends)])
        contexts = [one.scenario.settings.context for one in self.found]
        self.stops = [i for i, n in enumerate(contexts) if n in before or n in ends]
        self.last = [i for i, n in enumerate(contexts) if n in ends]

    def chart(self) -> Chart | None:
        """Stacked memory; None where a size is unknown."""
        if len(self.found) < 2:
            return None
        own = self.scenario.settings.context
        at = next(i for i in self.stops if self.found[i].scenario.settings.context == own)
        return memory_chart(self.found, self.stops, self.last, at)

    def at(self, place: int) -> Scenario | None:
        """The context of a stop."""
        context = self.found[self.stops[place]].scenario.settings.context
        return self.asked.with_settings(context=context)


class SpeedPlot(Plot):
    """Depths from an empty cache to a full one."""

    empty = "The speed is not known: a bandwidth is missing."
    found: Sequence[Estimate] = ()

    def work(self) -> Iterator[None]:
        """Few enough for one step."""
        settings = self.scenario.settings
        full = settings.context // (1 if settings.unified_kv else settings.parallel)
        depths = sorted({full * i // DEPTHS for i in range(DEPTHS + 1)})
        self.found = self._estimates([self.scenario.with_settings(depth=n) for n in depths])
        yield

    def chart(self) -> Chart | None:
        """Speed and band."""
        return speed_chart(self.found, 0)

    def at(self, place: int) -> Scenario | None:
        """A depth comes while one talks; it is no choice."""
        del place


class QualityPlot(Plot):
    """The quantizations of the list."""

    empty = "No loss is known for these quantizations."
    rated: Sequence[Estimate] = ()

    def work(self) -> Iterator[None]:
        """Most are known already: the list shows them."""
        pane = self.explorer.quants
        engine = self.scenario.settings.engine
        kinds = [kind for i in pane.shown if runs_format(engine, kind := pane.quants[i])]
        for end in range(A_FRAME, len(kinds) + A_FRAME, A_FRAME):
            found = self._estimates([replace(self.scenario, quant=kind) for kind in kinds[:end]])
            self.rated = rated(found)
            self.left_out = len(found) - len(self.rated)
            yield

    def chart(self) -> Chart | None:
        """What each keeps, by size."""
        return quality_chart(self.rated, self.scenario.quant, self.left_out) if self.rated else None

    def at(self, place: int) -> Scenario | None:
        """The quantization of a spot."""
        return replace(self.asked, quant=self.rated[place].scenario.quant)


class AbilityPlot(Plot):
    """The models of the list, at the present quantization."""

    scored: Sequence[Estimate] = ()

    def __init__(self, explorer: ExplorerBase, use: str) -> None:
        super().__init__(explorer)
        self.use = use
        self.empty = f"No model of the list both runs here and has a {use} score."
        self.found: list[Estimate | None] = []

    def work(self) -> Iterator[None]:
        """All models of the list, in portions."""
        pane = self.explorer.models
        self.places = list(pane.shown)
        for start in range(0, len(self.places), A_FRAME):
            self.found += map(pane.estimate_of, self.places[start : start + A_FRAME])
            self.scored = scored(self.found, self.use)
            yield

    def chart(self) -> Chart | None:
        """Score by speed."""
        left = len(self.places) - len(self.found)
        notes = [f"{len(self.scored)} of {len(self.places)} run here and have a score", "u: another use"]
        if left:
            notes = [f"{left} models still to be estimated"]
        return ability_chart(self.scored, self.use, self.scenario.model, notes)

    def at(self, place: int) -> Scenario | None:
        """The model of a spot, with the quantization it was estimated at."""
        found = self.scored[place].scenario
        return replace(self.asked, model=found.model, quant=found.quant)


NAMES = ("Memory", "Speed", "Quality", "Models")


def plot_of(which: int, explorer: ExplorerBase, use: str) -> Plot:
    """One of the four."""
    if which == len(NAMES) - 1:
        return AbilityPlot(explorer, use)
    return (MemoryPlot, SpeedPlot, QualityPlot)[which](explorer)
