"""A model's page: everything about it on one screen, with links that move the selection."""

from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.binding import BindingType

from llmfit_tui.core.models.model import Model
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.format.page.page import Target
from llmfit_tui.format.rows import rows_as
from llmfit_tui.messages.views import Picked
from llmfit_tui.panes.page import PagePane
from llmfit_tui.screens.explorer_base import ExplorerBase
from llmfit_tui.screens.exporting import export_view
from llmfit_tui.screens.growing import Growing
from llmfit_tui.screens.keys.bindings import view_bindings
from llmfit_tui.screens.page_content import SHOWN_EVERY, PageContent
from llmfit_tui.screens.showing import show_scenario


class PageScreen(Growing):
    """Enter goes to the quantization, the device or the model under the cursor."""

    view = "Model"
    shown_every = SHOWN_EVERY
    BINDINGS: ClassVar[list[BindingType]] = view_bindings("Model")
    body: PagePane

    def __init__(self, explorer: ExplorerBase) -> None:
        self._before: list[Scenario] = []
        """Scenarios left by a link."""
        super().__init__(explorer)

    def make(self) -> PagePane:
        """The page as far as one step brings it."""
        self._begin()
        return PagePane(self.content.page())

    def _begin(self) -> None:
        self.content = PageContent(self.explorer)
        self.begin(self.content.work())

    def follow(self) -> None:
        """Another scenario."""
        model = self.content.scenario.model
        self._begin()
        self.body.show(self.content.page(), top=self.content.scenario.model is not model)
        self.go_on()

    def show_more(self) -> None:
        """More of the page."""
        self.body.show(self.content.page())

    def action_move(self, rows: int) -> None:
        """Another row that leads somewhere."""
        self.body.move(rows)

    def action_scroll_by(self, rows: int) -> None:
        """Through the page."""
        self.body.scroll(rows)

    def action_take(self) -> None:
        """Go where the cursor points."""
        if self.body.at is not None:
            self._go_to(self.body.at)
        else:
            self.say("↓ goes to the first quantization, device or model; Enter then takes it")

    def action_go_back(self) -> None:
        """The scenario a link was followed from."""
        if self._before:
            show_scenario(self.explorer, self._before.pop())
            self.follow_all()
        else:
            self.say("no link was followed yet")

    def _go_to(self, target: Target) -> None:
        scenario = self.explorer.scenario
        assert scenario is not None
        if isinstance(target, Model):
            after = replace(scenario, model=target)
        elif isinstance(target, Quant):
            after = replace(scenario, quant=target)
        else:
            pane = self.explorer.hardware
            machine = pane.machine(len(pane.own) + pane.devices.index(target))
            after = replace(scenario, machine=machine or scenario.machine)
        if after == scenario:
            return
        self._before.append(scenario)
        show_scenario(self.explorer, after)
        self.follow_all()

    def action_export(self) -> None:
        """The page to a file."""
        page = self.content.page()
        columns = ("section", "name", "value")
        rows = [
            (section.title, row.cells[0] if len(row.cells) > 1 else "", "; ".join(row.cells[1:] or row.cells))
            for section in page.one
            for row in section.rows
        ]
        export_view(self, "page", lambda kind: rows_as(kind, "page", columns, rows))

    @on(Picked)
    def take_picked(self, message: Picked) -> None:
        """A click on a row that leads somewhere."""
        target = self.body.target(message.place)
        if target is None:
            return
        self.body.at = target
        self._go_to(target)
