"""Screens as plain text at three sizes, to be read in a review."""

import pytest
from kept_screens import reads_as_kept
from stage import CLASSIC, MEDIUM, WIDE, on_stage

from llmfit_tui.storage.catalogs import Catalog


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
        reads_as_kept(f"{scene}-{size[0]}x{size[1]}", stage.text)
