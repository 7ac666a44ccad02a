"""A list with a filter: letters narrow it as they are typed."""

from collections.abc import Sequence

from textual import events

from llmfit_tui.core.names import words
from llmfit_tui.panes.columns import Column
from llmfit_tui.panes.painted import Line, fitted
from llmfit_tui.panes.rowlist import RowList

EDITING_KEYS = frozenset({"backspace", "ctrl+u", "enter", "escape"})
LONGEST_PASTE = 200


class FilteredList(RowList):
    """Shows the rows whose words begin with every word of the filter."""

    def __init__(self, name: str, *, id: str) -> None:  # noqa: A002
        super().__init__(name, id=id)
        self.filter_text = ""
        self.filtering = False
        """Whether letters go to the filter."""

    def row_words(self, index: int) -> str:
        """The text a filter looks through."""
        raise NotImplementedError

    def passing(self) -> Sequence[int]:
        """Rows whose words begin with every word of the filter."""
        asked = words(self.filter_text)
        if not asked:
            return range(self.row_count())
        return [i for i in range(self.row_count()) if _holds(asked, self.row_words(i))]

    def apply_filter(self, text: str) -> None:
        """Another filter. The cursor stays on its row, or comes back to it, where the filter shows it."""
        self.filter_text = text
        self.shown = self.passing()
        rest = self.resting_index
        self.cursor = self.shown.index(rest) if rest is not None and rest in self.shown else 0
        self.top = 0
        self.keep_in_view()
        self.repaint()
        if self.shown and self.chosen_index != rest:
            self.take(self.shown[self.cursor])

    def start_filter(self) -> None:
        """Take the keys that follow as the filter."""
        self.filtering = True
        self.repaint()

    def header_line(self, width: int, columns: Sequence[tuple[Column, int]]) -> Line:
        """The filter in place of the column titles."""
        if not (self.filtering or self.filter_text):
            return super().header_line(width, columns)
        caret = self.marks.caret if self.filtering else ""
        return (("/ ", "key"), (fitted(self.filter_text[-(width - 4) :] + caret, width - 2), "bold"))

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """The list, or that nothing matches."""
        lines = super().lines(width, height)
        if self.shown:
            return lines
        said = f"Nothing matches {self.marks.quoted(self.filter_text)}."
        clear = "Escape clears the filter."
        return [*lines, (), ((fitted(said, width), "text"),), ((fitted(clear, width), "dim"),)]

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """While a filter is typed its keys mean nothing else."""
        return self.filtering and (key in EDITING_KEYS or bool(character and character.isprintable()))

    def on_key(self, event: events.Key) -> None:
        """Keys of the filter."""
        if event.key == "escape" and (self.filtering or self.filter_text):
            self.filtering = False
            self.apply_filter("")
        elif not self.filtering:
            return
        elif event.key == "enter":
            self.filtering = False
            self.repaint()
        elif event.key == "backspace":
            self.apply_filter(self.filter_text[:-1])
        elif event.key == "ctrl+u":
            self.apply_filter("")
        elif event.character and event.is_printable:
            self.apply_filter(self.filter_text + event.character)
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text goes into the filter."""
        if self.filtering:
            text = "".join(c for c in event.text[:LONGEST_PASTE] if c.isprintable())
            self.apply_filter(self.filter_text + text)
            event.stop()

    def click_head(self, y: int) -> None:
        """A click above the rows opens the filter."""
        del y
        self.start_filter()

    def on_blur(self, event: events.Blur) -> None:
        """Keys go elsewhere; a filter stays, its editing ends."""
        self.filtering = False
        super().on_blur(event)


def _holds(asked: Sequence[str], text: str) -> bool:
    """Every word asked for begins some word of the text."""
    own = words(text)
    return all(any(word.startswith(one) for word in own) for one in asked)
