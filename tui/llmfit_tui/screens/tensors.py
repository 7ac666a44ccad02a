"""The tensors of the chosen model at the chosen quantization, over the explorer."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from llmfit_tui.format.tensors import TensorDetail
from llmfit_tui.panes.tensors import TensorTable


class TensorScreen(ModalScreen[None]):
    """Which type each tensor has and why; left by any of the usual keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,v,ctrl+c", "dismiss", "Back", show=False, id="tensors.back"),
        Binding("down", "scroll_tensors(1)", "Down", show=False, id="tensors.down"),
        Binding("up", "scroll_tensors(-1)", "Up", show=False, id="tensors.up"),
        Binding("pagedown,space", "scroll_tensors(10)", "Page down", show=False, id="tensors.page_down"),
        Binding("pageup", "scroll_tensors(-10)", "Page up", show=False, id="tensors.page_up"),
    ]

    def __init__(self, detail: TensorDetail) -> None:
        super().__init__()
        self.detail = detail

    def compose(self) -> ComposeResult:
        """The table in a frame."""
        table = TensorTable(self.detail)
        table.border_title = self.detail.title
        table.border_subtitle = "↑ ↓ scroll   Escape: back"
        yield table

    def action_scroll_tensors(self, rows: int) -> None:
        """Move through the table."""
        self.query_one(TensorTable).scroll(rows)
