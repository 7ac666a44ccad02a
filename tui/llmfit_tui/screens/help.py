"""All keys on one screen."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from llmfit_tui.panes.marks import SHORT_LABELS, UNICODE, Marks
from llmfit_tui.panes.painted import Line, Painted
from llmfit_tui.screens.keys import KEYS


class KeyTable(Painted):
    """The keys by group, and what the marks mean."""

    marks: Marks = UNICODE

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """Groups one below the other."""
        del width, height
        made: list[Line] = []
        shown = [key for key in KEYS if key.shown]
        for group in dict.fromkeys(key.group for key in shown):
            made.append(((group, "title"),))
            made += [
                ((f"  {key.shown:<7}", "key"), (key.does, "text")) for key in shown if key.group == group
            ]
        marks = [
            span
            for level in range(5, -1, -1)
            for span in (
                (f"{self.marks.levels[level]} ", f"level-{level}"),
                (f"{SHORT_LABELS[level]}  ", "dim"),
            )
        ]
        units = "  memory in GiB, files in GB; a dash: not known"
        return [*made, (("Marks", "title"),), (("  ", "text"), *marks), ((units, "dim"),)]


class HelpScreen(ModalScreen[None]):
    """Shown by ?, left by any of the usual keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter,f1,ctrl+c", "dismiss", "Back", show=False, id="help.back")
    ]

    def compose(self) -> ComposeResult:
        """The table in a frame."""
        table = KeyTable(id="keys")
        table.border_title = "Keys"
        table.border_subtitle = "Escape: back"
        yield table
