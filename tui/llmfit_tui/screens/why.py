"""Where every figure comes from."""

from typing import ClassVar

from textual import on
from textual.binding import BindingType

from llmfit_tui.format.tensors import tensor_details
from llmfit_tui.format.why.figures import derivations
from llmfit_tui.messages.views import Picked
from llmfit_tui.panes.why import WhyPane
from llmfit_tui.screens.explorer_base import ExplorerBase
from llmfit_tui.screens.keys.bindings import view_bindings
from llmfit_tui.screens.tensors import TensorScreen
from llmfit_tui.screens.view import View


class WhyScreen(View):
    """Figures and their derivations, of the present scenario."""

    view = "Why"
    BINDINGS: ClassVar[list[BindingType]] = view_bindings("Why")
    body: WhyPane

    def __init__(self, explorer: ExplorerBase, figure: str = "rating") -> None:
        self.figure = figure
        super().__init__(explorer)

    def make(self) -> WhyPane:
        """Figures beside a derivation."""
        return WhyPane(derivations(self.found), self.figure)

    def follow(self) -> None:
        """The figures of another estimate."""
        self.body.show(derivations(self.found))

    def action_figure(self, steps: int) -> None:
        """The next figure."""
        self.body.choose(self.body.place + steps)

    def action_scroll_by(self, rows: int) -> None:
        """Through a long derivation."""
        self.body.scroll(rows)

    def action_tensors(self) -> None:
        """Deeper: the tensors behind the weights."""
        found = self.explorer.settled()
        if found is None:
            self.say("the size is not known, so there are no tensors to show")
            return
        self.app.push_screen(TensorScreen(tensor_details(found)))  # pyright: ignore[reportUnknownMemberType]

    def action_deeper(self) -> None:
        """Where a figure has something below it."""
        if self.body.chosen in {"weights", "memory"}:
            self.action_tensors()

    @on(Picked)
    def take_picked(self, message: Picked) -> None:
        """A click on a figure."""
        self.body.choose(message.place)
