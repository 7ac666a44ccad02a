"""What all screens above the explorer are: left once, however often and fast somebody asks for it."""

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen, ScreenResultType


class Above(Screen[ScreenResultType]):
    """A screen above another."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Leave it. A second click or Escape on its way would take away the screen below as well."""
        return super().dismiss(result) if self.is_active else AwaitComplete()


class Modal(Above[ScreenResultType], ModalScreen[ScreenResultType]):
    """A screen through which the one below is seen."""
