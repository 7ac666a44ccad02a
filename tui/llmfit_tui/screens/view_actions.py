"""Keys that change what is looked at: which pane, which rows, which half of the panel."""

from llmfit_tui.format.tensors import tensor_detail
from llmfit_tui.panes.estimate import EstimatePane
from llmfit_tui.panes.figures import FigureList
from llmfit_tui.screens.explorer_base import ExplorerBase
from llmfit_tui.screens.tensors import TensorScreen


class ViewActions(ExplorerBase):
    """None of them touches the scenario."""

    def action_filter(self) -> None:
        """Filter the pane that has the keys."""
        if isinstance(self.focused, FigureList):
            self.focused.start_filter()

    def action_pane(self, direction: int) -> None:
        """The next pane."""
        here = self.panes.index(self.focused) if self.focused in self.panes else 0  # pyright: ignore[reportArgumentType]
        self.front(self.panes[(here + direction) % len(self.panes)])

    def action_show_pane(self, name: str) -> None:
        """A pane by name."""
        self.front(next(pane for pane in self.panes if pane.id == name))

    def action_model_facts(self) -> None:
        """Estimate or specifications, where there is no room for both."""
        panel = self.query_one(EstimatePane)
        panel.shows_model = not panel.shows_model

    def action_tensors(self) -> None:
        """What the chosen quantization is made of."""
        if self.found:
            screen = TensorScreen(tensor_detail(self.found))
            self.app.push_screen(screen)  # pyright: ignore[reportUnknownMemberType]
