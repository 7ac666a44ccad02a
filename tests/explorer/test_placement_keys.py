"""Keys that place a model by hand."""

from stage import Stage, on_stage

from llmfit_tui.cli.explore import first_scenario
from llmfit_tui.core.placement.placement import Mode, Placement
from llmfit_tui.storage.catalogs import Catalog

BIG = "Llama 3.3 70B Instruct"
EXPERTS = "Qwen3 30B A3B"


def placed(stage: Stage) -> Placement:
    found = stage.explorer.found
    assert found is not None
    return found.placement


async def test_layers_move_between_card_and_host_one_at_a_time(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        await stage.choose("models", BIG)
        chosen = placed(stage)
        assert chosen.mode is Mode.SPLIT
        before = stage.shows("estimate")
        await stage.press("L")
        fewer = placed(stage)
        assert fewer.gpu_layers == chosen.gpu_layers - 1
        assert fewer.gpus[0].total_bytes < chosen.gpus[0].total_bytes
        assert fewer.host.total_bytes > chosen.host.total_bytes
        assert stage.shows("estimate") != before
        assert f"{fewer.gpu_layers} GPU layers by hand" in stage.shows("summary")
        await stage.press("l")
        assert placed(stage).gpu_layers == chosen.gpu_layers
        await stage.press("z")
        assert stage.settings.gpu_layers is None
        assert stage.shows("estimate") == before


async def test_layers_stop_at_none_and_at_all(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        await stage.press("l")
        assert stage.settings.gpu_layers == placed(stage).layers_total
    few = first_scenario(catalog).with_settings(gpu_layers=1)
    async with on_stage(catalog, start=few) as stage:
        await stage.press("L", "L")
        assert stage.settings.gpu_layers == 0
        assert placed(stage).mode is Mode.CPU


async def test_experts_move_to_the_host_block_by_block(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        await stage.choose("models", EXPERTS)
        whole = placed(stage)
        await stage.press("b", "b", "b")
        kept_back = placed(stage)
        assert kept_back.cpu_moe_layers == 3
        assert kept_back.gpus[0].weights_bytes < whole.gpus[0].weights_bytes
        await stage.press("B", "B", "B")
        assert placed(stage).cpu_moe_layers == 0


async def test_a_dense_model_says_that_it_has_no_experts(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        await stage.choose("models", "Llama 3.1 8B Instruct")
        await stage.press("b")
        assert "mixture of experts" in stage.text
        assert stage.settings.cpu_moe_layers is None
