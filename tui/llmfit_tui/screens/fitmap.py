"""The fit map: every choice of two kinds at once, and a cursor that is the scenario."""

from typing import ClassVar

from textual import on
from textual.binding import BindingType

from llmfit_tui.core.scenario import Scenario
from llmfit_tui.messages.views import Picked
from llmfit_tui.panes import axes
from llmfit_tui.panes.axes import Axis
from llmfit_tui.panes.fitmap import FitMap
from llmfit_tui.screens.explorer_base import ExplorerBase
from llmfit_tui.screens.exporting import export_view
from llmfit_tui.screens.keys.bindings import view_bindings
from llmfit_tui.screens.showing import show_scenario
from llmfit_tui.screens.view import View

MOST_EXPORTED = 2000
"""Cells of a whole map that are written."""
TURNS = 3
"""Quantization x context, quantization x hardware, model x hardware."""


class FitMapScreen(View):
    """Arrows move through the map; a key turns it."""

    view = "Fit map"
    BINDINGS: ClassVar[list[BindingType]] = view_bindings("Fit map")
    body: FitMap

    def __init__(self, explorer: ExplorerBase, turn: int = 0) -> None:
        self.turn = turn
        super().__init__(explorer)

    def _axes(self, scenario: Scenario) -> tuple[Axis, Axis]:
        explorer = self.explorer
        if self.turn == 0:
            return axes.quants(explorer.quants, scenario), axes.contexts(scenario)
        machines = axes.hardware(explorer.hardware, scenario)
        if self.turn == 1:
            return axes.quants(explorer.quants, scenario), machines
        return axes.models(explorer.models, scenario), machines

    def make(self) -> FitMap:
        """The map of the present scenario."""
        scenario = self.explorer.scenario
        assert scenario is not None
        return FitMap(*self._axes(scenario), scenario, self.explorer.estimates)

    def follow(self) -> None:
        """Other settings: every cell anew."""
        scenario = self.explorer.scenario
        assert scenario is not None
        self.body.show(*self._axes(scenario), scenario)

    def action_turn(self) -> None:
        """The next pair of axes."""
        self.turn = (self.turn + 1) % TURNS
        self.follow()

    def action_move(self, rows: int, columns: int) -> None:
        """Move the cursor, and the scenario with it."""
        self.body.move(rows, columns)
        show_scenario(self.explorer, self.body.scenario_at(*self.body.at))
        self.follow_summary()

    def action_why(self) -> None:
        """Deeper: where the figures of this cell come from."""
        from llmfit_tui.screens.why import WhyScreen

        if self.explorer.found is not None:
            self.app.push_screen(WhyScreen(self.explorer))  # pyright: ignore[reportUnknownMemberType]

    def action_export(self) -> None:
        """The map as rows; of one with too many cells to wait for, what is on screen."""
        from llmfit_tui.format.export import exported

        export_view(self, "map", lambda kind: exported(self.body.estimates(MOST_EXPORTED), kind))

    @on(Picked)
    def take_picked(self, message: Picked) -> None:
        """A click on a cell."""
        row, column = self.body.at
        self.action_move(message.place - row, message.across - column)
