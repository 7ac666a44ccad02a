"""Screens kept as plain text.

LLMFIT_UPDATE_SNAPSHOTS=1 writes them anew. A snapshot that changed is a question: look before accepting.
"""

import os
from difflib import unified_diff
from pathlib import Path

FOLDER = Path(__file__).parent / "snapshots"


def reads_as_kept(name: str, screen: str) -> None:
    """The screen reads as the one kept under this name."""
    shown = screen.rstrip("\n") + "\n"
    path = FOLDER / f"{name}.txt"
    if os.environ.get("LLMFIT_UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    difference = "\n".join(unified_diff(kept.splitlines(), shown.splitlines(), "kept", "now", lineterm=""))
    assert shown == kept, f"{path.name}; LLMFIT_UPDATE_SNAPSHOTS=1 accepts this:\n{difference}"
