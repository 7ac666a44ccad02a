"""The machine the program runs on was looked at, in the background."""

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    # Reading what tools print is loaded where it is done, not at the start.
    from llmfit_tui.core.seen.detected import Detected
    from llmfit_tui.core.seen.free import Usage


class MachineSeen(Message):
    """What the machine is made of."""

    def __init__(self, found: "Detected") -> None:
        super().__init__()
        self.found = found


class FreeSeen(Message):
    """What of its memory is in use now."""

    def __init__(self, usage: "Usage") -> None:
        super().__init__()
        self.usage = usage

    def can_replace(self, message: Message) -> bool:
        """Only the newest matters."""
        return isinstance(message, FreeSeen)
