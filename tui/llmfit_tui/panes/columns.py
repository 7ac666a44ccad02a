"""Columns of a list, and which of them fit in a width."""

from collections.abc import Sequence
from dataclasses import replace

from llmfit_tui.core.record import record


@record
class Column:
    """A column: `width` cells, or what is left where it is 0. The highest `drop` goes first when narrow."""

    key: str
    title: str
    width: int
    right: bool = True
    drop: int = 0
    full_title: str = ""
    """Used, with a column as wide, where the pane has room for it."""

    def generous(self) -> "Column":
        """With its full title."""
        if not self.full_title:
            return self
        return replace(self, title=self.full_title, width=max(self.width, len(self.full_title)))


def columns_in(columns: Sequence[Column], width: int, least: int, generous: int) -> list[tuple[Column, int]]:
    """The columns that fit with their widths, the name taking what is left.

    Full titles where the name keeps `generous` cells; columns dropped until it has `least`.
    """
    full = [column.generous() for column in columns]
    kept = full if _left(full, width) >= generous else list(columns)
    while _left(kept, width) < least and any(column.drop for column in kept):
        kept.remove(max(kept, key=lambda column: column.drop))
    left = max(_left(kept, width), 1)
    return [(column, column.width or left) for column in kept]


def _left(columns: Sequence[Column], width: int) -> int:
    """Cells left for the name, with the cursor's column and the blanks between."""
    return width - sum(column.width + 1 for column in columns)
