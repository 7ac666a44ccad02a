"""Hints for a first visit: one key at a time, at the edge of the first line, until it was pressed once."""

from llmfit_tui.screens.keys import KEYS
from llmfit_tui.screens.keys.keymap import Keymap

TIPS = (
    "list.filter",
    "pane.next",
    "context.more",
    "star",
    "view.why",
    "answer.help",
    "find",
    "view.map",
    "profile.new",
    "view.pin",
    "view.compare",
    "view.take",
    "help",
)
"""What to try next, by the id of its key."""
_ROWS = {key.id: key for key in KEYS}
_BY_ACTION = {_ROWS[tip].action: tip for tip in TIPS} | {"context(-1)": "context.more"}


def learned_by(action: str) -> str | None:
    """The tip that has done its work once an action ran."""
    return _BY_ACTION.get(action)


def tip_after(learned: set[str], keymap: Keymap) -> tuple[str, str]:
    """Keys and words of the next tip; empty once all were tried."""
    for tip in TIPS:
        if tip not in learned and keymap.first(_ROWS[tip]):
            return keymap.shown(_ROWS[tip]), _ROWS[tip].does
    return "", ""
