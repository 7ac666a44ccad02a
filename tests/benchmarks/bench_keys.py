"""Keys: CPU milliseconds and bytes by kind of key, in a pseudo terminal at 120x40 and 80x24. Linux only.

`shown`: CPU until the frame with the figures of the new scenario stands (the last one before a pause).
`all`: with what is worked out once the cursor rests. `burst`: for each of fifteen keys pressed one after
another as a held key sends them, all that follows included.
"""

import statistics
import tempfile
import time
from typing import NamedTuple

from tests.ptys import DOWN, ESCAPE, EXPLORER, Terminal

PRESSES = 12
PAUSE = 0.12
"""Shorter than the cursor must rest, longer than any frame is worked on."""
QUIET = 0.5
BURST = 15
HELD = 0.033
UP = "\x1b[A"
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "cursor in models": ("1", (DOWN,)),
    "cursor in quantization": ("2", (DOWN,)),
    "cursor in hardware": ("3", (DOWN,)),
    "back and forth": ("1", (DOWN, UP)),
    "context": ("1", ("]", "[")),
    "KV type": ("1", ("k",)),
    "filter letter": ("1/", ("q", "\x7f")),
    "pane": ("1", ("\t",)),
}
"""What is pressed first, and what is then pressed again and again."""


class Cost(NamedTuple):
    """Of one key."""

    shown_ms: float
    all_ms: float
    bytes: int


def cpu_ms(pid: int) -> float:
    """CPU time of a process, exact while it runs: Linux numbers the CPU clock of another process so."""
    return time.clock_gettime((~pid << 3) | 2) * 1e3


def cost(terminal: Terminal, keys: str) -> Cost:
    """Press a key and wait until nothing more follows."""
    pid = terminal.program.pid
    before, sent = cpu_ms(pid), len(terminal.sent)
    terminal.press(keys)
    shown = before
    while terminal.read(PAUSE):
        shown = cpu_ms(pid)
    terminal.read_until_quiet(QUIET)
    return Cost(shown - before, cpu_ms(pid) - before, len(terminal.sent) - sent)


def burst(terminal: Terminal, keys: tuple[str, ...]) -> float:
    """CPU milliseconds of each of fifteen quick keys."""
    before = cpu_ms(terminal.program.pid)
    for i in range(BURST):
        terminal.press(keys[i % len(keys)])
        end = time.perf_counter() + HELD
        while time.perf_counter() < end:
            terminal.read(end - time.perf_counter())
    terminal.read_until_quiet(QUIET)
    return (cpu_ms(terminal.program.pid) - before) / BURST


def main() -> None:
    """A line for each kind of key at each size."""
    for size in ((120, 40), (80, 24)):
        with (
            tempfile.TemporaryDirectory() as home,
            Terminal(EXPLORER, size, {"LLMFIT_TUI_CONFIG": home, "LLMFIT_TUI_DETECT": "off"}) as terminal,
        ):
            terminal.read_until("quit", seconds=60)
            terminal.read_until_quiet(1)
            print(f"{size[0]}x{size[1]:<22} shown     all   burst (CPU ms)   bytes   most bytes")
            for kind, (first, keys) in KINDS.items():
                for key in (ESCAPE, *first):
                    terminal.press(key)
                    terminal.read_until_quiet(QUIET)
                costs = [cost(terminal, key) for _ in range(PRESSES // len(keys)) for key in keys]
                quick = burst(terminal, keys)
                shown, spent, sent = zip(*costs, strict=True)
                print(
                    f"  {kind:<24}{statistics.median(shown):6.1f}  {statistics.median(spent):6.1f}"
                    f"  {quick:6.1f}            {statistics.median(sent):6.0f}  {max(sent):6}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
