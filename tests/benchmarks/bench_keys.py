"""Keys: CPU milliseconds and bytes by kind of key, in a pseudo terminal at 120x40 and 80x24. Linux only."""

import statistics
import tempfile

from tests.explorer.ptys import DOWN, ESCAPE, EXPLORER, Terminal, cpu_ms

PRESSES = 12
QUIET = 0.15
KINDS = {
    "cursor in models": ("1", DOWN),
    "cursor in quantization": ("2", DOWN),
    "cursor in hardware": ("3", DOWN),
    "context": ("1", "]["),
    "KV type": ("1", "k"),
    "filter letter": ("1/", "q\x7f"),
    "pane": ("\r", "\t"),
}
"""What is pressed first, and what is then pressed again and again."""


def cost(terminal: Terminal, keys: str) -> tuple[float, int]:
    """CPU milliseconds and bytes of a key."""
    before, sent = cpu_ms(terminal.program.pid), len(terminal.sent)
    terminal.press(keys)
    terminal.read_until_quiet(QUIET)
    return cpu_ms(terminal.program.pid) - before, len(terminal.sent) - sent


def main() -> None:
    """A line for each kind of key at each size."""
    for size in ((120, 40), (80, 24)):
        with (
            tempfile.TemporaryDirectory() as home,
            Terminal(EXPLORER, size, {"LLMFIT_TUI_CONFIG": home, "LLMFIT_TUI_DETECT": "off"}) as terminal,
        ):
            terminal.read_until("quit", seconds=60)
            terminal.read_until_quiet(0.5)
            print(f"{size[0]}x{size[1]:<22} CPU ms   bytes   most bytes")
            for kind, (first, again) in KINDS.items():
                for key in (ESCAPE, *first):
                    terminal.press(key)
                    terminal.read_until_quiet(0.3)
                keys = [again] if again == DOWN else list(again)
                costs = [cost(terminal, key) for _ in range(PRESSES // len(keys)) for key in keys]
                spent, sent = zip(*costs, strict=True)
                print(
                    f"  {kind:<24}{statistics.median(spent):6.1f}"
                    f"  {statistics.median(sent):6.0f}  {max(sent):6}"
                )


if __name__ == "__main__":
    main()
