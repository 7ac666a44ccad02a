"""Asking for a name."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from llmfit_tui.screens.form import Form, buttons

LONGEST = 40


class NameForm(Form[str | None]):
    """Answers with what was typed, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False, id="name.back"),
    ]

    def __init__(self, title: str, said: str, name: str = "") -> None:
        super().__init__()
        self._title, self._said, self._name_offered = title, said, name

    def compose(self) -> ComposeResult:
        """One line to type."""
        with Vertical(id="form") as form:
            form.border_title = self._title
            form.border_subtitle = "Enter: keep   Escape: back"
            entry = Input(self._name_offered, id="name", compact=True, max_length=LONGEST)
            entry.cursor_blink = False
            yield entry
            yield Static(self._said, id="said", markup=False)
            yield buttons("Keep")

    @on(Input.Submitted)
    def take_text(self, message: Input.Submitted) -> None:
        """What was typed, where it says anything."""
        name = "".join(letter for letter in message.value if letter.isprintable()).strip()
        if name:
            self.dismiss(name)

    def action_leave(self) -> None:
        """No name."""
        self.dismiss(None)
