"""Fields in a line or two, each with a value that keys or a click change."""

from collections.abc import Sequence

from textual import events

from llmfit_tui.core.record import record
from llmfit_tui.messages.views import TabPicked
from llmfit_tui.panes.painted import AT_CURSOR, Line, Painted, Span, cells, fitted

GAP = 2


@record
class BarField:
    """A field as it is shown."""

    key: str
    """The letter that changes it."""
    name: str
    value: str
    set: bool
    """Whether it is other than usual."""


class FieldBar(Painted):
    """Fields side by side; one of them takes the arrows."""

    def __init__(self, fields: Sequence[BarField]) -> None:
        super().__init__(id="bar")
        self.fields, self.at = fields, 0
        self._spots: list[tuple[int, int, int]] = []

    def show(self, fields: Sequence[BarField], at: int) -> None:
        """Other values, or another field that takes the arrows."""
        self.fields, self.at = fields, at
        self.repaint()

    def rows(self, width: int) -> int:
        """Lines the fields take."""
        return len(self._placed(width))

    def _placed(self, width: int) -> list[list[int]]:
        """Places of the fields by line."""
        made: list[list[int]] = [[]]
        x = 1
        for place, field in enumerate(self.fields):
            size = _length(field)
            if made[-1] and x + size > width:
                made.append([])
                x = 1
            made[-1].append(place)
            x += size + GAP
        return made

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """Name and value of each."""
        del height
        self._spots = []
        made: list[Line] = []
        for y, places in enumerate(self._placed(width)):
            spans: list[Span] = [(" ", "text")]
            x = 1
            for place in places:
                field = self.fields[place]
                under = AT_CURSOR if place == self.at else ""
                size = _length(field)
                self._spots.append((y, x, x + size))
                before, letter, after = field.name.partition(field.key)
                letters = ((before, f"dim{under}"), (letter, f"key{under}"), (after, f"dim{under}"))
                tone = "bold" if field.set else "text"
                value = fitted(
                    field.value, min(cells(field.value), max(width - x - cells(field.name) - 2, 1))
                )
                spans += [*letters, (f" {value}", f"{tone}{under}"), (" " * GAP, "text")]
                x += size + GAP
            made.append(tuple(span for span in spans if span[0]))
        return made

    def on_click(self, event: events.Click) -> None:
        """A click takes the next value of a field."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        for place, (y, start, end) in enumerate(self._spots):
            if y == offset.y and start <= offset.x < end:
                self.post_message(TabPicked(place))


def _length(field: BarField) -> int:
    return cells(field.name) + 1 + cells(field.value)
