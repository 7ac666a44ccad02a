"""What every view has in common: the scenario above, its own keys below, and the way back.

A view fills the window. Keys that change the scenario work in it as in the explorer, which keeps owning
the scenario; the view follows. Escape comes back.
"""

from typing import Any, ClassVar

from textual.app import ComposeResult

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.panes.direct import frames_of
from llmfit_tui.panes.painted import Painted
from llmfit_tui.panes.summary import KeyHints, Summary
from llmfit_tui.screens.explorer_base import ExplorerBase
from llmfit_tui.screens.keys.bindings import STAYING, view_hints
from llmfit_tui.screens.modal import Above


class View(Above[None]):
    """Subclasses say what stands in the middle, and bring it up to date in `follow`."""

    AUTO_FOCUS = None
    view: ClassVar[str]

    def __init__(self, explorer: ExplorerBase) -> None:
        super().__init__()
        self.explorer = explorer
        self.body = self.make()
        self.summary = Summary(id="summary")
        self.key_hints = KeyHints(view_hints(self.view, explorer.keymap), STAYING)

    def make(self) -> Painted:
        """The pane in the middle."""
        raise NotImplementedError

    def follow(self) -> None:
        """The scenario may be another."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Summary, body, keys."""
        self.summary.scenario = self.explorer.scenario
        yield self.summary
        yield self.body
        yield self.key_hints

    @property
    def found(self) -> Estimate:
        """The present estimate; a view opens only where there is one."""
        found = self.explorer.settled()
        assert found is not None
        return found

    def say(self, text: str) -> None:
        """In place of the keys, until the next one."""
        self.key_hints.said = text

    def follow_summary(self) -> None:
        """The line above."""
        if self.explorer.scenario is not None:
            self.summary.follow(self.explorer.scenario)

    def follow_all(self) -> None:
        """Summary and body."""
        self.follow_summary()
        if self.explorer.settled() is not None:
            self.follow()

    async def action_pass_on(self, action: str) -> None:
        """A key of the explorer, pressed here."""
        await self.explorer.run_action(action)
        self.follow_all()

    def on_screen_resume(self) -> None:
        """Back from a deeper view, where the scenario may have been changed."""
        frames_of(self).catch_up()
        if self.is_attached and self.summary.scenario is not self.explorer.scenario:
            self.follow_all()

    def on_key(self, event: Any) -> None:
        """A message stays until the next key."""
        del event
        self.key_hints.said = ""
