"""A view that was left is gone: its rows, lines and estimates go with it."""

import gc
from weakref import ref

import pytest
from stage import CLASSIC, on_stage
from textual.geometry import Region
from textual.screen import Screen

from llmfit_tui.storage.catalogs import Catalog

VIEWS = ("question_mark", "enter", "g", "I", "colon", "T")
"""Keys that open one: the help, where the figures come from, the fit map, a model's page, the palette, the
choice of a theme."""


async def test_views_that_were_left_are_freed(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        left: dict[str, ref[Screen[object]]] = {}
        for key in VIEWS:
            await stage.press(key)
            assert stage.app.screen is not stage.explorer, key
            left[key] = ref(stage.app.screen)
            await stage.press("escape")
            assert stage.app.screen is stage.explorer, key
        await stage.press("down")
        gc.collect()
        assert [key for key, view in left.items() if view() is not None] == []


@pytest.mark.parametrize("key", ["question_mark", "colon", "E", "v"])
async def test_what_lies_below_is_whole_while_the_window_grows(catalog: Catalog, key: str) -> None:
    async with on_stage(catalog, (80, 24)) as stage:
        await stage.press(key)
        for size in ((140, 45), (60, 15), (120, 36)):
            lines = stage.app.screen.render_lines(Region(0, 0, *size))
            assert [line.cell_length for line in lines] == [size[0]] * size[1]
            await stage.resize(size)
