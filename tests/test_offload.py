"""Which device holds how much of the weights and the cache, against llama.cpp."""

from functools import cache
from typing import Any

import pytest

from llmfit_tui.core.build import Build
from llmfit_tui.core.estimate import Estimate, estimate
from llmfit_tui.core.hardware.device import Backend, Device, DeviceKind
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.core.memory.loaded import loaded_weights
from llmfit_tui.core.placement.deal import Layers, deal
from llmfit_tui.core.placement.place import weights_by_device
from llmfit_tui.core.scenario import ALL_LAYERS, Scenario, Settings
from llmfit_tui.core.tensors.plan import tensor_plan
from llmfit_tui.core.tensors.quantize import quantize
from scenes import CUDA, model, quant, rows

ROWS = rows("offload.jsonl.gz")


@cache
def gpus_of(sizes_mib: tuple[int, ...]) -> tuple[Device, ...]:
    return tuple(
        Device(f"CUDA{i}", "CUDA", "NVIDIA", DeviceKind.DESKTOP, CUDA, mib << 20, None)
        for i, mib in enumerate(sizes_mib)
    )


def placed(row: dict[str, Any], planned: bool = False) -> Estimate:
    settings = Settings(
        context=row["context"],
        parallel=row["parallel"],
        unified_kv=bool(row["unified"]),
        ubatch=row["ubatch"],
        flash_attention=None if row["flash_attention"] else False,
        kv_type_k=KVType(row["kv_type_k"]),
        kv_type_v=KVType(row["kv_type_v"]),
        gpu_layers=ALL_LAYERS if row["gpu_layers"] is None else row["gpu_layers"],
        cpu_moe_layers=row["cpu_moe"],
        kv_offload=bool(row["kv_offload"]),
        op_offload=bool(row["op_offload"]),
        tensor_split=tuple(row["tensor_split"]),
        outputs_per_batch=bool(row["outputs_per_batch"]),
        planned=planned,
    )
    host = Machine("host", gpus_of(tuple(row["gpus_mib"])), 1 << 45, None, Backend.CUDA, driver_bytes=0)
    return estimate(Scenario(model(row["model"]), quant(row["quant"]), host, settings))


def test_weights_and_cache_are_on_every_device_what_llama_cpp_puts_there() -> None:
    wrong: list[object] = []
    for row in ROWS:
        loads = placed(row).placement.loads
        weights = [load.weights_bytes for load in loads]
        cache = [load.cache_bytes for load in loads]
        if weights != [*row["gpu_weight_bytes"], row["host_weight_bytes"]] or cache != [
            *row["gpu_cache_bytes"],
            row["host_cache_bytes"],
        ]:
            wrong.append((row["model"], row["gpu_layers"], row["cpu_moe"], row["tensor_split"]))
    assert wrong == []
    assert len(ROWS) > 2400


def test_a_gpu_without_layers_still_lends_itself_to_long_prompts() -> None:
    row = next(row for row in ROWS if row["gpu_layers"] == 0 and row["kv_offload"])
    assert placed(row).placement.gpus[0].compute_bytes > 0


@pytest.mark.parametrize(
    ("build", "layers", "blocks_on_gpu", "output_on_gpu"),
    [
        (None, 1, 0, True),
        (None, 10, 9, True),
        (8000, 1, 1, False),
        (8000, 10, 10, False),
        (8000, 24, 24, False),
        (8000, 25, 24, True),
        (8200, 25, 24, True),
    ],
)
def test_older_builds_count_repeating_layers_before_the_output(
    build: int | None, layers: int, blocks_on_gpu: int, output_on_gpu: bool
) -> None:
    dealt = deal(Layers(24, 25, Build(build)), layers, [1])
    assert 24 - dealt.host_blocks == blocks_on_gpu
    assert (dealt.output_device is not None) == output_on_gpu


def test_shares_of_three_cards_are_cut_where_llama_cpp_cuts_them() -> None:
    thirds = deal(Layers(48, 49), ALL_LAYERS, [1, 1, 1])
    assert [end - start for start, end in thirds.runs] == [17, 16, 16]
    counted = deal(Layers(48, 49), ALL_LAYERS, [11, 25, 13])
    assert [end - start for start, end in counted.runs] == [11, 25, 13]
    none = deal(Layers(48, 49), ALL_LAYERS, [0, 1, 0])
    assert [end - start for start, end in none.runs] == [0, 49, 0]


@pytest.mark.parametrize("name", ["Qwen/Qwen3.5-0.8B", "zai-org/GLM-4.5-Air"])
def test_a_file_without_prediction_blocks_loads_the_same(name: str) -> None:
    config = model(name).config
    loaded: list[tuple[int, ...]] = []
    for nextn in (True, False):
        plan = tensor_plan(config, nextn)
        assert plan is not None
        # A type whose mix does not depend on the number of blocks.
        weights = loaded_weights(quantize(plan, "Q8_0"))
        loaded.append(weights_by_device(weights, deal(Layers(plan.layers, plan.blocks + 1), ALL_LAYERS, [1])))
    assert loaded[0] == loaded[1]
