"""Keys that change how a model is run: the scenario follows, and so do the figures."""

from dataclasses import replace

from stage import PANES, Stage, on_stage

from llmfit_tui.cli.explore import first_scenario
from llmfit_tui.core.answers.recommend import recommended
from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.storage.catalogs import Catalog

LESS, MORE, MOST = "left_square_bracket", "right_square_bracket", "right_curly_bracket"


async def test_brackets_halve_and_double_the_context(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        before = stage.shows("estimate")
        await stage.press(MORE)
        assert stage.settings.context == 16_384
        assert "16,384 tokens" in stage.text.splitlines()[0]
        assert stage.shows("estimate") != before
        await stage.press(LESS)
        assert stage.shows("estimate") == before
        await stage.press(LESS)
        assert stage.settings.context == 4096


async def test_the_context_never_passes_the_models_own(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        for _ in range(4):
            await stage.press(MORE)
            assert stage.settings.context <= 32_768
        assert stage.settings.context == 32_768
        for _ in range(12):
            await stage.press(LESS)
        assert stage.settings.context == 512


async def test_the_closing_brace_takes_the_most_context_that_fits(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        await stage.choose("models", "gemma 4 12B it")
        await stage.press(MOST)
        assert 200_000 < stage.settings.context < 262_144
        assert f"most context here {stage.settings.context:,} tokens" in stage.shows("estimate")
        assert "Runs" in stage.shows("estimate") or "Usable" in stage.shows("estimate")
        most = stage.settings.context
        await stage.press(MOST)
        assert most < stage.settings.context <= 262_144
        assert "wherever the layers then go; H takes it back" in stage.shows("hints")
        await stage.press("H", MOST)
        assert stage.settings.context > most
        await stage.press("H", "H", "H")
        assert stage.settings.context < most


async def test_a_model_with_less_context_cuts_it_and_the_next_one_gets_back_what_was_asked(
    catalog: Catalog,
) -> None:
    start = first_scenario(catalog).with_settings(context=32_768)
    short = next(one for one in catalog.models if one.context_max == 4096 and one.parameters)
    async with on_stage(catalog, start=start) as stage:
        await stage.choose("models", short.id)
        assert stage.scenario.model == short
        assert "4,096 tokens (of 32k)" in stage.text.splitlines()[0]
        assert stage.settings.context == 32_768
        await stage.press("home")
        assert "32,768 tokens ·" in stage.text.splitlines()[0]


async def test_k_goes_round_the_cache_types_and_capital_k_back(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        full = _memory(stage)
        seen: list[KVType] = []
        for _ in range(4):
            await stage.press("k")
            assert stage.settings.kv_type_k is stage.settings.kv_type_v
            assert f"KV {stage.settings.kv_type_k.value}" in stage.text.splitlines()[0]
            seen.append(stage.settings.kv_type_k)
        assert seen == [KVType.Q8_0, KVType.Q5_1, KVType.Q4_0, KVType.F16]
        await stage.press("K")
        assert stage.settings.kv_type_k is KVType.Q4_0
        assert _memory(stage) < full


async def test_s_adds_slots_and_capital_s_takes_them(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        await stage.press("s", "s")
        assert stage.settings.parallel == 4
        assert "4 slots" in stage.text.splitlines()[0]
        await stage.press("S", "S")
        assert stage.settings.parallel == 1
        assert "slot" not in stage.text.splitlines()[0]


async def test_f_turns_flash_attention_off_and_on(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        before = stage.text
        await stage.press("f")
        assert stage.settings.flash_attention is False
        assert "no flash attention" in stage.text.splitlines()[0]
        assert _memory(stage) != _memory_of(before)
        await stage.press("f")
        assert stage.text == before


async def test_m_gives_the_host_more_memory_and_says_so(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        await stage.choose("models", "llama 3.3 70b instruct")
        before = {pane: stage.rows(pane) for pane in PANES}
        await stage.press("m")
        assert stage.scenario.machine.host_bytes == 64 << 30
        assert "host memory 64 GiB" in stage.shows("hints")
        assert "of 64.0 GiB" in stage.shows("estimate")
        assert all(stage.rows(pane) != before[pane] for pane in ("quants", "hardware"))
        await stage.press("M")
        assert {pane: stage.rows(pane) for pane in PANES} == before


async def test_the_message_goes_with_the_next_key(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        await stage.press("m")
        await stage.press("down")
        assert "host memory 64" not in stage.shows("hints")
        assert "? keys" in stage.shows("hints")


async def test_a_machine_that_shares_its_memory_keeps_it(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        await stage.choose("hardware", "M5 Max 48 GB")
        before = stage.scenario
        assert before.machine.unified
        await stage.press("m")
        assert stage.scenario == before
        assert "shares its own" in stage.shows("hints")


async def test_the_star_key_takes_what_is_recommended(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        await stage.choose("models", "qwen3.5 27b")
        best = recommended(stage.scenario, catalog.quants, catalog.evidence)
        assert best is not None
        await stage.press("asterisk")
        assert stage.scenario.quant == best.scenario.quant
        row = stage.cursor_row("quants")
        assert best.scenario.quant.name in row
        assert "★" in row


async def test_zero_brings_the_settings_back(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        await stage.press("down")
        before = stage.scenario
        estimate = stage.shows("estimate")
        await stage.press(MORE, "k", "s", "f", "m", "m")
        assert stage.scenario != before
        await stage.press("0")
        assert stage.scenario == replace(before)
        assert stage.shows("estimate") == estimate


def _memory(stage: Stage) -> float:
    return _memory_of(stage.text)


def _memory_of(text: str) -> float:
    """GiB in use on the card, as the bar says."""
    bar = next(line for line in text.splitlines() if " of 24.0 GiB" in line)
    return float(bar.partition(" of 24.0 GiB")[0].split()[-1])
