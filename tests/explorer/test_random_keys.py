"""Keys nobody would press in this order: no exception, and what is on screen is up to date."""

import random
from pathlib import Path

import pytest
from stage import CLASSIC, LEAST, MEDIUM, PANES, Stage, on_stage

from llmfit_tui.screens.keys import KEYS
from llmfit_tui.screens.page import PageScreen
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.places import places

LEAVING = {"q", "ctrl+c"}
TABLE = [name for key in KEYS for name in key.keys.split(",") if name and name not in LEAVING]
MOVES = ["up", "down", "pageup", "pagedown", "home", "end", "left", "right"]
LETTERS = [*"aegilmnoqrt4 78".replace(" ", ""), "space", "backspace", "ctrl+u", "enter", "escape"]
WINDOWS = (MEDIUM, CLASSIC, LEAST, (30, 8), (100, 24), (160, 45))


async def test_a_hundred_random_keys_leave_the_explorer_in_order(catalog: Catalog, tmp_path: Path) -> None:
    await _press_at_random(catalog, tmp_path, 1, 100)


@pytest.mark.soak
async def test_five_thousand_random_keys_leave_the_explorer_in_order(
    catalog: Catalog, tmp_path: Path
) -> None:
    await _press_at_random(catalog, tmp_path, 5000, 5000)


async def test_a_view_hears_keys_before_it_stands(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        view = PageScreen(stage.explorer)
        view.say("typed ahead")
        view.on_key(None)
        view.follow_summary()


async def _press_at_random(catalog: Catalog, folder: Path, seed: int, presses: int) -> None:
    chance = random.Random(seed)
    async with on_stage(catalog, MEDIUM, where=places(str(folder / "settings"))) as stage:
        for number in range(presses):
            if chance.random() < 0.05:
                await stage.resize(chance.choice(WINDOWS))
            await stage.press(_key(stage, chance))
            if number % 50 == 49:
                await _check(stage)
        assert stage.app.is_running


def _key(stage: Stage, chance: random.Random) -> str:
    """A key that does something where the keys go, but does not leave."""
    pane = next((pane for pane in map(stage.pane, PANES) if pane.filtering), None)
    if pane is not None or stage.app.screen is not stage.explorer:
        return chance.choice(LETTERS)
    return chance.choice(TABLE if chance.random() < 0.5 else MOVES)


async def _check(stage: Stage) -> None:
    """Leave whatever is open; then drawing everything anew may change nothing."""
    while stage.app.screen is not stage.explorer:
        await stage.press("escape")
    await stage.resize(MEDIUM)
    assert stage.scenario.settings.context > 0
    for name in PANES:
        pane = stage.pane(name)
        if pane.chosen_index is not None:
            assert pane.shown[pane.cursor] == pane.chosen_index
    shown = stage.text
    for name in PANES:
        stage.pane(name).forget()
    await stage.settle()
    assert stage.text == shown
