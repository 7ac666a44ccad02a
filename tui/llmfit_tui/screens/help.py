"""All keys on one screen."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from llmfit_tui.panes.marks import SHORT_LABELS, UNICODE, Marks
from llmfit_tui.panes.painted import Line, Painted
from llmfit_tui.screens.keys import GROUPS, VIEWS


class KeyTable(Painted):
    """The keys by group, and what the marks mean."""

    marks: Marks = UNICODE

    top = 0

    def scroll(self, rows: int) -> None:
        """Move the view, where not all of it fits."""
        most = max(len(self._all()) - self.content_size.height, 0)
        self.top = max(0, min(self.top + rows, most))
        self.repaint()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """As much as fits, from the line scrolled to."""
        del width
        return self._all()[self.top : self.top + height]

    def _all(self) -> list[Line]:
        """Groups one below the other."""
        made: list[Line] = []
        for group, keys in (*GROUPS.items(), *VIEWS.items()):
            made.append(((group, "title"),))
            made += [((f"  {key.shown:<7}", "key"), (key.does, "text")) for key in keys if key.shown]
        marks = [
            span
            for level in range(5, -1, -1)
            for span in (
                (f"{self.marks.levels[level]} ", f"level-{level}"),
                (f"{SHORT_LABELS[level]}  ", "dim"),
            )
        ]
        units = "  memory in GiB, files in GB; a tilde: approximate; a dash: not known"
        return [*made, (("Marks", "title"),), (("  ", "text"), *marks), ((units, "dim"),)]


class HelpScreen(ModalScreen[None]):
    """Shown by ?, left by any of the usual keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter,f1,ctrl+c", "dismiss", "Back", show=False, id="help.back"),
        Binding("down", "scroll_keys(1)", "Down", show=False, id="help.down"),
        Binding("up", "scroll_keys(-1)", "Up", show=False, id="help.up"),
    ]

    def compose(self) -> ComposeResult:
        """The table in a frame."""
        table = KeyTable(id="keys")
        table.border_title = "Keys"
        table.border_subtitle = "↑ ↓ scroll   Escape: back"
        yield table

    def action_scroll_keys(self, rows: int) -> None:
        """Move through the table in a low terminal."""
        self.query_one(KeyTable).scroll(rows)
