"""Start-up: from exec to the first paint in a pseudo terminal, against a Textual hello world."""

import statistics
import sys
from collections.abc import Sequence

from tests.explorer.ptys import EXPLORER, Terminal

RUNS = 7
HELLO = """
from textual.app import App, ComposeResult
from textual.widgets import Static

class Hello(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("hello, world")

Hello().run()
"""
PROGRAMS = {
    "hello world": ((sys.executable, "-c", HELLO), (b"hello, world",)),
    "llmfit-tui": (EXPLORER, (b"RTX 5090", b"Runs great", b"quit")),
}


def first_paint_ms(argv: Sequence[str], marks: Sequence[bytes]) -> tuple[float, int]:
    """Milliseconds until it is painted, and the bytes that took."""
    with Terminal(argv) as terminal:
        seconds = terminal.read_until_sent(*marks)
        return seconds * 1000, len(terminal.sent)


def main() -> None:
    """Take turns, so that a busy moment hits both."""
    times: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    sizes: dict[str, int] = {}
    for _ in range(RUNS + 1):
        for name, (argv, marks) in PROGRAMS.items():
            taken, sizes[name] = first_paint_ms(argv, marks)
            times[name].append(taken)
    for name, taken in times.items():
        counted = taken[1:]  # the first one wrote the .pyc files
        print(
            f"{name:<12} median {statistics.median(counted):4.0f} ms"
            f"  least {min(counted):4.0f} ms  {sizes[name] / 1000:.0f} kB"
        )
    hello, ours = (statistics.median(taken[1:]) for taken in times.values())
    print(f"ratio {ours / hello:.2f}")


if __name__ == "__main__":
    main()
