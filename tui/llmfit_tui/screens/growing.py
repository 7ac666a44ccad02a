"""Views that take longer to work out than a key may: a first picture at once, the rest frame by frame."""

from collections.abc import Iterator
from typing import ClassVar

from llmfit_tui.screens.view import View


class Growing(View):
    """Subclasses begin work, and show what there is of it in `show_more`."""

    shown_every: ClassVar[int] = 1
    """Steps of work after which it is painted anew."""
    _work: Iterator[None] = iter(())

    def begin(self, work: Iterator[None]) -> None:
        """Other work in place of what is left; its first step is made at once."""
        self._work = work
        next(work, None)

    def on_mount(self) -> None:
        """The rest, once the first picture stands."""
        self.go_on()

    def go_on(self) -> None:
        """The next step after the next frame, so that a key may come in between."""
        self.call_after_refresh(self._step, self._work, 1)

    def show_more(self) -> None:
        """Paint what is worked out by now."""
        raise NotImplementedError

    def _step(self, work: Iterator[None], number: int) -> None:
        if work is not self._work or not self.is_attached:
            return  # other work was begun since
        ended = next(work, self) is self
        self.explorer.make_room()
        steps = number - 1 if ended else number
        if (steps % self.shown_every != 0) is ended:
            self.show_more()
        if not ended:
            self.call_after_refresh(self._step, work, number + 1)
