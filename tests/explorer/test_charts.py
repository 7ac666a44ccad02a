"""Charts: figures against each other, and a cursor whose points are scenarios."""

from pathlib import Path

import pytest
from kept_screens import reads_as_kept
from stage import CLASSIC, LEAST, MEDIUM, WIDE, OtherCatalog, on_stage

from llmfit_tui.cli.glyphs import in_ascii
from llmfit_tui.core.answers.limits import max_context
from llmfit_tui.core.estimate import estimate
from llmfit_tui.storage.catalogs import Catalog
from scenes import LLAMA_8B, scenario, shipped

SMALL_CARD = scenario(LLAMA_8B, "Q4_K_M", "RTX 3060 12GB")


@pytest.mark.parametrize("size", [WIDE, MEDIUM, CLASSIC], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_every_chart_reads_as_it_did(catalog: Catalog, size: tuple[int, int]) -> None:
    async with on_stage(catalog, size, SMALL_CARD) as stage:
        await stage.press("G")
        for chart, key in (("memory", "1"), ("speed", "2"), ("quality", "3")):
            await stage.press(key)
            await stage.settle()
            reads_as_kept(f"chart-{chart}-{size[0]}x{size[1]}", stage.text)


async def test_the_chart_of_models_reads_as_it_did() -> None:
    scored = sorted((model for model in shipped().models if model.capability), key=lambda model: model.id)
    async with on_stage(OtherCatalog(scored[::12]), CLASSIC, SMALL_CARD) as stage:
        await stage.press("G", "4")
        while stage.explorer.makes_rows or "to come" in stage.text:
            await stage.settle()
        reads_as_kept("chart-models-80x24", stage.text)


async def test_the_memory_chart_shows_where_it_spills_and_goes_there(catalog: Catalog) -> None:
    planned = estimate(SMALL_CARD.with_settings(planned=True), shipped().evidence)
    async with on_stage(catalog, MEDIUM, SMALL_CARD) as stage:
        await stage.press("G")
        await stage.settle()
        assert "all on the GPU │" in stage.text
        assert "RTX 3060 12 GB: 12.0 GiB" in stage.text
        await stage.press("right", "right", "right")
        assert stage.settings.context == max_context(planned)
        assert "the most that stays all on the GPU" in stage.text
        await stage.press("right")
        assert stage.settings.context == 65_536


async def test_points_of_the_charts_are_scenarios(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC, SMALL_CARD) as stage:
        await stage.press("G")
        await stage.press("tab", "right")
        assert "512 tokens in the cache · about" in stage.text
        assert stage.scenario == SMALL_CARD
        await stage.press("3", "home")
        assert stage.scenario.quant.name == "IQ1_S"
        await stage.press("up", "up")
        assert "nothing smaller agrees more" in stage.text
        await stage.press("escape")
        assert stage.scenario.quant.name in stage.shows("summary")


async def test_models_are_drawn_by_the_score_for_a_use(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM, SMALL_CARD) as stage:
        await stage.press("slash")
        await stage.type("llama 3")
        await stage.press("enter")
        await stage.press("G")
        await stage.press("4")
        assert "general score by tok/s" in stage.text
        await stage.press("u", "up")
        assert "coding score by tok/s" in stage.text
        assert stage.scenario.model.name in stage.text.splitlines()[-4]
        assert "nothing as fast scores more" in stage.text


async def test_keys_typed_ahead_go_to_the_view_that_opens(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC, SMALL_CARD) as stage:
        await stage.press("G", "3")
        assert "% of tokens as 16 bit" in stage.text
        await stage.press("escape")
        await stage.press("slash", "G", "r", "P", "I")
        assert stage.app.screen is stage.explorer
        assert "/ GrPI" in stage.text


async def test_a_click_takes_a_point_and_a_name_turns_to_its_chart(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC, SMALL_CARD) as stage:
        await stage.press("G")
        await stage.settle()
        await stage.pilot.click("#body", offset=(19, 8))
        assert stage.settings.context == 4096
        await stage.pilot.click("#body", offset=(28, 0))
        await stage.settle()
        assert "% of tokens as 16 bit" in stage.text


async def test_settings_changed_in_a_chart_count_in_it(catalog: Catalog) -> None:
    async with on_stage(catalog, LEAST, SMALL_CARD) as stage:
        await stage.press("G")
        before = stage.text
        await stage.press("right_square_bracket", "k")
        assert (stage.settings.context, stage.settings.kv_type_k.value) == (16_384, "q8_0")
        assert stage.text != before
        assert "16,384 tokens" in stage.text


async def test_points_go_to_a_file(catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with on_stage(catalog, CLASSIC, SMALL_CARD) as stage:
        await stage.press("G")
        await stage.press("3")
        await stage.press("E")
        await stage.press("enter")
        assert "written to" in stage.text
    written = (tmp_path / "llmfit-quality.csv").read_text(encoding="utf-8")
    assert "Q4_K_M,5,False,4.92 GB" in written


def test_dots_have_stand_ins_where_the_locale_is_not_utf_8() -> None:
    assert in_ascii("⠉⠒⣀⡠⢣⡇╱") == "'-./\\|/"
    assert all(in_ascii(chr(0x2800 + bits)).isascii() for bits in range(256))
