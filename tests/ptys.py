"""A program in a pseudo terminal: start it, read its screen, press keys, see how it leaves the terminal."""

import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from fcntl import ioctl
from pathlib import Path
from types import TracebackType

import pyte

EXPLORER = (sys.executable, "-m", "llmfit_tui")
DOWN, ESCAPE = "\x1b[B", "\x1b"
UNKNOWN_TO_PYTE = re.compile(
    rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b\[\?u|\x1b\][^\x07\x1b]*\x07"
)
ANSWERS = {b"\x1b[?2026$p": b"\x1b[?2026;2$y", b"\x1b[5n": b"\x1b[0n", b"\x1b[6n": b"\x1b[1;1R"}
"""What a terminal says to what a program asks: that it draws whole frames, got this far, and is where."""
CUT = re.compile(rb"\x1b(?:\[[^@-~]*|[\]P_^][^\x07\x1b]*\x1b?)?\Z")
"""The beginning of an escape sequence at the end of what was read."""
MODE = re.compile(rb"\x1b\[\?(\d+)([hl])")


class Terminal:
    """A program and the terminal it runs in."""

    def __init__(
        self,
        argv: Sequence[str],
        size: tuple[int, int] = (120, 40),
        env: Mapping[str, str] | None = None,
        answers: Mapping[bytes, bytes] = ANSWERS,
        controlling: bool = True,
    ) -> None:
        self.answers = answers
        self.master, self.slave = pty.openpty()
        ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.modes_before = termios.tcgetattr(self.slave)
        self.sent = b""
        """All that the program wrote."""
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self._seen = 0
        self._hung_up = False
        self.started = time.perf_counter()
        self.program = subprocess.Popen(
            argv,
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
            preexec_fn=_take_control if controlling else None,
            env={**_environment(), "TERM": "xterm-256color", "COLORTERM": "truecolor", **(env or {})},
        )

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.program.poll() is None:
            self.program.kill()
        self.program.wait()
        if not self._hung_up:
            self.hang_up()

    def hang_up(self) -> None:
        """The line goes dead: nobody holds the other end any more."""
        os.close(self.slave)
        os.close(self.master)
        self._hung_up = True

    def read(self, seconds: float) -> bool:
        """Read what is there, waiting for at most so long; False where nothing came."""
        if not select.select([self.master], [], [], max(seconds, 0))[0]:
            return False
        chunk = os.read(self.master, 1 << 16)
        self.sent += chunk
        for question, answer in self.answers.items():
            for _ in range(chunk.count(question)):
                os.write(self.master, answer)
        return True

    def read_until(self, text: str, seconds: float = 15) -> float:
        """Read until a text is on screen; how many seconds after the start that was."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            if self.read(0.2) and text in self.text:
                return time.perf_counter() - self.started
        raise AssertionError(f"{text!r} did not come up:\n{self.text}")

    def read_until_sent(self, *marks: bytes, after: int = 0, seconds: float = 15) -> float:
        """Read until all of these bytes came, after so many; how many seconds after the start that was."""
        while not all(mark in self.sent[after:] for mark in marks):
            seen = time.perf_counter() - self.started
            if not self.read(seconds - seen):
                raise AssertionError(f"{marks} did not come up:\n{self.text}")
        return time.perf_counter() - self.started

    def read_until_quiet(self, seconds: float) -> None:
        """Read until nothing came for so long."""
        while self.read(seconds):
            pass

    def read_until_idle(self, pid: int | None = None) -> None:
        """Read until the program, or the one with this pid, has worked off all it was sent."""
        worker = self.program.pid if pid is None else pid
        for _ in range(400):
            spent = cpu_ms(worker)
            self.read_until_quiet(0.15)
            if cpu_ms(worker) - spent < 5:
                return

    def press(self, keys: str) -> None:
        """Send keys as a terminal encodes them."""
        os.write(self.master, keys.encode())

    def resize(self, width: int, height: int) -> None:
        """The window gets another size, and the program is told."""
        ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self._feed()
        self._screen.resize(height, width)

    def wait(self, seconds: float = 15) -> int:
        """The exit code, once the program has left and all it wrote is read."""
        end = time.perf_counter() + seconds
        while self.program.poll() is None and time.perf_counter() < end:
            self.read(0.05)
        self.read_until_quiet(0.05)
        assert self.program.returncode is not None, f"it still runs:\n{self.text}"
        return self.program.returncode

    @property
    def text(self) -> str:
        """The screen as plain text."""
        self._feed()
        return "\n".join(line.rstrip() for line in self._screen.display)

    def _feed(self) -> None:
        # An escape sequence may be cut in two by a read: its first part waits for the rest.
        cut = CUT.search(self.sent, max(self._seen, len(self.sent) - 4096))
        ready = cut.start() if cut else len(self.sent)
        if ready > self._seen:
            self._stream.feed(UNKNOWN_TO_PYTE.sub(b"", self.sent[self._seen : ready]))
            self._seen = ready

    def erase(self) -> None:
        """Someone else wrote over the screen."""
        assert self.text
        self._screen.reset()

    def forget_sent(self) -> None:
        """Keep the screen and let go of the bytes that made it."""
        self._feed()
        self.sent = self.sent[self._seen :]
        self._seen = 0

    def modes(self) -> dict[int, bool]:
        """Private modes by number, as the program left them."""
        return {int(number): letter == b"h" for number, letter in MODE.findall(self.sent)}

    def lines_restored(self) -> bool:
        """Whether echo, line editing and signals are as they were before the start."""
        return termios.tcgetattr(self.slave)[:4] == self.modes_before[:4]


def cpu_ms(pid: int) -> float:
    """CPU time of all threads of a process. Linux only."""
    stats = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(stat.read_text().split()[0]) for stat in stats) / 1e6


def noting_its_pid(argv: Sequence[str], note: Path) -> tuple[str, ...]:
    """The same program, which writes its process id into a file first."""
    return ("sh", "-c", 'echo $$ > "$0"; exec "$@"', str(note), *argv)


def ends(pid: int, seconds: float = 10) -> bool:
    """Whether a process, of whatever parent, is gone within so long. Linux only."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], seconds)[0])
    finally:
        os.close(process)


def _take_control() -> None:
    """The terminal tells the program of resizes and of its own end, as a shell's does."""
    ioctl(0, termios.TIOCSCTTY, 0)


def _environment() -> dict[str, str]:
    """As people have it: programs are compiled once, not at every start."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
