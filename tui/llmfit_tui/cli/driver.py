"""What Textual's driver for Unix leaves to the program.

Signals end the program as if it had been left, so that the terminal is restored and the exit code is the
one shells expect. A terminal that is gone ends it too. Where the locale is not UTF-8, every glyph is ASCII.
Only cells that changed are sent.
"""

import os
import select
import signal
import termios
from collections.abc import Iterator
from contextlib import suppress
from threading import Timer
from types import FrameType
from typing import Any

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key
from textual.message import Message
from textual.messages import InBandWindowResize

from llmfit_tui.cli.glyphs import ascii_only, in_ascii
from llmfit_tui.cli.thinline import ThinLine

ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
HANGUP_CODE = 128 + signal.SIGHUP
PATIENCE_S = 2.0
"""For leaving in good order; after that the terminal is restored by hand and the program ends."""
RESTORE = b"\x1b[0m\x1b[?1000l\x1b[?1006l\x1b[?2004l\x1b[?7h\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
READ_BYTES = 4096
TICK_MS = 100
"""How long an escape may wait for the rest of its sequence."""


class TerminalDriver(LinuxDriver):
    """Textual's driver, with an orderly end for every way a session ends."""

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **options)  # pyright: ignore[reportUnknownMemberType]
        self._leaving: Timer | None = None
        self._ascii = ascii_only(os.environ)
        self._thin = ThinLine()
        self._moved = True
        """The screen may be another than the last frame: set in signal handlers, heeded at the next write."""
        for number in ENDING:
            signal.signal(number, self._on_signal)

    def write(self, data: str) -> None:
        """To the terminal, in letters it can show."""
        if self._ascii and not data.isascii():
            data = in_ascii(data)
        if self._moved:
            self._moved = False
            self._thin.forget()
        thin = self._thin.thin(data)
        if thin:
            super().write(thin)

    def start_application_mode(self) -> None:
        """At the start, and back from the shell: nothing of the screen is known."""
        self._moved = True
        super().start_application_mode()

    def _get_terminal_size(self) -> tuple[int, int]:
        # Asked for at the start and at every change, which makes terminals move what they show.
        self._moved = True
        return super()._get_terminal_size()

    def process_message(self, message: Message) -> None:
        """A change of size the terminal tells by itself; and Ctrl-L, which asks for everything anew."""
        if isinstance(message, InBandWindowResize) or (isinstance(message, Key) and message.key == "ctrl+l"):
            self._moved = True
        super().process_message(message)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del frame
        self._leave(128 + number)

    def _leave(self, code: int) -> None:
        """End the app; by force where it does not, or where it is asked a second time."""
        if self._leaving is not None:
            if code != HANGUP_CODE:
                self._end(code)
            return
        self._leaving = Timer(PATIENCE_S, self._end, (code,))
        self._leaving.daemon = True
        self._leaving.start()
        self._loop.call_soon_threadsafe(lambda: self._app.exit(return_code=code))

    def _end(self, code: int) -> None:
        with suppress(OSError, termios.error):
            if self.attrs_before is not None:
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
            if self._file is not None and select.select([], [self._file], [], 0)[1]:
                os.write(self._file.fileno(), RESTORE)
        os._exit(code)

    def _enable_mouse_support(self) -> None:
        """Clicks and the wheel alone: nothing follows the pointer, and its moves are bytes on the line."""
        if self._mouse:
            self.write("\x1b[?1000h\x1b[?1006h")
            self.flush()

    def _enable_mouse_pixels(self) -> None:
        """Cells are enough."""

    def run_input_thread(self) -> None:
        """Read keys until the app ends, or the terminal does."""
        parser = XTermParser(self._debug)
        for chunk in self._chunks():
            for event in parser.feed(chunk) if chunk else parser.tick():
                self.process_message(event)

    def _chunks(self) -> Iterator[str]:
        """What is typed as it comes, and an empty text whenever nothing did."""
        from codecs import getincrementaldecoder

        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        poll = select.poll()
        poll.register(self.fileno, select.POLLIN)
        while not self.exit_event.is_set():
            ready = poll.poll(TICK_MS)
            if ready and not ready[0][1] & select.POLLIN:
                self._leave(HANGUP_CODE)
                return
            if ready:
                try:
                    read = os.read(self.fileno, READ_BYTES)
                except OSError:
                    read = b""
                if not read:
                    self._leave(HANGUP_CODE)
                    return
                yield decode(read)
            yield ""
