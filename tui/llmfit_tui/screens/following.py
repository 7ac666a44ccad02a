"""The panes follow the scenario: the cursor and the estimate in the first frame, rows in those after it.

Rows of other lists take some fifty estimates. They are made a few at a time, each lot as a message of its
own, so that a key that comes meanwhile goes first and ends the work for the scenario it leaves. A list shows
the rows it had until all those in view are made, and then changes at once.

The very first frame waits for no estimate: it has names, sizes and what is known of the model, and figures
come with the next one, in their places. What estimates take is loaded in between.
"""

from collections.abc import Iterator

from llmfit_tui.core.scenario import Scenario
from llmfit_tui.panes.direct import frames_of, is_seen
from llmfit_tui.screens.resting import Resting

AT_ONCE = 1
"""Estimates of rows made before the first frame: where all are known, they are part of it."""
A_LOT = 12
"""Estimates of rows made before another key gets its turn."""


class Following(Resting):
    """Lists rest while a view covers them."""

    is_opening: bool = True
    """Whether the first frame is still to come."""
    _rows: Iterator[None] | None = None
    """What is left to make."""

    def watch_scenario(self, scenario: Scenario | None) -> None:
        """Everything on screen follows."""
        if scenario is None:
            return
        self.summary.follow(scenario)
        for pane in self.panes:
            pane.follow(scenario)
        if self.is_opening:
            self.panel.announce(scenario.model)
            return
        self.answer(scenario)
        self._make_rows()

    def begin(self) -> None:
        """The first frame stands: figures, from now on."""
        self.estimates.make_room = self.make_room
        self.is_opening = False
        for pane in self.panes:
            pane.begin()
        if self.scenario is not None:
            self.answer(self.scenario)
        self._make_rows()

    @property
    def makes_rows(self) -> bool:
        """Whether a list still shows rows of an earlier scenario, or none with figures."""
        return self.is_opening or self._rows is not None

    def on_screen_resume(self) -> None:
        """What rested is caught up with."""
        if self.is_opening:
            return
        self._make_rows()
        frames_of(self).catch_up()
        self.rest_later()

    def _make_rows(self) -> None:
        self._rows = self._rows_in_view() if is_seen(self) else None
        self._go_on(self._rows, AT_ONCE)

    def _rows_in_view(self) -> Iterator[None]:
        """The list that has the keys first."""
        for pane in (self.in_front, *self.panes):
            if pane.behind:
                yield from pane.work()
                pane.repaint()

    def _go_on(self, rows: Iterator[None] | None, most: int = A_LOT) -> None:
        if rows is None or rows is not self._rows:
            return  # another scenario since
        enough = self.estimates.made + most
        while self.estimates.made < enough:
            if next(rows, rows) is rows:
                self._rows = None
                return
        self.call_later(self._go_on, rows)
