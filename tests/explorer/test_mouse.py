"""The mouse: a click chooses, the wheel looks around, a hint is a button."""

from pathlib import Path
from typing import cast

import pytest
from stage import CLASSIC, LEAST, PANES, Stage, on_stage, screen_lines
from textual.events import MouseScrollDown, MouseScrollUp
from textual.widgets import Input

from llmfit_tui.screens.finding import is_command
from llmfit_tui.screens.keys import KEYS, VIEWS, passed_on
from llmfit_tui.screens.palette import PaletteScreen
from llmfit_tui.screens.view import View
from llmfit_tui.storage.catalogs import Catalog


@pytest.mark.parametrize("pane", PANES)
async def test_a_click_on_a_row_chooses_it(catalog: Catalog, pane: str) -> None:
    async with on_stage(catalog) as stage:
        await stage.pilot.click(f"#{pane}", offset=(6, 2 + 8))
        await stage.settle()
        assert stage.rows(pane)[8].startswith("▌")
        assert stage.focused == pane
        first = {"models": stage.scenario.model.name, "quants": stage.scenario.quant.name}
        if pane in first:
            assert first[pane][:6] in stage.cursor_row(pane)


async def test_a_click_below_the_last_row_chooses_nothing(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        await stage.press("slash")
        await stage.type("gemma 12b")
        await stage.press("enter")
        before = stage.scenario
        await stage.pilot.click("#models", offset=(6, 25))
        await stage.settle()
        assert stage.scenario == before


async def test_a_click_on_the_column_titles_opens_the_filter(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        await stage.pilot.click("#quants", offset=(6, 1))
        await stage.settle()
        await stage.type("q8")
        assert stage.shows("quants").splitlines()[1].startswith("/ q8")


async def test_the_wheel_moves_the_view_and_not_the_cursor(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        before, rows = stage.scenario, stage.rows("models")
        await _wheel(stage, "models", MouseScrollDown)
        assert stage.rows("models")[0] == rows[3]
        assert stage.scenario == before
        await _wheel(stage, "models", MouseScrollUp)
        await _wheel(stage, "models", MouseScrollUp)
        assert stage.rows("models") == rows


async def test_a_key_brings_the_cursor_back_into_view(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        for _ in range(4):
            await _wheel(stage, "models", MouseScrollDown)
        await stage.press("down")
        assert stage.cursor_row("models")


@pytest.mark.parametrize("size", [(160, 45), CLASSIC])
async def test_a_click_on_a_hint_acts(catalog: Catalog, size: tuple[int, int]) -> None:
    async with on_stage(catalog, size) as stage:
        await _click_hint(stage, "KV type")
        assert stage.settings.kv_type_k.value == "q8_0"
        await _click_hint(stage, "[ ] context")
        assert stage.settings.context == 16_384
        await _click_hint(stage, "pane")
        assert stage.focused == "quants"
        await _click_hint(stage, "keys")
        assert "Escape: back" in stage.text
        await stage.press("escape")
        await _click_hint(stage, "quit")
        assert not stage.app.is_running


async def _click_hint(stage: Stage, words: str) -> None:
    x = stage.shows("hints").index(words)
    await stage.pilot.click("#hints", offset=(x, 0))
    await stage.settle()


async def _wheel(stage: Stage, pane: str, kind: type[MouseScrollDown | MouseScrollUp]) -> None:
    widget = stage.pane(pane)
    x, y = widget.region.x + 5, widget.region.y + 5
    widget.post_message(
        kind(widget, 5, 5, 0, 1, 0, shift=False, meta=False, ctrl=False, screen_x=x, screen_y=y)
    )
    await stage.settle()


async def test_a_form_is_filled_in_by_keys_and_sent_by_a_click(catalog: Catalog, tmp_path: Path) -> None:
    async with on_stage(catalog) as stage:
        await stage.press("E")
        line = stage.app.screen.query_one(Input)
        line.value = str(tmp_path / "list.csv")
        await stage.pilot.click("#do")
        await stage.settle()
        assert (tmp_path / "list.csv").exists()
        assert "written to" in stage.shows("hints")
        for key in ("E", "o", "j"):
            await stage.press(key)
            assert stage.app.screen is not stage.explorer
            await stage.pilot.click("#back")
            await stage.settle()
            assert stage.app.screen is stage.explorer


@pytest.mark.parametrize("size", [CLASSIC, LEAST])
async def test_whatever_can_be_done_in_a_place_is_two_clicks_away(
    catalog: Catalog, size: tuple[int, int]
) -> None:
    opening = ("", "enter", "g", "G", "equals_sign", "c")
    async with on_stage(catalog, size) as stage:
        for key in opening:
            await stage.press(*([key] if key else []))
            here = stage.app.screen
            rows = KEYS if not isinstance(here, View) else (*VIEWS[here.view], *passed_on(here.view))
            hints = here.query_one("#hints")
            row = screen_lines(stage.app)[hints.region.y]
            await stage.pilot.click(hints, offset=(row.index(": find"), 0))
            await stage.settle()
            listed = {entry.key for entry in cast("PaletteScreen", stage.app.screen).entries}
            assert {one.id for one in rows if is_command(one)} <= listed
            await stage.press("escape")
            if key:
                row = screen_lines(stage.app)[hints.region.y]
                await stage.pilot.click(hints, offset=(row.index("Esc back"), 0))
                await stage.settle()
            assert stage.app.screen is stage.explorer
