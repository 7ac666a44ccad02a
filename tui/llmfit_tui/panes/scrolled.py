"""Lines that may be more than fit: the part in view, moved by keys and by the wheel."""

from collections.abc import Sequence

from textual import events

from llmfit_tui.panes.marks import UNICODE, Marks
from llmfit_tui.panes.painted import Line, Painted


class Scrolled(Painted):
    """Base of panes that say all their lines and show those in view."""

    marks: Marks = UNICODE

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.top = 0

    def all_lines(self, width: int) -> Sequence[Line]:
        """Every line, whether or not it fits."""
        raise NotImplementedError

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """As much as fits, from the line scrolled to."""
        made = self.all_lines(width)
        self.top = max(0, min(self.top, len(made) - height))
        shown = list(made[self.top : self.top + height])
        if self.top + height < len(made):
            shown[-1] = ((f"{self.marks.more} {len(made) - self.top - height + 1} more lines", "dim"),)
        return shown

    def scroll(self, rows: int) -> None:
        """Move the view, where not all of it fits."""
        self.top = max(self.top + rows, 0)
        self.repaint()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel looks on."""
        self.scroll(3)
        event.stop()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel looks back."""
        self.scroll(-3)
        event.stop()
