"""A slow line, bytes of the first paint, and memory, beside a Textual hello world and the peer llmfit.

The line is a proxy on the loopback between ssh and a real sshd: 64 kbit/s, 150 ms there and back. Fifteen
quick keys are pressed; it is settled when hardly anything more comes, as the peer never stops sending.
Linux only; needs openssh-server, and for the peer `llmfit` on PATH or its path in LLMFIT (pip install
llmfit into an environment of its own).
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.bench_start import HELLO
from tests.ptys import DOWN, EXPLORER, Terminal, noting_its_pid
from tests.slowline import SlowLine
from tests.sshd import Sshd, Unavailable

SIZES = ((120, 40), (80, 24))
BITS_PER_S, ROUND_TRIP_S = 64_000, 0.150
KEYS, HELD_S = 15, 0.033
QUIET_S = 1.0
IDLE_BYTES = 1_200
"""In a second: what a program may send that has come to rest. The peer's marquee sends 750."""
MOST_S = 60.0
"""After which it will not come to rest."""
MARKS: dict[str, bytes] = {}
"""What says that a program has painted, where its first bytes do not."""
START_S = 12.0
"""After which every program has painted and come to rest over the slow line."""


def peer() -> str | None:
    """The program llmfit, where it is installed."""
    return os.environ.get("LLMFIT") or shutil.which("llmfit")


def programs() -> dict[str, tuple[str, ...]]:
    """What is compared."""
    found: dict[str, tuple[str, ...]] = {
        "hello world": (sys.executable, "-c", HELLO),
        "llmfit-tui": EXPLORER,
        "llmfit-tui --thin-line": (*EXPLORER, "--thin-line"),
        "llmfit-tui --no-thin-line": (*EXPLORER, "--no-thin-line"),
    }
    if (path := peer()) is not None:
        found["llmfit"] = (path,)
        MARKS[path] = b"Qwen"  # its table stands
    return found


def come_to_rest(terminal: Terminal) -> float:
    """Read until hardly anything comes; when the last came before that, by the clock."""
    last = now = time.monotonic()
    end = now + MOST_S
    while now < end:
        sent, until = len(terminal.sent), now + QUIET_S
        seen = now
        while (left := until - time.monotonic()) > 0:
            if terminal.read(left):
                seen = time.monotonic()
        if len(terminal.sent) - sent <= IDLE_BYTES:
            return last
        last, now = seen, time.monotonic()
    return last


def first_paint(argv: Sequence[str], size: tuple[int, int], env: dict[str, str]) -> tuple[int, float]:
    """Bytes until nothing more comes, and resident memory then, in MB (10^6)."""
    with Terminal(argv, size, env) as terminal:
        terminal.read_until_sent(MARKS.get(argv[0], b"\x1b[?1049h"), seconds=30)
        come_to_rest(terminal)
        status = Path(f"/proc/{terminal.program.pid}/status").read_text()
        resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return len(terminal.sent), int(resident.split()[1]) * 1024 / 1e6


def settle(sshd: Sshd, argv: Sequence[str], env: dict[str, str]) -> tuple[float, int]:
    """Seconds from the first of fifteen quick keys to the last byte of what they brought, and the bytes."""
    with (
        SlowLine(sshd.port, BITS_PER_S, ROUND_TRIP_S) as line,
        Terminal(sshd.argv(argv, env, line.port), SIZES[0]) as terminal,
    ):
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            terminal.read(end - time.monotonic())
        come_to_rest(terminal)
        before, start = len(terminal.sent), time.monotonic()
        for number in range(KEYS):
            terminal.press(DOWN)
            until = start + (number + 1) * HELD_S
            while (left := until - time.monotonic()) > 0:
                terminal.read(left)
        return come_to_rest(terminal) - start, len(terminal.sent) - before


def main() -> None:
    """A line for each program."""
    if peer() is None:
        print("llmfit is not installed: no figures of the peer")
    with tempfile.TemporaryDirectory() as folder:
        env = {"LLMFIT_TUI_CONFIG": f"{folder}/settings", "LLMFIT_TUI_DETECT": "off"}
        for size in SIZES:
            for name, argv in programs().items():
                try:
                    sent, memory = first_paint(argv, size, env)
                except AssertionError:
                    print(f"{size[0]}x{size[1]} {name:<26} does not paint here")
                    continue
                print(f"{size[0]}x{size[1]} {name:<26} first paint {sent:6} bytes, resident {memory:5.1f} MB")
        keys = Path(folder, "sshd")
        keys.mkdir()
        try:
            with Sshd(keys) as sshd:
                ours = None
                for name, argv in programs().items():
                    if name == "hello world":
                        continue
                    words = noting_its_pid(argv, keys / "pid")
                    seconds, sent = settle(sshd, words, env)
                    ours = ours or seconds
                    print(
                        f"64 kbit/s, 150 ms: {name:<26} fifteen keys settle in {seconds:5.1f} s, "
                        f"{sent:6} bytes, {seconds / ours:4.1f}x",
                        flush=True,
                    )
        except Unavailable as reason:
            print(f"no slow line: {reason}")


if __name__ == "__main__":
    main()
