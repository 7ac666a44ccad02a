"""Screens as plain text at three sizes, to be read in a review.

LLMFIT_UPDATE_SNAPSHOTS=1 writes them anew. A snapshot that changed is a question: look before accepting.
"""

import os
from difflib import unified_diff
from pathlib import Path

import pytest
from stage import CLASSIC, MEDIUM, WIDE, on_stage

from llmfit_tui.storage.catalogs import Catalog

FOLDER = Path(__file__).parent / "snapshots"


@pytest.mark.parametrize("size", [WIDE, MEDIUM, CLASSIC], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(
    ("scene", "keys"),
    [
        ("explorer", ()),
        ("tensors", ("v",)),
        ("why", ("2", "enter")),
        ("map", ("down", "g")),
        ("take-away", ("c",)),
        ("compare", ("plus", "3", "down", "equals_sign")),
    ],
)
async def test_a_screen_reads_as_it_did(
    catalog: Catalog, size: tuple[int, int], scene: str, keys: tuple[str, ...]
) -> None:
    async with on_stage(catalog, size) as stage:
        for key in keys:
            await stage.press(key)
        shown = stage.text.rstrip("\n") + "\n"
    path = FOLDER / f"{scene}-{size[0]}x{size[1]}.txt"
    if os.environ.get("LLMFIT_UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    difference = "\n".join(unified_diff(kept.splitlines(), shown.splitlines(), "kept", "now", lineterm=""))
    assert shown == kept, f"{path.name}; LLMFIT_UPDATE_SNAPSHOTS=1 accepts this:\n{difference}"
