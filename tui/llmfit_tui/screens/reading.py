"""Forms that read in the background: progress in words, Escape gives up, nothing typed is lost."""

import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

from textual import on
from textual.widgets import Static

from llmfit_tui.core.errors import LlmfitError, printable
from llmfit_tui.messages.models import Read, Reading
from llmfit_tui.screens.form import Form

Answer = TypeVar("Answer")
Tell = Callable[[str], None]


class GivenUp(Exception):
    """Nobody waits for this reading any more."""


class ReadingForm(Form[Answer]):
    """Has a line `#said`; one reading at a time."""

    _reading: threading.Event | None = None
    """Set when the reading is given up; None where none is under way."""

    def read(self, ask: Callable[[Tell], object]) -> None:
        """Ask in a thread that leaving does not wait for; `taken` gets what it returns."""
        stop = self._reading = threading.Event()

        def tell(said: str) -> None:
            if stop.is_set():
                raise GivenUp
            if said:
                self.post_message(Reading(stop, said))

        def run() -> None:
            # The form may have closed meanwhile.
            with contextlib.suppress(GivenUp, RuntimeError):
                try:
                    found = ask(tell)
                except LlmfitError as problem:
                    self.post_message(Read(stop, None, str(problem)))
                else:
                    self.post_message(Read(stop, found))

        self.say("reading ...  Escape gives it up")
        threading.Thread(target=run, daemon=True).start()

    def give_up(self) -> bool:
        """Stop a reading; whether one was under way."""
        if self._reading is None:
            return False
        self._reading.set()
        self._reading = None
        self.say("given up")
        return True

    def taken(self, found: object) -> None:
        """What was read."""
        raise NotImplementedError

    def say(self, text: str, wrong: bool = False) -> None:
        """Say something in the form."""
        said = self.query_one("#said", Static)
        said.set_class(wrong, "wrong")
        said.update(("✗ " if wrong else "") + printable(text))

    @on(Reading)
    def tell_progress(self, message: Reading) -> None:
        """How far it is."""
        if message.reading is self._reading:
            self.say(f"{message.said}  Escape gives it up")

    @on(Read)
    def take_read(self, message: Read) -> None:
        """It ended."""
        if message.reading is not self._reading:
            return
        self._reading = None
        if message.found is None:
            self.say(message.problem, wrong=True)
        else:
            self.taken(message.found)
