"""The rows of a section as lines: text wrapped, facts and answers beside their names, tables in columns."""

from collections.abc import Sequence
from textwrap import wrap

from llmfit_tui.core.errors import printable
from llmfit_tui.format.page.page import Row, Section, Shape
from llmfit_tui.panes.marks import Marks
from llmfit_tui.panes.painted import AT_CURSOR, Line, Span, cells, fitted

MEASURE = 110
"""Columns beyond which sentences are hard to read."""
NAME, QUESTION = 14, 29
BESIDE = 76
"""Columns from which an answer stands beside its question."""
LEAST_NAME = 14
"""Columns that a name in a table keeps, whatever is left out for it."""


class Laid:
    """One section at a width."""

    def __init__(self, section: Section, width: int, marks: Marks, alike: Sequence[Section] = ()) -> None:
        """`alike`: tables above and below with the same titles, whose columns stand in line with its own."""
        self.section, self.marks, self.alike = section, marks, alike
        self.width = width if section.shape is Shape.TABLE else min(width, MEASURE)
        self._widths = self._columns() if section.shape is Shape.TABLE else []

    def head(self) -> list[Line]:
        """Titles of the columns."""
        titles = self.section.heads[: len(self._widths)]
        return [(("   ", "text"), *self._cells(titles, "head", "head"))] if titles else []

    def lines(self, row: Row, here: bool) -> list[Line]:
        """One row; `here`: the cursor is on it."""
        match self.section.shape:
            case Shape.TEXT:
                return [((f" {line}", "text"),) for line in self._wrapped(row.cells[0], self.width - 2)]
            case Shape.FACTS:
                return self._beside(row, NAME, "dim")
            case Shape.ANSWERS:
                if self.width >= BESIDE:
                    return self._beside(row, QUESTION, "bold")
                below = self._wrapped(row.cells[1], self.width - 4)
                return [((f" {row.cells[0]}", "bold"),), *(((f"   {line}", "text"),) for line in below)]
            case Shape.TABLE:
                return [self._table_row(row, here)]

    def _beside(self, row: Row, name: int, tone: str) -> list[Line]:
        lines = self._wrapped(row.cells[1], self.width - name - 3)
        return [
            ((f" {fitted(row.cells[0] if not y else '', name)} ", tone), (line, "text"))
            for y, line in enumerate(lines)
        ]

    def _wrapped(self, text: str, width: int) -> list[str]:
        return wrap(printable(text), max(width, 10)) or [""]

    def _columns(self) -> list[int]:
        """Widths of as many columns as there is room for."""
        tables = (self.section, *self.alike)
        table = [self.section.heads, *(row.cells for section in tables for row in section.rows)]
        widths = [max(cells(row[i]) for row in table) for i in range(len(self.section.heads))]
        flexible = self.section.names - 1
        while len(widths) > self.section.names + 1 and self._room(widths) < min(widths[flexible], LEAST_NAME):
            widths.pop()
        widths[flexible] = max(min(widths[flexible], self._room(widths)), 1)
        return widths

    def _room(self, widths: Sequence[int]) -> int:
        """What is left for the column of names."""
        flexible = self.section.names - 1
        return self.width - 3 - sum(size + 2 for i, size in enumerate(widths) if i != flexible) - 2

    def _table_row(self, row: Row, here: bool) -> Line:
        under = AT_CURSOR if here else ""
        sign, tone = " ", "text"
        if row.level is not None:
            sign, tone = self.marks.levels[row.level], f"level-{row.level}" if row.level else "dim"
        plain = "bold" if row.here else "dim" if row.level == 0 else "text"
        spans: list[Span] = [
            (self.marks.cursor if here or row.here else " ", f"accent{under}"),
            (sign, tone + under),
            (" ", f"text{under}"),
        ]
        return (*spans, *self._cells(row.cells, plain, "dim", under))

    def _cells(self, texts: Sequence[str], tone: str, word: str, under: str = "") -> list[Span]:
        """`word`: the tone of the columns before the name."""
        names = self.section.names
        return [
            (
                fitted(text, size, right=i >= names) + "  ",
                f"{word if i < names - 1 else tone}{under}",
            )
            for i, (text, size) in enumerate(zip(texts, self._widths, strict=False))
        ]
