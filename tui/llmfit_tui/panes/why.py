"""Every figure of an estimate on the left, and on the right where the one under the cursor comes from."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from rich.cells import cell_len
from textual import events

from llmfit_tui.format.why.figures import Derivation
from llmfit_tui.format.why.rows import Row
from llmfit_tui.messages.views import Picked
from llmfit_tui.panes.painted import AT_CURSOR, Line, fitted, rule
from llmfit_tui.panes.scrolled import Scrolled

NARROW = 74
"""Columns below which the figures are named without their values."""
ONE_LINE = 80
"""Columns of a derivation from which a term's working stands on its own line."""
VALUE = 11
MOST_NAME = 44
MOST_WIDE = 104
"""An eye that has to find the value at the end of a line goes no further."""


class WhyPane(Scrolled):
    """Up and down choose a figure; the derivation scrolls where it is long."""

    def __init__(self, told: Sequence[Derivation], chosen: str) -> None:
        super().__init__(id="body")
        self.told = told
        self.chosen = chosen

    @property
    def place(self) -> int:
        """Of the chosen figure; the first where an estimate has no such figure."""
        return next((i for i, one in enumerate(self.told) if one.key == self.chosen), 0)

    def show(self, told: Sequence[Derivation]) -> None:
        """Another estimate; the cursor stays on its figure."""
        self.told = told
        self.repaint()

    def choose(self, place: int) -> None:
        """Another figure."""
        self.chosen = self.told[max(0, min(place, len(self.told) - 1))].key
        self.top = 0
        self.repaint()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """Figures, and the derivation beside them."""
        left = 16 if width < NARROW else 28
        one = self.told[self.place]
        right = min(width - left - 4, MOST_WIDE)
        inner = list(super().lines(right, height - 1))
        head = rule(right + 2, f"{one.name}: {one.figure}", (), "title")
        made: list[Line] = [(*rule(left, "Figures", (), "text"), ("  ", "text"), *head)]
        names = [self._figure(i, left) for i in range(len(self.told))]
        for y in range(max(len(inner), min(len(names), height - 1))):
            beside = names[y] if y < len(names) else ((" " * left, "text"),)
            made.append((*beside, ("   ", "text"), *(inner[y] if y < len(inner) else ())))
        return made

    def _figure(self, place: int, width: int) -> Line:
        one, here = self.told[place], place == self.place
        under = AT_CURSOR if here else ""
        cursor = self.marks.cursor if here else " "
        if width < 20:
            return ((cursor, f"accent{under}"), (fitted(one.name, width - 1), f"text{under}"))
        value = fitted(one.figure, VALUE, right=True)
        name = fitted(one.name, width - VALUE - 2)
        return (cursor, f"accent{under}"), (f"{name} ", f"dim{under}"), (value, f"text{under}")

    def all_lines(self, width: int) -> Sequence[Line]:
        """The derivation of the chosen figure."""
        rows = self.told[self.place].rows
        widest = max((cell_len(row.name) for row in rows if row.kind in {"term", "total"}), default=0)
        name = min(widest, MOST_NAME, width - VALUE - 1)
        apart = width >= ONE_LINE and not any(_is_long(row, width - name - VALUE - 4) for row in rows)
        return [line for row in rows for line in _row(row, width, name if apart else 0)]

    def on_click(self, event: events.Click) -> None:
        """A click on a figure chooses it."""
        offset = event.get_content_offset(self)
        left = 16 if self.content_size.width < NARROW else 28
        if offset is not None and offset.x < left and 0 < offset.y <= len(self.told):
            self.post_message(Picked(offset.y - 1))


def _is_long(row: Row, width: int) -> bool:
    return row.kind == "term" and cell_len(row.working) > width


def _row(row: Row, width: int, name: int) -> Iterator[Line]:
    """A row of a derivation; `name`: the cells of a name where the working stands beside it, else 0."""
    match row.kind:
        case "note":
            yield from (((part, "dim"),) for part in wrap(row.name, width) or [""])
        case "head":
            yield ((f"{row.name}  ", "bold"), (row.value, "dim"))
        case _:
            total = row.kind == "total"
            tone, mark = ("bold", "= ") if total else ("text", "  ")
            value = (fitted(row.value, VALUE, right=True), tone)
            if name:
                room = width - name - VALUE - 4
                yield (
                    (f"{mark}{fitted(row.name, name)} ", tone),
                    (f"{fitted(row.working, room)} ", "dim"),
                    value,
                )
                return
            yield (f"{mark}{fitted(row.name, width - VALUE - 3)} ", tone), value
            for part in wrap(row.working, max(width - 4, 10)):
                yield ((f"    {part}", "dim"),)
