"""Charts of the present scenario, turned with a key; the cursor rests on points that are scenarios."""

from typing import ClassVar

from textual import on
from textual.binding import BindingType

from llmfit_tui.core.ranking.rank import USES
from llmfit_tui.format.rows import rows_as
from llmfit_tui.messages.views import Picked, TabPicked
from llmfit_tui.panes.chart import ChartPane
from llmfit_tui.screens.explorer_base import ExplorerBase
from llmfit_tui.screens.exporting import export_view
from llmfit_tui.screens.growing import Growing
from llmfit_tui.screens.keys.bindings import view_bindings
from llmfit_tui.screens.plots import NAMES, Plot, plot_of
from llmfit_tui.screens.showing import show_scenario


class ChartsScreen(Growing):
    """Left and right move along the points, Tab turns to another chart."""

    view = "Charts"
    BINDINGS: ClassVar[list[BindingType]] = view_bindings("Charts")
    body: ChartPane

    def __init__(self, explorer: ExplorerBase, which: int = 0) -> None:
        self.which, self.use = which, USES[0]
        super().__init__(explorer)

    def make(self) -> ChartPane:
        """The first picture of the chart."""
        pane = ChartPane(NAMES, self.which)
        self._begin(pane)
        return pane

    def follow(self) -> None:
        """Another chart, or another scenario."""
        self._begin(self.body)

    def _begin(self, pane: ChartPane) -> None:
        self.plot: Plot = plot_of(self.which, self.explorer, self.use)
        self.begin(self.plot.work())
        pane.show(self.which, self.plot.chart(), self.plot.empty)
        if pane.is_attached:
            self.go_on()

    def show_more(self) -> None:
        """More of the chart."""
        self.body.show(self.which, self.plot.chart(), self.plot.empty)

    def action_turn(self, steps: int) -> None:
        """Another chart."""
        self.action_show_chart((self.which + steps) % len(NAMES))

    def action_show_chart(self, which: int) -> None:
        """A chart by its place."""
        self.which = which
        self.follow()

    def action_use(self) -> None:
        """Models by their score for another use."""
        self.use = USES[(USES.index(self.use) + 1) % len(USES)]
        self.action_show_chart(len(NAMES) - 1)

    def action_move(self, across: int, up: int) -> None:
        """To another point, and its scenario."""
        self.body.move(across, up)
        self._take()

    def _take(self) -> None:
        scenario = self.plot.at(self.body.at) if self.body.chart else None
        if scenario is not None and scenario != self.explorer.scenario:
            show_scenario(self.explorer, scenario)
            self.plot.moved_to(scenario)
            self.follow_summary()

    def action_why(self) -> None:
        """Deeper: where the figures come from."""
        from llmfit_tui.screens.why import WhyScreen

        if self.explorer.found is not None:
            self.app.push_screen(WhyScreen(self.explorer))  # pyright: ignore[reportUnknownMemberType]

    def action_export(self) -> None:
        """The points to a file."""
        chart = self.body.chart
        if chart is None:
            self.say("there is nothing to export")
            return
        columns = (chart.x_name, chart.y_name, "point", "level", "best", "figures")
        rows = [
            (spot.x, round(spot.y, 3), spot.name, spot.level, spot.best, "; ".join(spot.words))
            for spot in chart.spots
        ]
        export_view(self, NAMES[self.which].lower(), lambda kind: rows_as(kind, "points", columns, rows))

    @on(Picked)
    def take_picked(self, message: Picked) -> None:
        """A click on a point."""
        self.action_move(message.place - self.body.at, 0)

    @on(TabPicked)
    def take_tab(self, message: TabPicked) -> None:
        """A click on the name of a chart."""
        self.action_show_chart(message.place)
