"""One search over everything: type a few letters, Enter goes there or does it."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from llmfit_tui.core.search import Entry, ranked
from llmfit_tui.messages.views import Picked
from llmfit_tui.panes.palette import PaletteList
from llmfit_tui.screens.modal import Modal

LONGEST = 200
FEWEST, AROUND, MOST = 5, 3, 24
"""Lines: of entries, of what is around them (a frame and what is typed), and of both."""


class PaletteScreen(Modal[Entry | None]):
    """Answers with what was chosen. Keys come to the screen itself: those typed ahead are not lost."""

    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c,ctrl+p", "leave", "Back", show=False, id="palette.back"),
        Binding("down,ctrl+n,tab", "move(1)", "Down", show=False, id="palette.down"),
        Binding("up,shift+tab", "move(-1)", "Up", show=False, id="palette.up"),
        Binding("pagedown", "move(10)", "Page down", show=False, id="palette.page_down"),
        Binding("pageup", "move(-10)", "Page up", show=False, id="palette.page_up"),
        Binding("enter", "choose", "Choose", show=False, id="palette.choose"),
    ]

    def __init__(
        self, title: str, tip: str, entries: Sequence[Entry], recent: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__()
        self.entries, self.recent = entries, recent
        self.pane = PaletteList(tip)
        self.pane.border_title = title
        self.pane.styles.height = min(max(len(entries), FEWEST) + AROUND, MOST)

    def compose(self) -> ComposeResult:
        """The list in a frame."""
        self.pane.border_subtitle = "↑ ↓ choose   Enter: go there, or do it   Escape: back"
        self._look_for(self.pane.query_text)
        yield self.pane

    def _look_for(self, text: str) -> None:
        self.pane.show(text, ranked(text, self.entries, self.recent))

    def on_key(self, event: events.Key) -> None:
        """What is typed."""
        text = self.pane.query_text
        if event.key == "backspace":
            if not text:
                self.dismiss(None)
            self._look_for(text[:-1])
        elif event.key == "ctrl+u":
            self._look_for("")
        elif event.character and event.is_printable and len(text) < LONGEST:
            self._look_for(text + event.character)

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text."""
        text = "".join(letter for letter in event.text if letter.isprintable())
        self._look_for(f"{self.pane.query_text}{text}"[:LONGEST])

    def action_move(self, rows: int) -> None:
        """Another entry."""
        self.pane.move(rows)

    def action_choose(self) -> None:
        """Go to the entry under the cursor, or do it."""
        if self.pane.chosen is not None:
            self.dismiss(self.pane.chosen)

    def action_leave(self) -> None:
        """Choose nothing."""
        self.dismiss(None)

    def on_click(self, event: events.Click) -> None:
        """A click beside the list leaves it."""
        if not self.pane.region.contains_point(event.screen_offset):
            self.dismiss(None)

    @on(Picked)
    def take_picked(self, message: Picked) -> None:
        """A click on an entry."""
        self.pane.move(message.place - self.pane.cursor)
        self.action_choose()
