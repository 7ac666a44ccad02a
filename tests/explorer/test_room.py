"""A long visit keeps no more than it needs: caches are emptied, views leave nothing, the screen stays."""

import gc

import pytest
from stage import CLASSIC, on_stage
from textual._styles_cache import StylesCache

from llmfit_tui.core.memory import demand
from llmfit_tui.core.scenario import architecture
from llmfit_tui.screens import room
from llmfit_tui.screens.room import Room
from llmfit_tui.storage.catalogs import Catalog


async def test_once_much_is_kept_caches_are_emptied_and_rows_are_made_anew(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MOST_BLOCKS", -1)
    async with on_stage(catalog, CLASSIC) as stage:
        await stage.press("down", "right_square_bracket")
        before = stage.text
        stage.explorer._room = Room()  # pyright: ignore[reportPrivateUsage]
        architecture(catalog.models[0])
        stage.explorer.make_room()
        assert len(demand._demands) == len(demand._weights) == 0  # pyright: ignore[reportPrivateUsage]
        await stage.press("up", "down")
        assert stage.text == before


async def test_views_that_were_left_leave_nothing_they_painted(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MOST_GARBAGE", -1)
    async with on_stage(catalog, CLASSIC) as stage:
        swept = Room()
        swept.sweep()
        before = _painted()
        for _ in range(3):
            await stage.press("question_mark", "escape")
        await stage.press("down")
        swept.sweep()
        assert _painted() <= before + 1  # of the view left last


def _painted() -> int:
    """Widgets whose lines are kept."""
    return sum(isinstance(one, StylesCache) and bool(one._cache) for one in gc.get_objects())  # pyright: ignore[reportPrivateUsage]
