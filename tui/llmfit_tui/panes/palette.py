"""What is found, line by line below what is typed."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events

from llmfit_tui.core.search import Entry
from llmfit_tui.messages.views import Picked
from llmfit_tui.panes.marks import UNICODE, Marks
from llmfit_tui.panes.painted import AT_CURSOR, Line, Painted, Span, fitted

KIND, HEAD = 10, 1


class PaletteList(Painted):
    """The query, and the entries that match it."""

    marks: Marks = UNICODE

    def __init__(self, tip: str) -> None:
        super().__init__(id="palette")
        self.tip = tip
        self.query_text = ""
        self.found: Sequence[Entry] = ()
        self.cursor = self.top = 0

    def show(self, query: str, found: Sequence[Entry]) -> None:
        """Another query; the cursor on the best."""
        self.query_text, self.found = query, found
        self.cursor = self.top = 0
        self.repaint()

    def move(self, rows: int) -> None:
        """Move the cursor."""
        self.cursor = max(0, min(self.cursor + rows, len(self.found) - 1))
        self.repaint()

    @property
    def chosen(self) -> Entry | None:
        """The entry under the cursor."""
        return self.found[self.cursor] if self.found else None

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """What is typed, then as many entries as fit, the cursor among them."""
        rows = max(height - HEAD, 1)
        self.top = max(min(self.top, self.cursor), self.cursor - rows + 1, 0)
        typed = self.query_text[-(width - 4) :]
        tip = "" if typed else self.tip
        head: Line = ((": ", "key"), (typed, "bold"), (self.marks.caret, "accent"), (tip, "dim"))
        if not self.found:
            said = f"Nothing is called {self.marks.quoted(typed)}." if typed else "Nothing is here yet."
            return [head, (), ((fitted(said, width), "text"),)]
        shown = range(self.top, min(self.top + rows, len(self.found)))
        return [head, *(self._row(i, width) for i in shown)]

    def _row(self, place: int, width: int) -> Line:
        entry, under = self.found[place], AT_CURSOR if place == self.cursor else ""
        note = entry.note if cell_len(entry.note) <= width // 3 else ""
        name = width - KIND - 2 - (cell_len(note) + 1 if note else 0)
        spans: list[Span] = [
            (self.marks.cursor if under else " ", f"accent{under}"),
            (fitted(entry.kind, KIND), f"dim{under}"),
            (fitted(entry.name, name) + " ", f"text{under}"),
        ]
        return (*spans, (f"{note} ", f"key{under}")) if note else tuple(spans)

    def on_click(self, event: events.Click) -> None:
        """A click on an entry takes it."""
        offset = event.get_content_offset(self)
        place = self.top + offset.y - HEAD if offset else -1
        if offset and offset.y >= HEAD and place < len(self.found):
            self.post_message(Picked(place))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel."""
        self.move(3)
        event.stop()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel."""
        self.move(-3)
        event.stop()
