"""Start-up: from exec to the first paint and to the first verdict, beside a Textual hello world, as ratios.

CPU time of the program says more than the clock where the machine does other things as well. Linux only.
"""

import statistics
import sys
import tempfile
from collections.abc import Sequence

from tests.ptys import EXPLORER, Terminal, cpu_ms

RUNS = 5
HELLO = """
from textual.app import App, ComposeResult
from textual.widgets import Static

class Hello(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("hello, world")

Hello().run()
"""
HELLO_WORLD = "hello world"
PROGRAMS = {
    HELLO_WORLD: ((sys.executable, "-c", HELLO), "hello, world"),
    "first paint": (EXPLORER, "Models"),
    "first verdict": (EXPLORER, "Runs great"),
}
"""What is started, and what says that it got so far."""
SIZES = ((120, 40), (80, 24))
IDLE_S = 5.0


def first_paint(argv: Sequence[str], mark: str, size: tuple[int, int], home: str) -> tuple[float, float, int]:
    """Milliseconds by the clock and of CPU until it is painted, and the bytes that took."""
    with Terminal(argv, size, {"LLMFIT_TUI_CONFIG": home, "LLMFIT_TUI_DETECT": "off"}) as terminal:
        seconds = terminal.read_until_sent(mark.encode(), seconds=60)
        spent = cpu_ms(terminal.program.pid)
        terminal.read_until_quiet(0.5)
        return seconds * 1000, spent, len(terminal.sent)


def idle(home: str) -> tuple[float, int]:
    """CPU milliseconds and bytes of some seconds in which nothing happens."""
    with Terminal(EXPLORER, (120, 40), {"LLMFIT_TUI_CONFIG": home, "LLMFIT_TUI_DETECT": "off"}) as terminal:
        terminal.read_until("Runs great", seconds=60)
        terminal.read_until_quiet(1)
        spent, sent = cpu_ms(terminal.program.pid), len(terminal.sent)
        terminal.read(IDLE_S)
        return cpu_ms(terminal.program.pid) - spent, len(terminal.sent) - sent


def main() -> None:
    """Take turns, so that a busy moment hits both."""
    with tempfile.TemporaryDirectory() as home:
        for size in SIZES:
            found: dict[str, list[tuple[float, float, int]]] = {name: [] for name in PROGRAMS}
            for _ in range(RUNS + 1):
                for name, (argv, mark) in PROGRAMS.items():
                    found[name].append(first_paint(argv, mark, size, home))
            medians = {
                # The first one wrote the .pyc files.
                name: [statistics.median(column) for column in zip(*rows[1:], strict=True)]
                for name, rows in found.items()
            }
            hello = medians[HELLO_WORLD]
            for name, (clock, spent, sent) in medians.items():
                print(
                    f"{size[0]}x{size[1]} {name:<14} {clock:5.0f} ms ({clock / hello[0]:4.2f}x)  "
                    f"{spent:5.0f} ms of CPU ({spent / hello[1]:4.2f}x)  {sent:6.0f} bytes in all"
                )
        spent, sent = idle(home)
        print(f"idle for {IDLE_S:.0f} s: {spent:.0f} ms of CPU, {sent} bytes")


if __name__ == "__main__":
    main()
