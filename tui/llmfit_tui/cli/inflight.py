"""How far the terminal lags behind: frames on their way to it, counted by what it answers.

A slow line fills up with frames that are out of date when they arrive. After every frame the terminal is
asked for its status (DSR, `ESC [ 5 n`), which all that are worth the name answer once they got that far.
While two answers are missing the next frame waits, and only the last one of those that waited is sent.
The first frame is asked for in any case: how long its answer takes says whether the line is slow.
"""

import time
from collections import deque
from collections.abc import Callable
from threading import Condition

QUESTION = "\x1b[5n"
MOST = 2
"""Frames on their way at the same time."""
SLOW_S = 0.15
"""An answer later than this means a slow line."""
LOST_S = 5.0
"""An answer later than this will not come; a screen full of colours takes 3 s at 64 kbit/s."""


class InFlight:
    """Frames that the terminal has not acknowledged. Used from the writing and from the reading thread."""

    def __init__(self, wanted: bool | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._wanted = wanted
        """None: where the line turns out to be slow."""
        self._clock = clock
        self._asked: deque[float] = deque()
        self._changed = Condition()
        self.on = False
        """Whether every frame is asked for. Only once a first answer came: some terminals never answer."""
        self._tried = wanted is False

    @property
    def full(self) -> bool:
        """Whether the next frame has to wait."""
        return self.on and len(self._asked) >= MOST

    def question(self) -> str:
        """What to send behind a frame."""
        if self._tried and not self.on:
            return ""
        self._tried = True
        with self._changed:
            self._asked.append(self._clock())
        return QUESTION

    @property
    def expects(self) -> bool:
        """Whether an answer is on its way."""
        return bool(self._asked)

    def answered(self) -> None:
        """An answer came: the oldest frame is on screen."""
        with self._changed:
            if not self._asked:
                return
            took = self._clock() - self._asked.popleft()
            if not self.on:
                self.on = self._wanted or took > SLOW_S
            self._changed.notify_all()

    def gave_up(self) -> bool:
        """Whether an answer just got lost: from now on nothing waits for any."""
        with self._changed:
            lost = bool(self._asked) and self._clock() - self._asked[0] > LOST_S
            if lost:
                self._asked.clear()
                self.on = False
                self._changed.notify_all()
        return lost

    def wait(self, seconds: float) -> None:
        """Wait for all answers, so that none of them reaches the shell."""
        with self._changed:
            self._changed.wait_for(lambda: not self._asked, seconds)
