"""The fit map: a rating in every cell, and a cursor that is the scenario."""

import pytest
from stage import CLASSIC, LEAST, MEDIUM, on_stage

from llmfit_tui.storage.catalogs import Catalog
from scenes import LLAMA_8B, scenario


async def test_the_cursor_moves_through_quantizations_and_contexts_and_is_the_scenario(
    catalog: Catalog,
) -> None:
    start = scenario(LLAMA_8B, "Q4_K_M", "RTX 3060 12GB")
    async with on_stage(catalog, MEDIUM, start) as stage:
        await stage.press("g")
        assert "Quantization x context" in stage.text
        await stage.press("right", "right", "down")
        assert stage.settings.context == 32_768
        assert stage.scenario.quant.name == "Q4_1"
        assert "Q4_1 · 32k" in stage.text
        await stage.press("escape")
        assert "Q4_1" in stage.cursor_row("quants")
        assert "32,768 tokens" in stage.shows("summary")


async def test_a_key_turns_it_to_hardware_and_to_models(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        await stage.press("g")
        await stage.press("tab")
        assert "Quantization x hardware" in stage.text
        await stage.press("right")
        assert stage.scenario.machine.gpus[0].card == "NVIDIA GeForce RTX 5090"
        await stage.press("tab", "down")
        assert "Model x hardware" in stage.text
        chosen = stage.scenario.model.name
        await stage.press("escape")
        assert chosen[:12] in stage.cursor_row("models")


async def test_it_spans_what_the_lists_show(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        await stage.press("2", "slash")
        await stage.type("q5")
        await stage.press("enter", "g")
        assert " Q5_K_M" in stage.text
        assert " Q4_K_M  " not in stage.text


@pytest.mark.parametrize("size", [CLASSIC, LEAST])
async def test_a_click_takes_a_cell(catalog: Catalog, size: tuple[int, int]) -> None:
    async with on_stage(catalog, size) as stage:
        await stage.press("g")
        await stage.pilot.click("#body", offset=(14 + 2 + 1 + 8 * 2, 4))
        await stage.settle()
        assert stage.settings.context == 8192
        before = stage.scenario.quant.name
        await stage.pilot.click("#body", offset=(14 + 2 + 1 + 8, 5))
        await stage.settle()
        assert stage.settings.context == 4096
        assert stage.scenario.quant.name != before


async def test_settings_changed_in_the_map_count_in_every_cell(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM, scenario(LLAMA_8B, "Q4_K_M", "RTX 3060 12GB")) as stage:
        await stage.press("g")
        before = stage.text
        await stage.press("k")
        assert stage.settings.kv_type_k.value == "q8_0"
        assert stage.text != before
