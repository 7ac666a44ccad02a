"""The palette finds everything by a few letters, and every command is reached by palette, key and mouse."""

import pytest
from stage import CLASSIC, MEDIUM, Stage, on_stage
from textual.widget import Widget

from llmfit_tui.core.search import Entry, ranked
from llmfit_tui.panes.palette import PaletteList
from llmfit_tui.screens.explorer import ExplorerScreen
from llmfit_tui.screens.export_form import ExportForm
from llmfit_tui.screens.finding import is_command
from llmfit_tui.screens.help import sections
from llmfit_tui.screens.keys import KEYS, VIEWS, passed_on
from llmfit_tui.screens.palette import PaletteScreen
from llmfit_tui.storage.catalogs import Catalog


def _found(stage: Stage) -> list[Entry]:
    return list(stage.app.screen.query_one(PaletteList).found)


async def _find(stage: Stage, text: str) -> None:
    await stage.press("colon")
    await stage.type(text)
    await stage.press("enter")


async def test_a_model_a_quantization_and_hardware_are_found_and_chosen(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        await _find(stage, "gemma 3 12b")
        assert stage.scenario.model.name == "gemma 3 12B it"
        await _find(stage, "q5km")
        assert stage.scenario.quant.name == "Q5_K_M"
        await _find(stage, "rtx3090")
        assert stage.scenario.machine.name == "NVIDIA GeForce RTX 3090"
        assert all("▌" in stage.cursor_row(pane) for pane in ("models", "quants", "hardware"))


async def test_letters_typed_ahead_are_not_lost_and_a_filter_that_hides_the_choice_ends(
    catalog: Catalog,
) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        await stage.press("colon", *"3090", "enter")
        assert "3090" in stage.scenario.machine.name
        await stage.press("slash", *"qwen", "enter")
        await _find(stage, "gemma 3 12b")
        assert stage.pane("models").filter_text == ""
        assert "gemma 3 12B" in stage.cursor_row("models")


async def test_a_command_is_done_and_comes_first_the_next_time(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        await _find(stage, "flash att")
        assert not stage.settings.flash_attention_on
        await stage.press("ctrl+p")
        assert _found(stage)[0].key == "flash"
        await stage.press("escape")
        assert stage.app.screen is stage.explorer


async def test_a_view_opens_from_the_palette_and_its_own_commands_are_found_there(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        await _find(stage, "pinned scenarios")
        assert "One scenario: + pins others beside it" in stage.text
        await _find(stage, "rtx 3060 12")
        assert "RTX 3060" in stage.scenario.machine.name
        assert "RTX 3060" in stage.text.splitlines()[0]
        await _find(stage, "the scenarios as json")
        assert isinstance(stage.app.screen, ExportForm)
        await stage.press("escape")
        await _find(stage, "where every figure")
        assert len(stage.app.screen_stack) == 2


@pytest.mark.parametrize("view", [None, *VIEWS])
async def test_every_command_of_a_place_has_a_key_and_is_in_the_palette_and_in_the_help(
    catalog: Catalog, view: str | None
) -> None:
    rows = KEYS if view is None else (*VIEWS[view], *passed_on(view))
    commands = [key for key in rows if is_command(key)]
    assert all(key.keys for key in commands)
    told = [key.id for _, keys in sections(view or "models") for key in keys]
    assert {key.id for key in commands} <= set(told)
    if view is None:
        async with on_stage(catalog, CLASSIC) as stage:
            await stage.press("colon")
            listed = {entry.key: entry.note for entry in _found(stage)}
        assert all(listed.get(key.id) for key in commands)
        assert all(
            hasattr(ExplorerScreen, f"action_{_name(key.action)}") or "app." in key.action for key in commands
        )


def _name(action: str) -> str:
    return action.partition("(")[0]


async def test_a_click_on_an_entry_takes_it_and_one_beside_leaves(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        await stage.press("colon", *"flash")
        pane: Widget = stage.app.screen.query_one(PaletteList)
        await stage.pilot.click(pane, offset=(12, 2))
        await stage.settle()
        assert not stage.settings.flash_attention_on
        await stage.press("colon")
        await stage.pilot.click(offset=(2, 30))
        await stage.settle()
        assert not isinstance(stage.app.screen, PaletteScreen)


async def test_a_click_on_a_key_in_the_help_presses_it(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        await stage.press("question_mark")
        lines = stage.text.splitlines()
        y = next(i for i, line in enumerate(lines) if "flash attention on or off" in line)
        await stage.pilot.click(offset=(40, y))
        await stage.settle()
        assert stage.app.screen is stage.explorer
        assert not stage.settings.flash_attention_on


async def test_what_nothing_is_called_is_said(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        await stage.press("colon", *"zzzzqqq")
        assert "Nothing is called “zzzzqqq”." in stage.text
        await stage.press("enter")
        assert "Nothing is called" in stage.text
        await stage.press("ctrl+u", "backspace")
        assert stage.app.screen is stage.explorer


def test_better_matches_come_first_and_choices_before_break_ties() -> None:
    entries = [
        Entry("model", name, name, name.lower())
        for name in ("Mocoder 7B", "Coder 70B", "Coder 7B", "Code R7")
    ]
    assert [entry.name for entry in ranked("coder 7b", entries)][:2] == ["Coder 7B", "Mocoder 7B"]
    assert [entry.name for entry in ranked("coder7", entries)][:2] == ["Coder 7B", "Coder 70B"]
    assert ranked("coder7", entries, [("model", "Coder 70B")])[0].name == "Coder 70B"
    assert ranked("", entries, [("model", "Code R7")])[0].name == "Code R7"
    assert not ranked("xyz", entries)


async def test_letters_typed_ahead_of_a_palette_opened_from_elsewhere_go_to_it(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        await stage.press("question_mark")
        await stage.press("escape", "colon", *"5090", "enter")
        assert stage.app.screen is stage.explorer
        assert "5090" in stage.scenario.machine.name
        await stage.press("g")
        await stage.press("colon", *"4060", "enter")
        assert "4060" in stage.scenario.machine.name
