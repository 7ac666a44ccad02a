"""Frames laid over each other, cell by cell, while none of them can be sent."""

from collections.abc import Iterator

from rich.cells import get_character_cell_size

Cell = tuple[str, str]
"""What a cell shows, and its style. The second half of a wide letter shows an empty text."""
BLANK = " "


class Overlay:
    """Cells that wait, by row and column."""

    def __init__(self) -> None:
        self._rows: dict[int, dict[int, Cell]] = {}

    def __bool__(self) -> bool:
        return bool(self._rows)

    def lay(self, x: int, y: int, text: str, style: str) -> int:
        """Put a text over what is there; returns the column behind it."""
        row = self._rows.setdefault(y, {})
        start = x
        for letter in text:
            width = 1 if letter.isascii() else get_character_cell_size(letter)
            if width == 0:  # a mark on the letter before it
                if start in row:
                    row[start] = (row[start][0] + letter, style)
                continue
            start = x
            for _ in range(width):
                _part_wide_letter(row, x)
                row[x] = (letter if x == start else "", style)
                x += 1
        return x

    def runs(self) -> Iterator[tuple[int, int, str, str]]:
        """Column, row, text and style of what is there, and nothing waits any more."""
        rows, self._rows = self._rows, {}
        for y, row in sorted(rows.items()):
            start = end = -1
            text, style = "", ""
            for x, (letter, its) in sorted(row.items()):
                if x != end or its != style:
                    if text:
                        yield start, y, text, style
                    start, text, style = x, "", its
                text += letter
                end = x + 1
            if text:
                yield start, y, text, style


def _part_wide_letter(row: dict[int, Cell], x: int) -> None:
    """Half of a wide letter goes at this column: nothing is left of the other half."""
    here = row.get(x)
    if here is None:
        return
    if not here[0] and x - 1 in row:
        row[x - 1] = (BLANK, row[x - 1][1])
    after = row.get(x + 1)
    if here[0] and after is not None and not after[0]:
        row[x + 1] = (BLANK, after[1])
