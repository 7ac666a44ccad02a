"""Asking which model to open: a path, or a repository that is then asked of the network."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from llmfit_tui.core.models.model import Model
from llmfit_tui.screens.form import buttons
from llmfit_tui.screens.reading import ReadingForm, Tell


class OpenForm(ReadingForm[Model | None]):
    """Answers with the model that was opened, or None; what cannot be opened is told and can be mended."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False, id="open.back"),
    ]

    def __init__(self, opened: Callable[[str, Tell], Model]) -> None:
        super().__init__()
        self._opened = opened

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
                "org/name or org/name:Q4_K_M: a repository of the Hugging Face Hub, asked over the network;"
                " of its files the recommended one.",
                id="said",
                markup=False,
            )
            yield buttons("Open")

    @on(Input.Submitted)
    def take_text(self, message: Input.Submitted) -> None:
        """What was typed."""
        text = message.value.strip()
        if text:
            self.give_up()
            self.read(lambda tell: self._opened(text, tell))

    def taken(self, found: object) -> None:
        """It was opened."""
        assert isinstance(found, Model)
        self.dismiss(found)

    def action_leave(self) -> None:
        """Give up what is being read; else open nothing."""
        if not self.give_up():
            self.dismiss(None)
