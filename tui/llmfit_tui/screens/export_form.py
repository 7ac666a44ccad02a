"""Asking for the file an export goes to, and before anything there is replaced."""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from llmfit_tui.core.errors import LlmfitError, printable
from llmfit_tui.screens.form import Form, buttons
from llmfit_tui.storage.export import Exists, export_text

KINDS = {".json": "json", ".csv": "csv", ".md": "md", ".svg": "svg"}


class ExportForm(Form[str | None]):
    """Answers with what became of it, or None; `make` gives the text of a kind."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False, id="export.back"),
    ]

    def __init__(self, name: str, make: Callable[[str], str]) -> None:
        super().__init__()
        self.offered, self.make = name, make
        self._asked = ""
        """The file that was there already, once that was said."""

    def compose(self) -> ComposeResult:
        """One line to type, and what may stand in it."""
        with Vertical(id="form") as form:
            form.border_title = "Export"
            form.border_subtitle = "Enter: write   Escape: back"
            entry = Input(self.offered, id="export-to", compact=True)
            entry.cursor_blink = False
            yield entry
            said = "The ending says what it becomes: .json, .csv or .md the list's rows, .svg a picture."
            yield Static(said, id="said", markup=False)
            yield buttons("Write")

    @on(Input.Submitted)
    def take_text(self, message: Input.Submitted) -> None:
        """Write it, ask again, or say why not."""
        name = message.value.strip()
        kind = KINDS.get(Path(name).suffix.lower())
        if kind is None:
            self._say(f"{', '.join(KINDS)} is expected at the end of the name.")
            return
        try:
            path = export_text(name, self.make(kind), replace=bool(name) and name == self._asked)
        except Exists as problem:
            self._asked = name
            self._say(f"{problem} Enter again replaces it; or type another name.")
        except LlmfitError as problem:
            self._asked = ""
            self._say(str(problem))
        else:
            self.dismiss(f"written to {printable(str(path))}")

    def _say(self, text: str) -> None:
        said = self.query_one("#said", Static)
        said.update(text)
        said.add_class("wrong")

    def action_leave(self) -> None:
        """Export nothing."""
        self.dismiss(None)
