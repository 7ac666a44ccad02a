"""Which device holds how much of the cache, against llama.cpp."""

from typing import Any

from llmfit_tui.core.estimate import Estimate, estimate
from llmfit_tui.core.hardware import Backend, Device, DeviceKind
from llmfit_tui.core.machine import Machine
from llmfit_tui.core.scenario import ALL_LAYERS, Scenario, Settings, architecture
from scenes import CUDA, model, quant, rows

ROWS = rows("offload.jsonl.gz")
NO_BLOCK_BEHIND = {"deepseek-ai/DeepSeek-V3"}


def uniform(row: dict[str, Any]) -> bool:
    """Every layer keeps the same."""
    return len(architecture(model(row["model"])).groups) == 1


def placed(row: dict[str, Any]) -> Estimate:
    gpus = tuple(
        Device(f"CUDA{i}", "CUDA", "NVIDIA", DeviceKind.DESKTOP, CUDA, mib << 20, None)
        for i, mib in enumerate(row["gpus_mib"])
    )
    settings = Settings(
        context=row["context"],
        parallel=row["parallel"],
        unified_kv=bool(row["unified"]),
        ubatch=row["ubatch"],
        flash_attention=bool(row["flash_attention"]),
        gpu_layers=ALL_LAYERS if row["gpu_layers"] is None else row["gpu_layers"],
        kv_offload=bool(row["kv_offload"]),
        tensor_split=tuple(row["tensor_split"]),
    )
    host = Machine("host", gpus, 1 << 45, None, Backend.CUDA, driver_bytes=0)
    return estimate(Scenario(model(row["model"]), quant("Q4_K_M"), host, settings))


def differing(some: list[dict[str, Any]]) -> list[tuple[str, int | None, list[int], list[int]]]:
    """Rows whose cache lands elsewhere than in llama.cpp."""
    found: list[tuple[str, int | None, list[int], list[int]]] = []
    for row in some:
        loads = placed(row).placement.loads
        mine = [load.cache_bytes for load in loads]
        truth = [*row["gpu_cache_bytes"], row["host_cache_bytes"]]
        if mine != truth:
            found.append((row["model"], row["gpu_layers"], mine, truth))
    return found


def test_the_cache_of_alike_layers_follows_them_to_the_byte() -> None:
    some = [row for row in ROWS if uniform(row) and row["model"] not in NO_BLOCK_BEHIND]
    assert len(some) > 400
    assert differing(some) == []


def test_without_kv_offload_the_cache_stays_on_the_host() -> None:
    some = [row for row in ROWS if not row["kv_offload"]]
    assert len(some) > 50
    assert differing(some) == []


def test_the_cache_of_unlike_layers_follows_the_very_layers() -> None:
    some = [row for row in ROWS if not uniform(row)]
    assert len(some) > 200
    assert differing(some) == []


def test_files_without_prediction_blocks_have_no_layer_for_one() -> None:
    assert differing([row for row in ROWS if row["model"] in NO_BLOCK_BEHIND]) == []


def test_a_gpu_without_layers_still_lends_itself_to_long_prompts() -> None:
    row = next(row for row in ROWS if row["gpu_layers"] == 0 and row["kv_offload"])
    assert placed(row).placement.gpus[0].compute_bytes > 0
