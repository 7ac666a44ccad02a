"""The tensors of the chosen model at the chosen quantization, over the explorer."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from llmfit_tui.format.tensors import TensorDetail
from llmfit_tui.panes.tensors import TensorTable
from llmfit_tui.screens.modal import Modal


class TensorScreen(Modal[None]):
    """Which type each tensor has and why, in the file an estimate means and in others of its name."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,v,ctrl+c", "dismiss", "Back", show=False, id="tensors.back"),
        Binding("right,l", "other_file(1)", "Next file", show=False, id="tensors.next_file"),
        Binding("left,h", "other_file(-1)", "File before", show=False, id="tensors.file_before"),
        Binding("down", "scroll_tensors(1)", "Down", show=False, id="tensors.down"),
        Binding("up", "scroll_tensors(-1)", "Up", show=False, id="tensors.up"),
        Binding("pagedown,space", "scroll_tensors(10)", "Page down", show=False, id="tensors.page_down"),
        Binding("pageup", "scroll_tensors(-10)", "Page up", show=False, id="tensors.page_up"),
    ]

    def __init__(self, details: Sequence[TensorDetail]) -> None:
        super().__init__()
        self.details, self.at = details, 0

    def compose(self) -> ComposeResult:
        """The table in a frame."""
        table = TensorTable(self.details[0])
        table.border_title = self.details[0].title
        others = "← → other files of this name   " if len(self.details) > 1 else ""
        table.border_subtitle = f"{others}↑ ↓ scroll   Escape: back"
        yield table

    def action_scroll_tensors(self, rows: int) -> None:
        """Move through the table."""
        self.query_one(TensorTable).scroll(rows)

    def action_other_file(self, step: int) -> None:
        """Show another file that goes by the same name."""
        self.at = (self.at + step) % len(self.details)
        table, detail = self.query_one(TensorTable), self.details[self.at]
        table.border_title = detail.title
        table.show(detail)
