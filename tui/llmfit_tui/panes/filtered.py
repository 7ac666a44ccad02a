"""A list with a filter: it narrows letter by letter, and a line below tells what can be said."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import events

from llmfit_tui.messages.choices import FilterTold
from llmfit_tui.panes.columns import Column
from llmfit_tui.panes.painted import Line, fitted
from llmfit_tui.panes.rowlist import RowList

if TYPE_CHECKING:
    from llmfit_tui.core.estimate import Estimate
    from llmfit_tui.core.filters.field import Field
    from llmfit_tui.panes.sieve import Sieve

EDITING_KEYS = frozenset({"backspace", "ctrl+u", "enter", "escape"})
COMPLETING_KEYS = frozenset({"tab", "right"})
LONGEST_PASTE = 200


class FilteredList(RowList):
    """Shows the rows that pass the filter."""

    def __init__(self, name: str, *, id: str) -> None:  # noqa: A002
        super().__init__(name, id=id)
        self.filter_text = ""
        self.filtering = False
        """Whether letters go to the filter."""
        self._sieve: Sieve | None = None
        self._stale = False
        """Whether the estimates that rows were chosen by are those of another scenario."""
        self._keeps_row = False
        self._goes_on = False

    @property
    def sieve(self) -> "Sieve":
        """Which rows pass; made with the first filter, as most visits begin without one."""
        from llmfit_tui.panes.sieve import Sieve

        if self._sieve is None:
            fields, known = self.filter_terms()
            self._sieve = Sieve(fields, known, self.row, self.row_words, self.estimate_of)
        return self._sieve

    def filter_terms(self) -> "tuple[Sequence[Field], Sequence[str]]":
        """What can be asked of a row, and words of rows that are worth offering."""
        raise NotImplementedError

    def row(self, index: int) -> object:
        """What the fields are asked of."""
        raise NotImplementedError

    def row_words(self, index: int) -> str:
        """The text that plain words look through."""
        raise NotImplementedError

    def estimate_of(self, index: int) -> "Estimate | None":
        """The row's estimate; None where its size is unknown."""
        raise NotImplementedError

    def passing(self) -> Sequence[int]:
        """Rows that pass; of those that take an estimate the first, the others in later frames."""
        if self._sieve is None:
            return range(self.row_count())
        rows = self.sieve.begin(self.row_count())
        self._go_on_later()
        return rows

    def other_rows(self) -> None:
        """There are other rows than before."""
        if self._sieve is not None:
            self._sieve.forget_words()
        self.shown = self.passing()

    def apply_filter(self, text: str) -> None:
        """Another filter. The cursor stays on its row, or comes back to it, where the filter shows it.

        What cannot be read changes nothing yet.
        """
        self.filter_text = text
        if self.sieve.ask(text):
            self._keeps_row = False
            self.shown = self.passing()
            if not self.shown and not self.sieve.is_open:
                # A name being typed is no word yet.
                self.sieve.ask(self.sieve.without_begun(text))
                self.shown = self.passing()
            self.top = 0
            self._settle_cursor()
        self._tell()
        self.repaint()

    def show_row(self, index: int) -> None:
        """The cursor on a row, without choosing it; a filter that hides it ends."""
        self.put_cursor(index)
        if index not in self.shown:
            self.apply_filter("")
            self._stop_filter()
        self.repaint()

    def figures_changed(self) -> None:
        """Rows that were chosen by their estimates may be others; looked at once the cursor rests."""
        self._stale = self._sieve is not None and bool(self._sieve.filter.estimates)

    def sift_again(self) -> None:
        """By the present estimates. The chosen row stays even if it does not pass: a person chose it."""
        if self._stale:
            self._stale = False
            self._keeps_row = True
            self.shown = self.passing()
            self._settle_cursor()
            self.repaint()

    def _go_on_later(self) -> None:
        if self.sieve.is_open and not self._goes_on and self.is_attached:
            self._goes_on = True
            self.call_after_refresh(self._go_on)

    def _go_on(self) -> None:
        """A slice more."""
        self._goes_on = False
        if self.sieve.is_open:
            self.shown = [*self.shown, *self.sieve.more()]
            self._settle_cursor()
            self.repaint()
            self._go_on_later()

    def _settle_cursor(self) -> None:
        """On the chosen row; where the filter has left it out, once all is known, on the first."""
        rest = self.resting_index
        if self._keeps_row and rest is not None and rest not in self.shown and not self.sieve.is_open:
            self.shown = sorted((*self.shown, rest))
        self.cursor = self.shown.index(rest) if rest is not None and rest in self.shown else 0
        self.keep_in_view()
        if self.shown and self.chosen_index != rest and not self.sieve.is_open and not self._begins_a_name():
            self.take(self.shown[self.cursor])

    def _begins_a_name(self) -> bool:
        """A word that may become a name chooses nothing yet: `vr` on the way to `vram>=24`."""
        return self.filtering and self.sieve.without_begun(self.filter_text) != self.filter_text

    def start_filter(self) -> None:
        """Take the keys that follow as the filter."""
        self.filtering = True
        self._tell()
        self.repaint()

    def _stop_filter(self) -> None:
        if self.filtering:
            self.filtering = False
            self._settle_cursor()
            self.post_message(FilterTold(""))
            self.repaint()

    def _tell(self) -> None:
        """What can be said next, or what is wrong."""
        if self.filtering:
            stays = "; the list stays as it was" if self.sieve.problem else ""
            self.post_message(FilterTold(self.sieve.hint_for(self.filter_text, self._values) + stays))

    def _values(self, field: "Field") -> list[str]:
        """What rows have in a field of text, the usual first."""
        found = Counter(field.of(self.row(i), None) for i in range(self.row_count()))
        return [value for value, _ in found.most_common() if isinstance(value, str)]

    @property
    def completion(self) -> str:
        """What Tab would add."""
        if not self.filtering:
            return ""
        return self.sieve.rest_of(self.filter_text, self._values)

    def header_line(self, width: int, columns: Sequence[tuple[Column, int]]) -> Line:
        """The filter in place of the column titles: what is typed, and dim what Tab would add.

        What cannot be read stands out from the rest.
        """
        if not (self.filtering or self.filter_text):
            return super().header_line(width, columns)
        caret = self.marks.caret if self.filtering else ""
        hidden = max(len(self.filter_text) - (width - 4), 0)
        typed = self.filter_text[hidden:] + caret
        room = width - 2 - len(typed)
        rest = (fitted(self.completion[:room], max(room, 0)), "dim")
        if not (self._sieve and self._sieve.problem):
            return (("/ ", "key"), (typed, "bold"), rest)
        wrong = max(self._sieve.wrong_from - hidden, 0)
        return (("! ", "over"), (typed[:wrong], "bold"), (typed[wrong:], "over"), rest)

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """The list, or that nothing matches."""
        lines = super().lines(width, height)
        if self.shown or (self._sieve and self._sieve.is_open):
            return lines
        said = f"Nothing matches {self.marks.quoted(self.filter_text)}."
        clear = "Escape clears the filter."
        return [*lines, (), ((fitted(said, width), "text"),), ((fitted(clear, width), "dim"),)]

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """While a filter is typed its keys mean nothing else."""
        if not self.filtering:
            return False
        if key in COMPLETING_KEYS:
            return bool(self.completion)
        return key in EDITING_KEYS or bool(character and character.isprintable())

    def on_key(self, event: events.Key) -> None:
        """Keys of the filter."""
        if event.key == "escape" and (self.filtering or self.filter_text):
            self.apply_filter("")
            self._stop_filter()
        elif not self.filtering:
            return
        elif event.key == "enter":
            self._stop_filter()
        elif event.key == "backspace":
            self.apply_filter(self.filter_text[:-1])
        elif event.key == "ctrl+u":
            self.apply_filter("")
        elif event.key in COMPLETING_KEYS and self.completion:
            self.apply_filter(self.filter_text + self.completion)
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
        if self.filtering:
            self._stop_filter()
        super().on_blur(event)
