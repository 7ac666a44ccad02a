"""A list that is an answer: rows of figures drawn on demand, and a cursor that is the selection.

Rows are made when they come into view, so four hundred models cost as much as the twenty on screen. The
cursor keeps its row when figures change, and nothing moves that did not change.
"""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from llmfit_tui.panes.columns import Column, columns_in
from llmfit_tui.panes.marks import UNICODE, Marks
from llmfit_tui.panes.painted import AT_CURSOR, AT_RESTING_CURSOR, Line, Painted, Span, fitted, rule

BLANK: Span = (" ", "text")
HEAD_LINES = 2
"""The rule and the column titles."""


class RowList(Painted, can_focus=True):
    """Base of the three list panes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False, id="list.up"),
        Binding("down", "move(1)", "Down", show=False, id="list.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="list.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="list.page_down"),
        Binding("home", "move(-1000000)", "First", show=False, id="list.first"),
        Binding("end", "move(1000000)", "Last", show=False, id="list.last"),
    ]
    marks: Marks = UNICODE
    least_name_width = 12
    generous_name_width = 18

    def __init__(self, name: str, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.heading = name
        self.neighbours: Sequence[str] = ()
        """Panes not on screen, by the key that shows them."""
        self.top = 0
        self.cursor = 0
        """Index into `shown`."""
        self.shown: Sequence[int] = ()
        """Indices of the rows to choose from: all, or those that pass a filter."""
        self.resting_index: int | None = None
        """The row chosen last, whether or not it is among those shown."""
        self._rows: dict[int, Line] = {}
        self._widths: list[int] = []
        self._keys: list[str] = []
        self._seen_height: int = 0

    # What a subclass says about its rows.

    def row_count(self) -> int:
        """How many rows there are, filter aside."""
        raise NotImplementedError

    def columns(self) -> Sequence[Column]:
        """The columns, the name among them as the one of width 0."""
        raise NotImplementedError

    def cell(self, index: int, column: str) -> Span:
        """One figure, by the key of its column; asked only for columns on screen."""
        raise NotImplementedError

    def cell_now(self, index: int, column: str) -> Span:
        """The figure, or what stands in its place for now."""
        return self.cell(index, column)

    def choose(self, index: int) -> None:
        """The cursor came to rest on this row."""
        raise NotImplementedError

    # The list.

    @property
    def chosen_index(self) -> int | None:
        """The row under the cursor; None where the filter leaves none."""
        return self.shown[self.cursor] if self.shown else None

    def put_cursor(self, index: int) -> None:
        """Place the cursor on a row, without choosing it."""
        self.resting_index = index
        if index in self.shown:
            self.cursor = list(self.shown).index(index)
            self.top = self.cursor - self.body_height // 2
            self.keep_in_view()

    def forget(self) -> None:
        """Every figure is stale; those on screen are made anew with the next frame."""
        self.forget_rows()
        self.repaint()

    def forget_rows(self) -> None:
        """Every figure is stale."""
        self._rows.clear()

    @property
    def in_view(self) -> Sequence[int]:
        """Indices of the rows on screen."""
        if not (self.is_on_screen and self.content_size):
            return ()
        return self.shown[self.top : self.top + self.body_height]

    def shows(self, column: str) -> bool:
        """Whether there is room for a column."""
        return column in self._keys

    def heading_line(self, width: int) -> Line:
        """The pane's name and its tally; other panes by their keys where they are off screen."""
        tone = "title" if self.has_focus else "text"
        beside = "".join(f"  {pane}" for pane in self.neighbours)
        return rule(width, self.heading, self.tallies(), tone, beside)

    def tallies(self) -> Sequence[str]:
        """How many rows there are or are shown, the longest way of saying it first."""
        total = self.row_count()
        return [f"{len(self.shown):,} of {total:,}" if len(self.shown) < total else f"{total:,}"]

    @property
    def body_height(self) -> int:
        """Rows that fit below the rule and the header."""
        return max(self.content_size.height - HEAD_LINES, 1)

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """The rule, the column titles, then the rows in view."""
        self._settle_view(height)
        columns = self._columns_in(width)
        rows = self.shown[self.top : self.top + height - HEAD_LINES]
        return [
            self.heading_line(width),
            self.header_line(width, columns),
            *(self._line(i, columns, self.top + y) for y, i in enumerate(rows)),
        ]

    def _settle_view(self, height: int) -> None:
        """Another height keeps the cursor in view, in the middle the first time."""
        if height != self._seen_height:
            if not self._seen_height:
                self.top = self.cursor - height // 2
            self._seen_height = height
            self.keep_in_view()

    def _line(self, index: int, columns: Sequence[tuple[Column, int]], position: int) -> Line:
        row = self._rows.get(index)
        if row is None:
            row = self._rows[index] = self._row_line(index, columns)
        if position != self.cursor:
            return row
        under = AT_CURSOR if self.has_focus else AT_RESTING_CURSOR
        (_, tone), *rest = row
        return ((self.marks.cursor, tone + under), *((text, tone + under) for text, tone in rest))

    def _row_line(self, index: int, columns: Sequence[tuple[Column, int]]) -> Line:
        """A row without the cursor."""
        spans: list[Span] = [(" ", "accent")]
        for column, width in columns:
            text, tone = self.cell_now(index, column.key)
            spans += (fitted(text, width, column.right), tone), BLANK
        return tuple(spans[:-1])

    def header_line(self, width: int, columns: Sequence[tuple[Column, int]]) -> Line:
        """The column titles."""
        del width
        titles = (fitted(column.title, width, column.right) for column, width in columns)
        return ((" " + " ".join(titles), "head"),)

    def _columns_in(self, width: int) -> list[tuple[Column, int]]:
        """The columns that fit with their widths; other columns than before make the rows stale."""
        fitting = columns_in(self.columns(), width, self.least_name_width, self.generous_name_width)
        keys, widths = [column.key for column, _ in fitting], [wide for _, wide in fitting]
        if keys != self._keys or widths != self._widths:
            self._keys, self._widths = keys, widths
            self._rows.clear()
        return fitting

    def keep_in_view(self) -> None:
        """Move the view as little as brings the cursor into it."""
        height = self.body_height
        if self.cursor < self.top:
            self.top = self.cursor
        elif self.cursor >= self.top + height:
            self.top = self.cursor - height + 1
        self.top = max(0, min(self.top, max(len(self.shown) - height, 0)))

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        if not self.shown:
            return
        target = max(0, min(self.cursor + rows, len(self.shown) - 1))
        if target != self.cursor:
            self.cursor = target
            self.keep_in_view()
            self.take(self.shown[target])
            self.repaint()

    def tell(self, message: Message) -> None:
        """Straight to the screen: on the way up the tree it would wait in every container."""
        self.screen.post_message(message)

    def take(self, index: int) -> None:
        """Choose a row, and remember it."""
        self.resting_index = index
        self.choose(index)

    def action_page(self, pages: int) -> None:
        """Move by a screenful."""
        self.action_move(pages * max(self.body_height - 1, 1))

    # Mouse.

    async def on_click(self, event: events.Click) -> None:
        """A click puts the cursor on a row; a second one asks where its figures come from."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        row = self.top + offset.y - HEAD_LINES
        if offset.y < HEAD_LINES:
            self.click_head(offset.y)
        elif row < len(self.shown):
            self.action_move(row - self.cursor)
            if event.chain == 2:
                await self.screen.run_action("why")

    def click_head(self, y: int) -> None:
        """A click above the rows."""

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel moves the view, not the cursor."""
        self._scroll(3)
        event.stop()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel moves the view, not the cursor."""
        self._scroll(-3)
        event.stop()

    def _scroll(self, rows: int) -> None:
        self.top = max(0, min(self.top + rows, max(len(self.shown) - self.body_height, 0)))
        self.repaint()

    # The cursor is bright and the name coloured in the pane that has the keys. No style depends on it, so
    # the two lines are painted and not, as a widget does by itself, all styles found anew and all lines sent.

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Styles stay."""

    def on_focus(self, event: events.Focus) -> None:
        """Keys come here."""
        self._focus_moved(event, events.DescendantFocus(self))

    def on_blur(self, event: events.Blur) -> None:
        """Keys go elsewhere."""
        self._focus_moved(event, events.DescendantBlur(self))

    def _focus_moved(self, event: events.Focus | events.Blur, told: Message) -> None:
        event.prevent_default()
        self.has_focus = isinstance(event, events.Focus)
        if self.parent is not None:
            self.parent.post_message(told)
        self.repaint()
