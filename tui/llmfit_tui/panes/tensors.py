"""What a quantization of a model is made of: a line for each name of tensor."""

from collections.abc import Sequence
from textwrap import wrap

from textual.geometry import Size

from llmfit_tui.format.tensors import TensorDetail, TensorRow
from llmfit_tui.panes.painted import Line, Painted, fitted

ROOM_FOR_REASONS = 106
"""Columns from which the reason stands on the line itself, not below it."""
NAMES, WIDE_NAMES, SIZES = 24, 40, 9


class TensorTable(Painted):
    """The sizes in words, then the tensors; scrolls where they do not fit."""

    top = 0

    def __init__(self, detail: TensorDetail) -> None:
        super().__init__(id="tensors")
        self.detail = detail

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are; the frame stops at the window."""
        del container, viewport
        return len(self._all(width))

    def show(self, detail: TensorDetail) -> None:
        """Another detail, from its first line."""
        self.detail, self.top = detail, 0
        self.refresh(layout=True)
        self.repaint()

    def scroll(self, rows: int) -> None:
        """Move the view, where not all of it fits."""
        width, height = self.content_size
        most = max(len(self._all(width)) - height, 0)
        self.top = max(0, min(self.top + rows, most))
        self.repaint()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """As much as fits, from the line scrolled to."""
        return self._all(width)[self.top : self.top + height]

    def _all(self, width: int) -> list[Line]:
        made: list[Line] = []
        for i, text in enumerate(self.detail.about):
            parts = wrap(text, max(width - 2, 20), subsequent_indent="  ")
            made += [((part, "bold" if i == 0 else "text"),) for part in parts]
        if not self.detail.tensors:
            return made
        wide = width >= ROOM_FOR_REASONS
        names = min(max(len(row.name) for row in self.detail.tensors), WIDE_NAMES if wide else NAMES)
        types = min(max(len(row.types) for row in self.detail.tensors), width - names - SIZES - 3)
        made += [(), _heads(names, types, wide)]
        for row in self.detail.tensors:
            made += _row(row, names, types, width)
        return made


def _heads(names: int, types: int, wide: bool) -> Line:
    titles = f"{fitted('tensor', names)} {fitted('type', types)} {fitted('MB', SIZES, right=True)}"
    return ((f"{titles}  {'why' if wide else ''}".rstrip(), "head"),)


def _row(row: TensorRow, names: int, types: int, width: int) -> list[Line]:
    size = fitted(f"{row.bytes / 1e6:,.1f}", SIZES, right=True)
    line: Line = (
        (f"{fitted(row.name, names)} ", "text"),
        (fitted(row.types, types), "bold"),
        (f" {size}", "text"),
    )
    if not row.why:
        return [line]
    wide = width >= ROOM_FOR_REASONS
    indent = names + types + SIZES + 4 if wide else 4
    reasons = wrap(row.why, max(width - indent, 20))
    if not wide:
        return [line, *(((" " * indent + part, "dim"),) for part in reasons)]
    first, *rest = reasons
    return [(*line, (f"  {first}", "dim")), *(((" " * indent + part, "dim"),) for part in rest)]
