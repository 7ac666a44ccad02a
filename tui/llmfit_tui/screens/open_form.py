"""Asking which model to open: a path, or a repository that is then asked of the network."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static


class OpenForm(ModalScreen[str | None]):
    """Answers with what was typed, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False, id="open.back"),
    ]

    def compose(self) -> ComposeResult:
        """One line to type, and what may stand in it."""
        with Vertical(id="form") as form:
            form.border_title = "Open a model"
            form.border_subtitle = "Enter: open   Escape: back"
            entry = Input(placeholder="path, or org/name", id="open-what", compact=True)
            entry.cursor_blink = False
            yield entry
            yield Static(
                "A .gguf file, a config.json, or a folder holding one: only its header is read.\n"
                "org/name or org/name:Q4_K_M: a repository of the Hugging Face Hub, asked over the network.",
                id="said",
                markup=False,
            )

    @on(Input.Submitted)
    def take_text(self, message: Input.Submitted) -> None:
        """What was typed."""
        self.dismiss(message.value.strip() or None)

    def action_leave(self) -> None:
        """Open nothing."""
        self.dismiss(None)
