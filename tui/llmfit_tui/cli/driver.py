"""What Textual's driver for Unix leaves to the program.

Signals end the program as if it had been left, so that the terminal is restored and the exit code is the
one shells expect. A terminal that is gone ends it too. Where the locale is not UTF-8, every glyph is ASCII.
Only cells that changed are sent, and over a slow line no frame that would be out of date when it arrives.
Whatever comes from the terminal, it ends neither the program nor the reading of keys.
"""

import os
import select
import signal
import sys
import termios
from codecs import getincrementaldecoder
from collections.abc import Iterator
from contextlib import suppress
from threading import Timer
from types import FrameType
from typing import Any, ClassVar

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key, Paste, Resize
from textual.message import Message
from textual.messages import InBandWindowResize

from llmfit_tui.cli.glyphs import ascii_only, in_ascii
from llmfit_tui.cli.inflight import InFlight
from llmfit_tui.cli.terminal import MOST_SIZE
from llmfit_tui.cli.thinline import MOST, ThinLine
from llmfit_tui.cli.typed import Answered, Item, Pasted, Typed

ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
HANGUP_CODE = 128 + signal.SIGHUP
PATIENCE_S = 2.0
"""For leaving in good order; after that the terminal is restored by hand and the program ends."""
RESTORE = b"\x1b[0m\x1b[?1000l\x1b[?1006l\x1b[?2004l\x1b[?7h\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
FAREWELL_S = 0.5
"""For the terminal to answer what it was asked, lest the shell gets the answer."""
READ_BYTES = 4096
NONSENSE = (ArithmeticError, LookupError, TypeError, ValueError, StopIteration)
"""What Textual's parser raises at numbers that no terminal means. What was begun with them is forgotten."""
TICK_MS = 100
"""How long an escape may wait for the rest of its sequence."""


class TerminalDriver(LinuxDriver):
    """Textual's driver, with an orderly end for every way a session ends."""

    thin_line: ClassVar[bool | None] = None
    """Whether frames wait for the terminal; None: where the line turns out to be slow."""

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **options)  # pyright: ignore[reportUnknownMemberType]
        self._file = sys.__stdout__  # Textual's own is standard error, which may lead elsewhere
        self._leaving: Timer | None = None
        self._ascii = ascii_only(os.environ)
        self._thin = ThinLine()
        self._in_flight = InFlight(self.thin_line)
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
            self._pass_on(self._thin.release())
            self._thin.forget(self._window())
        self._pass_on(self._thin.thin(data, self._in_flight.full))

    def _window(self) -> tuple[int, int]:
        """Columns and rows of the terminal as it is now."""
        with suppress(OSError):
            width, height = os.get_terminal_size(self.fileno)
            if width and height:
                return width, height
        return MOST, MOST

    def _pass_on(self, data: str) -> None:
        if self._thin.painted and not self._thin.within:
            self._thin.painted = False
            data += self._in_flight.question()
        if data:
            super().write(data)

    def _release(self) -> None:
        """The terminal has caught up, or will never say so: what waited is sent."""
        if self._writer_thread is not None and not self._in_flight.full:
            self._pass_on(self._thin.release())

    def start_application_mode(self) -> None:
        """At the start, and back from the shell: nothing of the screen is known."""
        self._moved = True
        super().start_application_mode()

    def stop_application_mode(self) -> None:
        """At the end, and on the way to the shell."""
        self._thin.forget()
        self._in_flight.wait(FAREWELL_S)
        super().stop_application_mode()

    def _get_terminal_size(self) -> tuple[int, int]:
        # Asked for at the start and at every change, which makes terminals move what they show.
        self._moved = True
        width, height = super()._get_terminal_size()
        return min(width, MOST_SIZE[0]), min(height, MOST_SIZE[1])

    def process_message(self, message: Message) -> None:
        """A change of size the terminal tells by itself; and Ctrl-L, which asks for everything anew."""
        if isinstance(message, InBandWindowResize) or (isinstance(message, Key) and message.key == "ctrl+l"):
            self._moved = True
        if isinstance(message, Key) and message.key == "ctrl+c":
            self._leave(0)  # past all keys that wait to be worked off
            return
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

    def _run_input_thread(self) -> None:
        """Whatever goes wrong in it is a crash, with the exit code of one."""
        try:
            self.run_input_thread()
        except Exception as error:  # noqa: BLE001
            self._app.call_later(self._app._handle_exception, error)  # pyright: ignore[reportPrivateUsage]

    def run_input_thread(self) -> None:
        """Read keys until the app ends, or the terminal does."""
        parser = XTermParser(self._debug)
        for item in self._items():
            match item:
                case Pasted(text):
                    self.process_message(Paste(text))
                case Answered():
                    self._in_flight.answered()
                    self._loop.call_soon_threadsafe(self._release)
                case _:
                    try:
                        for event in parser.feed(item) if item else parser.tick():
                            if isinstance(event, Resize) and not _is_believable(event):
                                raise ValueError  # it would be divided by, too
                            self.process_message(event)
                    except NONSENSE:
                        parser = XTermParser(self._debug)

    def _items(self) -> Iterator[Item]:
        """What comes from the terminal as it comes, and an empty text whenever nothing did."""
        typed = Typed()
        for chunk in self._chunks():
            if chunk:
                yield from typed.feed(chunk, self._in_flight.expects)
            else:
                yield from typed.tick()
                if self._in_flight.gave_up():
                    self._loop.call_soon_threadsafe(self._release)
            yield ""

    def _chunks(self) -> Iterator[str]:
        """What was read, and an empty text whenever nothing came for a moment."""
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        poll = select.poll()
        poll.register(self.fileno, select.POLLIN)
        while not self.exit_event.is_set():
            ready = poll.poll(TICK_MS)
            if ready and not ready[0][1] & select.POLLIN:
                self._leave(HANGUP_CODE)
                return
            if not ready:
                yield ""
                continue
            try:
                read = os.read(self.fileno, READ_BYTES)
            except OSError:
                read = b""
            if not read:
                self._leave(HANGUP_CODE)
                return
            yield decode(read)


def _is_believable(size: Resize) -> bool:
    """Whether a terminal can have the size it tells of itself."""
    return 0 < size.size.width <= MOST_SIZE[0] and 0 < size.size.height <= MOST_SIZE[1]
