"""A page laid out: sections in one column or in two, with a cursor on the rows that lead somewhere."""

from collections.abc import Sequence

from textual import events

from llmfit_tui.core.record import record
from llmfit_tui.format.page.page import Page, Section, Target
from llmfit_tui.messages.views import Picked
from llmfit_tui.panes.painted import Line, Span, exactly, rule
from llmfit_tui.panes.scrolled import Scrolled
from llmfit_tui.panes.sections import Laid

TWO_COLUMNS = 112
GAP, WIDEST_TABLES = 3, 64


@record
class Place:
    """Where a row that leads somewhere stands."""

    line: int
    left: int
    right: int


class PagePane(Scrolled):
    """Up and down move among the rows that lead somewhere; everything else scrolls."""

    def __init__(self, page: Page) -> None:
        super().__init__(id="body")
        self.page = page
        self.at: Target | None = None
        self._places: list[tuple[Target, Place]] = []

    def show(self, page: Page, top: bool = False) -> None:
        """Another page, or more of the same."""
        self.page = page
        if top:
            self.top, self.at = 0, None
        self.repaint()

    def move(self, rows: int) -> None:
        """To the next row that leads somewhere; to the first one in view where the cursor is out of it."""
        if not self._places:
            self.scroll(rows)
            return
        height = self.content_size.height
        seen = [i for i, (_, place) in enumerate(self._places) if 0 <= place.line - self.top < height - 1]
        here = next((i for i, (target, _) in enumerate(self._places) if target is self.at), None)
        if seen and here not in seen:
            here = seen[0 if rows > 0 else -1]
        else:
            here = max(0, min((here or 0) + rows, len(self._places) - 1))
        self.at, place = self._places[here]
        if place.line < self.top or (here == 0 and rows < 0):
            self.top = max(place.line - 2, 0)
        elif place.line >= self.top + height - 1:
            self.top = place.line - height + 2
        self.repaint()

    def all_lines(self, width: int) -> Sequence[Line]:
        """Both columns, or one below the other."""
        self._places = []
        if width < TWO_COLUMNS:
            return self._column(self.page.one, width, 0)
        right = min((width - GAP) // 2, WIDEST_TABLES)
        left = width - GAP - right
        one = self._column(self.page.left, left, 0)
        other = self._column(self.page.right, right, left + GAP)
        rows = max(len(one), len(other))
        gap: Span = (" " * GAP, "text")
        return [
            (
                *exactly(one[y] if y < len(one) else (), left),
                gap,
                *(other[y] if y < len(other) else ()),
            )
            for y in range(rows)
        ]

    def _column(self, sections: Sequence[Section], width: int, x: int) -> list[Line]:
        made: list[Line] = []
        for section in sections:
            if not section.rows:
                continue
            if made:
                made.append(())
            made.append(rule(width, section.title, (section.note,), "title"))
            alike = [one for one in sections if one.heads == section.heads and one is not section]
            laid = Laid(section, width, self.marks, alike)
            made += laid.head()
            for row in section.rows:
                if row.target is not None:
                    self._places.append((row.target, Place(len(made), x, x + width)))
                made += laid.lines(row, row.target is not None and row.target is self.at)
        return made

    def on_click(self, event: events.Click) -> None:
        """A click on a row that leads somewhere goes there."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        for number, (_, place) in enumerate(self._places):
            if place.line == offset.y + self.top and place.left <= offset.x < place.right:
                self.post_message(Picked(number))

    def target(self, number: int) -> Target | None:
        """What a row leads to, by its place among those that do; None where another page stands by now."""
        return self._places[number][0] if number < len(self._places) else None
