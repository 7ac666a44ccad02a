"""What a person wants of the terminal, and whether it will do for the explorer."""

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from llmfit_tui.core.errors import LlmfitError, printable

if TYPE_CHECKING:
    from argparse import Namespace

LEAST_SIZE, MOST_SIZE = (60, 15), (1000, 400)
"""Columns and lines."""
ASSUMED_SIZE = (80, 24)
"""Of a terminal that tells none, as a serial line does."""
WISHES = ("mouse", "thin_line")


class NoTerminal(LlmfitError):
    """The explorer cannot be shown here."""


class Wishes(NamedTuple):
    """None: as it fits the terminal."""

    mouse: bool | None = None
    thin_line: bool | None = None

    @property
    def takes_mouse(self) -> bool:
        """Whether the mouse is ours. GNU screen keeps a lone Escape to itself as long as it is."""
        return "STY" not in os.environ if self.mouse is None else self.mouse


def wishes(asked: "Namespace | None", table: Mapping[str, Any]) -> tuple[Wishes, str]:
    """The options, else `[terminal]` of settings.toml; and what is wrong there, in a sentence."""
    for name, value in table.items():
        if name not in WISHES:
            known = " and ".join(WISHES)
            return wishes(asked, {})[0], f"[terminal] of settings.toml knows {known}, not {printable(name)}."
        if not isinstance(value, bool):
            return wishes(asked, {})[0], f"{name} in [terminal] of settings.toml has to be true or false."
    told = {name: getattr(asked, name, None) for name in WISHES}
    return Wishes(**{name: table.get(name) if told[name] is None else told[name] for name in WISHES}), ""


def check_terminal() -> str:
    """Raise NoTerminal where there is none, a dumb one, or one too small. Returns what is assumed of it."""
    hint = "the commands work without one, see llmfit-tui --help"
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise NoTerminal(f"The explorer needs a terminal on standard input and output; {hint}.")
    if os.environ.get("TERM", "") in {"", "dumb", "unknown"}:
        raise NoTerminal(f"TERM names a terminal that cannot move its cursor; {hint}.")
    width, height = os.get_terminal_size(sys.stdout.fileno())
    if not width or not height:
        assumed = f"{ASSUMED_SIZE[0]} x {ASSUMED_SIZE[1]}"
        return f"This terminal tells no size; {assumed} is assumed (stty cols and rows tell it)."
    if width < LEAST_SIZE[0] or height < LEAST_SIZE[1]:
        least = f"{LEAST_SIZE[0]} x {LEAST_SIZE[1]}"
        raise NoTerminal(f"The explorer needs a terminal of at least {least}, not {width} x {height}.")
    if width > MOST_SIZE[0] or height > MOST_SIZE[1]:
        most = f"{MOST_SIZE[0]} x {MOST_SIZE[1]}"
        return f"This terminal says it has {width} x {height} cells; {most} are used."
    return ""
