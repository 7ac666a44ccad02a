"""Keys: CPU milliseconds and bytes by kind of key, in a pseudo terminal at 120x40 and 80x24. Linux only.

`first`: CPU until the first bytes, which move the cursor. `shown`: until the frame with all figures of the
new scenario stands (the last one before a pause), and `after`, how long that takes by the clock. `all`: with
what is worked out once the cursor rests. `burst`: of each of fifteen keys pressed one after another as a held
key sends them, all that follows included. The key of a Textual hello world, which writes a number, beside it.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from typing import NamedTuple

from tests.ptys import DOWN, ESCAPE, EXPLORER, Terminal

from llmfit_tui.cli.explore import first_scenario
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.panes.estimates import Estimates
from llmfit_tui.storage.catalogs import Catalog

PRESSES = 12
PAUSE = 0.12
"""Shorter than the cursor must rest, longer than any frame is worked on."""
QUIET = 0.5
ANSWERS_WITHIN = 2
BURST = 15
HELD = 0.033
UP, PAGE_DOWN = "\x1b[A", "\x1b[6~"
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "cursor in models": ("1", (DOWN,)),
    "cursor in quantization": ("2", (DOWN,)),
    "cursor in hardware": ("3", (DOWN,)),
    "page in models": ("1", (PAGE_DOWN,)),
    "back and forth": ("1", (DOWN, UP)),
    "context": ("1", ("]", "[")),
    "KV type": ("1", ("k",)),
    "filter letter": ("1/", ("q", "w", "\x7f", "\x7f")),
    "pane": ("1", ("\t",)),
    "fit map opens": ("1", ("g", ESCAPE)),
    "cursor in the fit map": ("1g", (DOWN,)),
    "charts open": ("1", ("G", ESCAPE)),
    "point of a chart": ("1G", ("\x1b[C", "\x1b[D")),
    "model's page opens": ("1", ("I", ESCAPE)),
    "cursor in the page": ("1I", (DOWN,)),
    "ranking opens": ("1", ("r", ESCAPE)),
    "cursor in the ranking": ("1r", (DOWN,)),
    "use in the ranking": ("1r", ("u",)),
    "plan opens": ("1", ("P", ESCAPE)),
    "cursor in the plan": ("1P", (DOWN,)),
}
"""What is pressed first, and what is then pressed again and again; the first of several is what counts where
the others lead back from a view."""
OPENS = frozenset(kind for kind in KINDS if kind.endswith(("opens", "open")))
SIZES = ((120, 40), (80, 24))
HELLO = """
from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static

class Hello(App[None]):
    count = 0

    def compose(self) -> ComposeResult:
        yield Static("hello, world")

    def on_key(self, event: events.Key) -> None:
        self.count += 1
        self.query_one(Static).update(f"key {self.count}")

Hello().run()
"""


class Cost(NamedTuple):
    """Of one key."""

    first_ms: float
    shown_ms: float
    after_ms: float
    all_ms: float
    bytes: int


def cpu_ms(pid: int) -> float:
    """CPU time of a process, exact while it runs: Linux numbers the CPU clock of another process so."""
    return time.clock_gettime((~pid << 3) | 2) * 1e3


def cost(terminal: Terminal, keys: str) -> Cost:
    """Press a key and wait until nothing more follows."""
    pid = terminal.program.pid
    before, sent, start = cpu_ms(pid), len(terminal.sent), time.perf_counter()
    terminal.press(keys)
    terminal.read(ANSWERS_WITHIN)
    first = shown = cpu_ms(pid)
    seen = time.perf_counter()
    while terminal.read(PAUSE):
        shown, seen = cpu_ms(pid), time.perf_counter()
    terminal.read_until_quiet(QUIET)
    return Cost(
        first - before,
        shown - before,
        (seen - start) * 1e3,
        cpu_ms(pid) - before,
        len(terminal.sent) - sent,
    )


def burst(terminal: Terminal, keys: Sequence[str]) -> float:
    """CPU milliseconds of each of fifteen quick keys."""
    before = cpu_ms(terminal.program.pid)
    for i in range(BURST):
        terminal.press(keys[i % len(keys)])
        end = time.perf_counter() + HELD
        while time.perf_counter() < end:
            terminal.read(end - time.perf_counter())
    terminal.read_until_quiet(QUIET)
    return (cpu_ms(terminal.program.pid) - before) / BURST


def tell(name: str, costs: Sequence[Cost], quick: float | None) -> None:
    """Medians in one line."""
    first, shown, after, spent, sent = (statistics.median(column) for column in zip(*costs, strict=True))
    held = "      " if quick is None else f"{quick:6.1f}"
    most = max(one.bytes for one in costs)
    told = f"{first:6.1f}  {shown:6.1f}  {spent:6.1f}  {held}    {after:6.1f}    {sent:6.0f}  {most:6}"
    print(f"  {name:<24}{told}", flush=True)


def hello(size: tuple[int, int]) -> None:
    """The least a key costs in Textual."""
    with Terminal((sys.executable, "-c", HELLO), size) as terminal:
        terminal.read_until("hello", seconds=60)
        terminal.read_until_quiet(QUIET)
        tell("hello world", [cost(terminal, DOWN) for _ in range(PRESSES)], burst(terminal, (DOWN,)))


def explorer(size: tuple[int, int], home: str) -> None:
    """Every kind of key."""
    with Terminal(EXPLORER, size, {"LLMFIT_TUI_CONFIG": home, "LLMFIT_TUI_DETECT": "off"}) as terminal:
        terminal.read_until("quit", seconds=60)
        terminal.read_until_quiet(1)
        for kind, (first, keys) in KINDS.items():
            for key in (ESCAPE, *first):
                terminal.press(key)
                terminal.read_until_quiet(QUIET)
            costs = [cost(terminal, key) for _ in range(PRESSES // len(keys)) for key in keys]
            if kind in OPENS:
                tell(kind, costs[:: len(keys)], None)
            else:
                tell(kind, costs, burst(terminal, keys))
            terminal.press(ESCAPE)
            terminal.read_until_quiet(QUIET)


def every_row() -> None:
    """All models after another quantization or machine, in one go and without a terminal."""
    catalog = Catalog()
    start, estimates = first_scenario(catalog), Estimates(lambda: catalog.evidence)
    kinds = {quant.name: quant for quant in catalog.quants}

    def rated(change: str, at: Scenario) -> None:
        before = time.process_time()
        for model in catalog.models:
            estimates.of(Scenario(model, at.quant, at.machine, at.settings))
        spent = (time.process_time() - before) * 1e3
        print(f"  all {len(catalog.models)} models {change:<34}{spent:6.1f}", flush=True)

    rated("the first time", start)
    other = Scenario(start.model, kinds["Q5_K_M"], start.machine, start.settings)
    rated("at another quantization, never seen", other)
    smaller = start.with_settings(context=start.settings.context // 2)
    rated("at another context", smaller)
    rated("at a quantization seen before", start)


def main() -> None:
    """A line for each kind of key at each size."""
    for size in SIZES:
        print(f"{size[0]}x{size[1]:<22} first   shown     all   burst CPU ms  after ms   bytes    most")
        hello(size)
        with tempfile.TemporaryDirectory() as home:
            explorer(size, home)
    every_row()


if __name__ == "__main__":
    main()
