"""X has another engine run the model, and the figures of every list follow."""

from stage import on_stage

from llmfit_tui.cli.explore import first_scenario
from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.profiles.settings_table import settings_of_table
from llmfit_tui.format.scenario_line import read_line, scenario_line
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.remembered import Remembered


async def test_the_key_goes_through_the_engines_that_run_it_here(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        before = stage.scenario
        await stage.press("X")
        assert stage.settings.engine is Engine.OLLAMA
        assert "in Ollama" in stage.text.splitlines()[0]
        assert stage.scenario.machine.margin_bytes > 0
        await stage.press("X")
        assert stage.settings.engine is Engine.VLLM
        assert stage.scenario.quant.name in {"BF16", "FP8"}
        assert "does not load Q4_K_M" in stage.text
        assert "GPU KV cache size" in stage.shows("estimate")
        await stage.press("X")
        assert stage.settings.engine is Engine.LLAMA_CPP
        assert "mlx is for Apple silicon" in stage.text
        assert stage.scenario == before


async def test_formats_another_engine_loads_say_which(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        await stage.press("X", "X")
        await stage.choose("quants", "Q4_K_M")
        assert "llama" in stage.cursor_row("quants")
        assert "--engine vllm does not load Q4_K_M" in stage.shows("estimate")


async def test_a_mac_has_mlx_and_no_vllm(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        await stage.choose("hardware", "M3 Max 40-core 64")
        await stage.press("X")
        await stage.press("X")
        assert stage.settings.engine is Engine.MLX
        assert "vllm is for NVIDIA and AMD GPUs" in stage.text
        assert stage.scenario.quant.name.startswith("MLX") or stage.scenario.quant.name == "BF16"


async def test_the_engine_is_there_again_at_the_next_visit(catalog: Catalog) -> None:
    last = Remembered(hardware="RTX 4090", settings={"engine": "vllm"}, quant="BF16")
    start = first_scenario(catalog, None, last)
    async with on_stage(catalog, start=start) as stage:
        assert stage.settings.engine is Engine.VLLM
        assert "in vLLM" in stage.text.splitlines()[0]
        line = scenario_line(stage.scenario)
        assert "engine=vllm" in line
        assert settings_of_table(read_line(line).settings) == stage.settings
        await stage.press("c")
        assert "vllm serve" in stage.text
