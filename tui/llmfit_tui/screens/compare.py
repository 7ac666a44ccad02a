"""Pinned scenarios side by side, and every model on two machines."""

from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.binding import BindingType

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.format.comparison import compared
from llmfit_tui.messages.views import Picked
from llmfit_tui.panes.compare import ComparePane, TwoMachines
from llmfit_tui.panes.figures import tried
from llmfit_tui.screens.explorer_base import ExplorerBase
from llmfit_tui.screens.exporting import export_view
from llmfit_tui.screens.keys.bindings import view_bindings
from llmfit_tui.screens.showing import show_scenario
from llmfit_tui.screens.view import View
from llmfit_tui.screens.view_actions import MOST_PINS


def columns(present: Scenario, pins: tuple[Scenario, ...]) -> tuple[Scenario, ...]:
    """What is compared: the pins, and the present scenario where there is room beside them."""
    return pins if present in pins or len(pins) == MOST_PINS else (*pins, present)


class CompareScreen(View):
    """Left and right choose a scenario, Enter goes to it."""

    view = "Compare"
    BINDINGS: ClassVar[list[BindingType]] = view_bindings("Compare")
    body: ComparePane

    def __init__(self, explorer: ExplorerBase, pins: list[Scenario]) -> None:
        self.pins = pins
        super().__init__(explorer)

    def _found(self) -> list[Estimate]:
        present = self.explorer.scenario
        assert present is not None
        evidence = self.explorer.catalog.evidence
        return [found for one in columns(present, tuple(self.pins)) if (found := tried(one, evidence))]

    def make(self) -> ComparePane:
        """The columns, with the cursor on the last."""
        found = self._found()
        return ComparePane(compared(found), len(found) - 1)

    def follow(self) -> None:
        """Another present scenario."""
        found = self._found()
        self.body.show(compared(found), min(self.body.at, len(found) - 1))

    def _chosen(self) -> Scenario:
        present = self.explorer.scenario
        assert present is not None
        shown = columns(present, tuple(self.pins))
        return shown[min(self.body.at, len(shown) - 1)]

    def action_across(self, columns: int) -> None:
        """Another column."""
        self.body.at = max(0, min(self.body.at + columns, self.body.count - 1))
        self.body.repaint()

    def action_scroll_by(self, rows: int) -> None:
        """Further down."""
        self.body.scroll(rows)

    def action_take(self) -> None:
        """Go to the scenario of the column."""
        show_scenario(self.explorer, self._chosen())
        self.dismiss()

    def action_unpin(self) -> None:
        """Take the column away."""
        chosen = self._chosen()
        if chosen in self.pins:
            self.pins.remove(chosen)
            self.follow()
            self.say("no longer pinned")
        else:
            self.say("that is the present scenario; + in the explorer pins it")

    def action_machines(self) -> None:
        """The machine of this column against the present one, or the first other, over all models."""
        present = self.explorer.scenario
        assert present is not None
        chosen = self._chosen()
        other = next(
            (one for one in (present, *self.pins) if one.machine.name != chosen.machine.name),
            None,
        )
        if other is None:
            self.say("pin a scenario on other hardware first: + pins one, = compares")
            return
        screen = MachinesScreen(self.explorer, (other, chosen))
        self.app.push_screen(screen)  # pyright: ignore[reportUnknownMemberType]

    def action_export(self) -> None:
        """The scenarios as rows."""
        from llmfit_tui.format.export import exported

        export_view(self, "compare", lambda kind: exported(self._found(), kind))

    @on(Picked)
    def take_picked(self, message: Picked) -> None:
        """A click on a column."""
        self.action_across(message.place - self.body.at)


class MachinesScreen(View):
    """What another machine would give: every model of the list on both, at the present quantization."""

    view = "Two machines"
    BINDINGS: ClassVar[list[BindingType]] = view_bindings("Two machines")
    body: TwoMachines

    def __init__(self, explorer: ExplorerBase, pair: tuple[Scenario, Scenario]) -> None:
        self.pair = pair
        super().__init__(explorer)

    def make(self) -> TwoMachines:
        """The models of the list."""
        pane, evidence = self.explorer.models, self.explorer.catalog.evidence
        present = self.explorer.scenario
        assert present is not None
        rows = list(pane.shown)
        quant, settings, machines = present.quant, present.settings, [one.machine for one in self.pair]

        def at(row: int, side: int) -> Estimate | None:
            self.explorer.make_room()
            return tried(Scenario(pane.models[rows[row]], quant, machines[side], settings), evidence)

        return TwoMachines(self.pair, len(rows), at)

    def follow(self) -> None:
        """Other settings: everything anew."""
        made = self.make()
        self.body.take_over(made)

    def action_move(self, rows: int) -> None:
        """Another model."""
        self.body.move(rows)

    def action_take(self) -> None:
        """Go to this model on the second machine."""
        found = self.body.found(self.body.cursor, 1) if self.body.count else None
        if found is not None and self.explorer.scenario is not None:
            at = replace(self.explorer.scenario, model=found.scenario.model, machine=found.scenario.machine)
            show_scenario(self.explorer, at)
        self.dismiss()

    def action_export(self) -> None:
        """Every model on both machines, as rows."""
        from llmfit_tui.format.export import exported

        def text(kind: str) -> str:
            both = (self.body.found(row, side) for row in range(self.body.count) for side in (0, 1))
            return exported([found for found in both if found is not None], kind)

        export_view(self, "two-machines", text)
