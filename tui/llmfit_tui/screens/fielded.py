"""Views with a line of fields above what they show; one of the fields takes left and right."""

from collections.abc import Iterable

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget

from llmfit_tui.messages.views import TabPicked
from llmfit_tui.panes.fieldbar import FieldBar
from llmfit_tui.screens.growing import Growing


class Fielded(Growing):
    """Subclasses make the bar before anything else, and say what another value of a field means."""

    bar: FieldBar
    field = 0
    """Which one takes the arrows."""

    def compose(self) -> ComposeResult:
        """Summary, fields, what is shown, keys."""
        parts: Iterable[Widget] = super().compose()
        summary, body, hints = parts
        yield summary
        yield self.bar
        yield body
        yield hints

    def action_field(self, steps: int) -> None:
        """Another field takes left and right."""
        self.field = (self.field + steps) % len(self.bar.fields)
        self.bar.show(self.bar.fields, self.field)

    def action_change(self, steps: int) -> None:
        """Another value of the field that takes them."""
        raise NotImplementedError

    def action_step(self, field: int) -> None:
        """The next value of a field, by its letter."""
        self.field = field
        self.action_change(1)

    @on(TabPicked)
    def take_tab(self, message: TabPicked) -> None:
        """A click on a field."""
        self.action_step(message.place)
