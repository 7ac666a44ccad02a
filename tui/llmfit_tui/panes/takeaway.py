"""Texts to take away, each shown in full below the list: a copy can fail without anybody being told."""

from collections.abc import Sequence
from textwrap import wrap

from textual import events

from llmfit_tui.core.errors import printable
from llmfit_tui.messages.views import Picked
from llmfit_tui.panes.marks import UNICODE, Marks
from llmfit_tui.panes.painted import AT_CURSOR, Line, Painted, fitted, rule


class TakeawayPane(Painted):
    """The list, and the text under the cursor."""

    marks: Marks = UNICODE

    def __init__(self, told: Sequence[tuple[str, str]]) -> None:
        super().__init__(id="body")
        self.told, self.cursor = told, 0

    def move(self, rows: int) -> None:
        """Another text."""
        self.cursor = max(0, min(self.cursor + rows, len(self.told) - 1))
        self.repaint()

    def show(self, told: Sequence[tuple[str, str]]) -> None:
        """Texts of another scenario."""
        self.told = told
        self.cursor = min(self.cursor, len(told) - 1)
        self.repaint()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """Names, then the text in full."""
        made: list[Line] = [rule(width, "Take away", (), "title")]
        for place, (name, _) in enumerate(self.told):
            under = AT_CURSOR if place == self.cursor else ""
            sign = self.marks.cursor if under else " "
            made.append(((sign, f"accent{under}"), (fitted(name, min(width - 1, 50)), f"text{under}")))
        name, text = self.told[self.cursor]
        made += [(), rule(width, name, (), "text")]
        for line in text.split("\n"):
            shown = printable(line.replace("\t", "   "))
            parts = wrap(shown, width - 2, break_on_hyphens=False) or [""]
            made += [((f" {part}", "bold"),) for part in parts]
        return made[:height]

    def on_click(self, event: events.Click) -> None:
        """A click chooses a text."""
        offset = event.get_content_offset(self)
        if offset is not None and 0 < offset.y <= len(self.told):
            self.post_message(Picked(offset.y - 1))
