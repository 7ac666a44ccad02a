"""Copying to the clipboard of the terminal a person sits at, by OSC 52; a copy can fail silently.

tmux passes the bare sequence or the wrapped one depending on its settings, so it gets both; screen passes
the wrapped one, in pieces no longer than its buffer.
"""

from base64 import b64encode
from collections.abc import Mapping

PIECE = 700
"""Bytes of one piece for screen, whose buffer holds 768."""


def sequences(text: str, environment: Mapping[str, str]) -> str:
    """What to send for this text."""
    bare = f"\x1b]52;c;{b64encode(text.encode()).decode()}\x07"
    if environment.get("TMUX"):
        doubled = bare.replace("\x1b", "\x1b\x1b")
        return f"{bare}\x1bPtmux;{doubled}\x1b\\"
    if environment.get("STY") or environment.get("TERM", "").startswith("screen"):
        pieces = (bare[at : at + PIECE] for at in range(0, len(bare), PIECE))
        return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
    return bare
