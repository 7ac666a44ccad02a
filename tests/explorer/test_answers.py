"""Ready answers: shown beside the estimate, taken with one key, taken back with another."""

from stage import MEDIUM, WIDE, on_stage

from llmfit_tui.core.answers.limits import max_context, max_parallel
from llmfit_tui.storage.catalogs import Catalog
from scenes import LLAMA_8B, LLAMA_70B, estimated, scenario


async def test_what_would_help_is_shown_taken_with_h_and_taken_back_with_capital_h(catalog: Catalog) -> None:
    start = scenario(LLAMA_70B, "Q4_K_M", "RTX 4090", context=65_536)
    async with on_stage(catalog, WIDE, start) as stage:
        assert "h: q8_0 KV saves" in stage.shows("estimate")
        await stage.press("h")
        assert stage.settings.kv_type_k.value == "q8_0"
        assert "GiB; H takes it back" in stage.shows("hints")
        assert "Won't run" not in stage.shows("estimate")
        await stage.press("h", "h", "H", "H", "H")
        assert stage.scenario == start
        await stage.press("H")
        assert "no answer was taken" in stage.shows("hints")


async def test_an_answer_moves_the_cursors_along(catalog: Catalog) -> None:
    start = scenario(LLAMA_8B, "Q8_0", "RTX 3060 8GB")
    async with on_stage(catalog, MEDIUM, start) as stage:
        assert "h: Q5_K" in stage.shows("estimate")
        await stage.press("h")
        assert "Q5_K" in stage.cursor_row("quants")
        assert " saves " not in stage.shows("estimate")
        await stage.press("h")
        assert "it runs great already" in stage.shows("hints")
        await stage.press("H")
        assert "Q8_0" in stage.cursor_row("quants")


async def test_the_most_context_and_the_most_slots_are_one_key_each(catalog: Catalog) -> None:
    found = estimated(LLAMA_8B, "Q4_K_M", "RTX 3060 12GB", context=4096)
    async with on_stage(catalog, MEDIUM, found.scenario) as stage:
        await stage.press("right_curly_bracket")
        assert stage.settings.context == max_context(found)
        await stage.press("H", "left_curly_bracket")
        assert stage.settings.parallel == max_parallel(found)
        assert stage.settings.context == 4096 * stage.settings.parallel
        await stage.press("H")
        assert stage.scenario == found.scenario


async def test_the_starred_quantization_is_an_answer_too(catalog: Catalog) -> None:
    start = scenario(LLAMA_8B, "Q8_0", "RTX 3060 8GB")
    async with on_stage(catalog, MEDIUM, start) as stage:
        await stage.press("asterisk")
        assert stage.scenario.quant.name != "Q8_0"
        assert "the starred one; H takes it back" in stage.shows("hints")
        await stage.press("H")
        assert stage.scenario == start
        assert "Q8_0" in stage.cursor_row("quants")


async def test_the_verdict_is_told_in_full_where_it_takes_two_lines(catalog: Catalog) -> None:
    start = scenario(LLAMA_70B, "Q4_K_M", "RTX 4090", context=131_072)
    async with on_stage(catalog, (100, 30), start) as stage:
        head, more = stage.shows("estimate").splitlines()[1:3]
        assert "Won't run · RTX 4090 would need 79.8 GiB and has" in head
        assert more.startswith("   24.0 GiB")
