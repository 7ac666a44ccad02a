"""Copy a text of the scenario, or export what is on screen to a file."""

import os
from typing import ClassVar

from textual import on
from textual.binding import BindingType

from llmfit_tui.format.takeaway import takeaways
from llmfit_tui.messages.views import Picked
from llmfit_tui.panes.takeaway import TakeawayPane
from llmfit_tui.screens.clipboard import sequences
from llmfit_tui.screens.explorer_base import ExplorerBase
from llmfit_tui.screens.keys.bindings import view_bindings
from llmfit_tui.screens.view import View


class TakeawayScreen(View):
    """Enter copies the text under the cursor."""

    view = "Take away"
    BINDINGS: ClassVar[list[BindingType]] = view_bindings("Take away")
    body: TakeawayPane

    def __init__(self, explorer: ExplorerBase, opens: str) -> None:
        """`opens`: the view that the scenario line opens; empty: the lists."""
        self.opens = opens
        super().__init__(explorer)

    def make(self) -> TakeawayPane:
        """The texts of the present scenario."""
        return TakeawayPane(takeaways(self.found, self.opens))

    def follow(self) -> None:
        """Texts of another scenario."""
        self.body.show(takeaways(self.found, self.opens))

    def action_move(self, rows: int) -> None:
        """Another text."""
        self.body.move(rows)

    def action_copy(self) -> None:
        """To the clipboard of the terminal."""
        name, text = self.body.told[self.body.cursor]
        driver = self.app._driver  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType]
        if driver is not None:
            driver.write(sequences(text, os.environ))
            driver.flush()
        self.say(
            f"{name.partition(':')[0]} was sent to the clipboard; where a terminal refuses, copy it here"
        )

    async def action_export(self) -> None:
        """The list of the explorer to a file."""
        await self.explorer.run_action("export")

    @on(Picked)
    def take_picked(self, message: Picked) -> None:
        """A click on a text copies it."""
        self.body.move(message.place - self.body.cursor)
        self.action_copy()
