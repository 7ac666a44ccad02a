"""A grid of cells to draw on: glyphs, words where there is room, and lines in braille dots.

Dots are two by four in a cell. Where the locale is not UTF-8, the terminal driver writes the letter that
looks most like them.
"""

import math

from llmfit_tui.panes.painted import Line

BRAILLE = 0x2800
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Bits by row and column of a dot."""
ACROSS, DOWN = 2, 4
"""Dots of a cell."""


class Canvas:
    """Cells from the top left; what lies outside is not drawn."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._glyphs = [[" "] * width for _ in range(height)]
        self._tones = [["text"] * width for _ in range(height)]
        self._taken: set[tuple[int, int]] = set()
        """Cells no word may cover."""

    def put(self, x: int, y: int, glyph: str, tone: str, taken: bool = True) -> None:
        """A glyph in a cell."""
        if 0 <= x < self.width and 0 <= y < self.height:
            self._glyphs[y][x], self._tones[y][x] = glyph, tone
            if taken:
                self._taken.add((x, y))

    def is_free(self, x: int, y: int) -> bool:
        """Whether a word may stand there."""
        return 0 <= x < self.width and 0 <= y < self.height and (x, y) not in self._taken

    def word(self, x: int, y: int, text: str, tone: str, force: bool = False) -> bool:
        """A word, where all its cells are free."""
        if x < 0 or x + len(text) > self.width:
            return False
        if not force and not all(self.is_free(x + i, y) for i in range(len(text))):
            return False
        for i, letter in enumerate(text):
            self.put(x + i, y, letter, tone)
        return True

    def line(self, start: tuple[float, float], end: tuple[float, float], tone: str) -> None:
        """A line of dots between two places, each from 0 to 1 across and from the bottom up."""
        (x0, y0), (x1, y1) = self._dot(*start), self._dot(*end)
        steps = max(abs(x1 - x0), abs(y1 - y0), 1)
        for step in range(steps + 1):
            self._add(x0 + round((x1 - x0) * step / steps), y0 + round((y1 - y0) * step / steps), tone)

    def _dot(self, x: float, y: float) -> tuple[int, int]:
        return _place(x, self.width * ACROSS), self.height * DOWN - 1 - _place(y, self.height * DOWN)

    def _add(self, x: int, y: int, tone: str) -> None:
        column, row = x // ACROSS, y // DOWN
        if not (0 <= column < self.width and 0 <= row < self.height):
            return
        before = ord(self._glyphs[row][column])
        bits = before - BRAILLE if BRAILLE <= before < BRAILLE + 256 else 0
        self.put(column, row, chr(BRAILLE + (bits | DOTS[y % DOWN][x % ACROSS])), tone)

    def column(self, x: float) -> int:
        """The cell a share of the width lies in."""
        return _place(x, self.width)

    def row(self, y: float) -> int:
        """The cell a share of the height lies in, from the bottom up."""
        return self.height - 1 - _place(y, self.height)

    def lay_under(self, x: int, ground: str) -> None:
        """A ground under a whole column."""
        for row in self._tones:
            if 0 <= x < self.width and "@" not in row[x]:
                row[x] += ground

    def lines(self) -> list[Line]:
        """The cells, each a span of its own, so that a cell that changes is sent alone."""
        return [tuple(zip(*row, strict=True)) for row in zip(self._glyphs, self._tones, strict=True)]


def _place(share: float, cells: int) -> int:
    """The cell a share from 0 to 1 lies in; what lies outside is in the outermost."""
    return max(0, min(math.floor(share * cells), cells - 1))
