"""Where layers, cache and experts go."""

from dataclasses import replace

import pytest

from llmfit_tui.core.estimate import Estimate, estimate
from llmfit_tui.core.hardware.device import GIB
from llmfit_tui.core.hardware.drivers import DRIVERS
from llmfit_tui.core.placement.placement import Mode
from llmfit_tui.core.scenario import Scenario, Settings
from scenes import (
    LLAMA_8B,
    LLAMA_70B,
    QWEN,
    QWEN_MOE,
    ask,
    cards,
    cpu_machine,
    estimated,
    machine,
    scenario,
    shipped,
    sized_models,
)

DEEPSEEK = "deepseek-ai/DeepSeek-V3"


def gpu_weights(found: Estimate) -> int:
    return sum(load.weights_bytes for load in found.placement.gpus)


def on_gpus(name: str, layers: int) -> Estimate:
    return estimated(name, "Q4_K_M", cards(1024, ram_gib=2048), gpu_layers=layers)


def test_a_model_that_fits_goes_onto_the_gpu_as_a_whole() -> None:
    found = estimated(LLAMA_8B, "Q4_K_M", "RTX 4090").placement
    assert (found.mode, found.gpu_layers, found.layers_total) == (Mode.GPU, 33, 33)
    assert found.host.layers == 0


def test_the_largest_moe_that_fits_a_4090_is_placed_on_it_as_a_whole() -> None:
    found = estimated(QWEN_MOE, "Q4_K_M", "RTX 4090", context=32_768)
    assert found.placement.mode is Mode.GPU
    assert found.rating.level >= 3


def test_a_70b_model_does_not_fit_a_4090_and_is_never_called_usable() -> None:
    for context in (512, 2048, 8192, 32_768):
        found = estimated(LLAMA_70B, "Q4_K_M", machine("RTX 4090", ram_gib=256), context=context)
        assert found.placement.mode is Mode.SPLIT
        assert found.rating.level < 3


def test_the_gpu_is_preferred_even_where_little_stays_free() -> None:
    whole = estimated(LLAMA_8B, "Q4_K_M", cards(5.6))
    assert whole.placement.mode is Mode.GPU
    assert (whole.rating.headroom_fraction or 1) < 0.1


def test_experts_wait_on_the_host_before_whole_layers_do() -> None:
    found = estimated("openai/gpt-oss-120b", "MXFP4_MOE", machine("RTX 4090", ram_gib=128))
    assert found.placement.mode is Mode.MOE_OFFLOAD
    assert found.placement.gpu_layers == found.placement.layers_total
    assert 0 < found.placement.cpu_moe_layers <= 36


def test_a_machine_without_a_gpu_runs_on_the_cpu_without_driver_overhead() -> None:
    found = estimated(QWEN, "Q4_K_M", cpu_machine(16, 60_000_000_000))
    assert found.placement.mode is Mode.CPU
    assert [load.overhead_bytes for load in found.placement.loads] == [0]


def test_a_mac_holds_everything_in_one_memory() -> None:
    found = estimated(LLAMA_8B, "Q4_K_M", "M2 Ultra (76-core GPU) 192 GB")
    assert found.placement.mode is Mode.UNIFIED
    assert found.placement.gpus[0].capacity_bytes == 144 * GIB


def test_what_fits_nowhere_still_says_what_it_would_need() -> None:
    found = estimated(DEEPSEEK, "Q8_0", "RTX 4090")
    assert found.placement.mode is Mode.NONE
    assert found.rating.level == 0
    assert found.total_bytes > 600 * GIB


@pytest.mark.parametrize("name", [LLAMA_8B, QWEN, QWEN_MOE, "google/gemma-3-27b-it", DEEPSEEK])
def test_more_layers_on_the_gpu_never_put_less_there(name: str) -> None:
    held = [gpu_weights(on_gpus(name, n)) for n in range(64)]
    assert held == sorted(held)
    assert held[0] == 0


def test_more_experts_on_the_host_never_put_more_on_the_gpu() -> None:
    held = [gpu_weights(estimated(QWEN_MOE, "Q4_K_M", cards(1024), cpu_moe_layers=n)) for n in range(50)]
    assert held == sorted(held, reverse=True)
    assert held[48] == held[49] < held[0] / 8


def test_leading_dense_blocks_count_towards_n_cpu_moe() -> None:
    found = estimated(DEEPSEEK, "Q4_K_M", cards(4096), cpu_moe_layers=61)
    assert (
        gpu_weights(found)
        < found.weights.block_bytes + found.weights.output_bytes + found.weights.expert_bytes / 58
    )


def test_one_layer_on_the_gpu_is_the_output_alone() -> None:
    found = on_gpus(LLAMA_8B, 1)
    assert gpu_weights(found) == found.weights.loaded.device.output
    assert found.placement.gpus[0].cache_bytes == 0


def test_tied_embeddings_are_stored_twice_when_a_gpu_takes_the_output() -> None:
    found = estimated("google/gemma-3-27b-it", "Q4_K_M", "RTX 4090")
    total = sum(load.weights_bytes for load in found.placement.loads)
    twice = found.weights.tensor_bytes + found.weights.embedding_bytes
    assert total == pytest.approx(twice, abs=128 * sum((found.weights.types or {}).values()))


def test_two_equal_cards_share_layers_as_llama_cpp_rounds_them() -> None:
    assert [load.layers for load in estimated(LLAMA_8B, "Q4_K_M", cards(24, 24)).placement.gpus] == [17, 16]
    split = estimated(LLAMA_8B, "Q4_K_M", cards(24, 24), tensor_split=(3.0, 1.0))
    assert [load.layers for load in split.placement.gpus] == [25, 8]


def test_a_driver_takes_its_memory_on_every_card() -> None:
    found = estimated(LLAMA_8B, "Q4_K_M", "2x RTX 3090")
    each = DRIVERS[found.scenario.machine.backend].usual
    assert [load.overhead_bytes for load in found.placement.loads] == [each, each, 0]


def test_a_backend_for_which_cuda_stands_in_says_so_and_how_logs_compare() -> None:
    there = ask(LLAMA_8B, "--quant", "Q4_K_M", "--hardware", "RX 7900 XTX", "--backend", "vulkan")["memory"]
    assert there["compute_basis"].endswith("as for CUDA")
    assert "published logs of Vulkan" in there["compute_evidence"]
    assert "RADV" in there["overhead_source"]
    here = ask(LLAMA_8B, "--quant", "Q4_K_M", "--hardware", "RTX 4090")["memory"]
    assert here["compute_evidence"] is None


def test_what_a_driver_takes_has_a_band_around_it() -> None:
    for driver in DRIVERS.values():
        assert driver.least <= driver.usual <= driver.most
        assert driver.evidence
    memory = ask(LLAMA_8B, "--quant", "Q4_K_M", "--hardware", "2x RTX 3090")["memory"]
    assert 0 < memory["overhead_low_bytes"] < memory["overhead_bytes"] < memory["overhead_high_bytes"]
    exact = ask(LLAMA_8B, "--quant", "Q4_K_M", "--vram", "24GiB")["memory"]
    assert exact["overhead_low_bytes"] == exact["overhead_bytes"] == exact["overhead_high_bytes"] == 0


def test_a_margin_is_kept_free_on_every_gpu() -> None:
    plain = estimated(LLAMA_8B, "Q4_K_M", machine("RTX 4090")).placement.gpus[0]
    asked = estimated(LLAMA_8B, "Q4_K_M", machine("RTX 4090", margin_gib=2)).placement.gpus[0]
    assert plain.capacity_bytes - asked.capacity_bytes == 2 * GIB


def test_a_card_with_no_room_at_all_leaves_the_model_to_the_cpu() -> None:
    found = estimated(QWEN, "Q4_K_M", machine("RTX 4090", margin_gib=30))
    assert found.placement.mode is Mode.CPU
    assert found.rating.level > 0


def test_the_cache_can_stay_on_the_host() -> None:
    found = estimated(LLAMA_8B, "Q4_K_M", "RTX 4090", kv_offload=False)
    assert found.placement.gpus[0].cache_bytes == 0
    assert found.placement.host.cache_bytes == found.cache.attention_bytes


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"gpu_layers": 7},
        {"gpu_layers": 0},
        {"cpu_moe_layers": 5},
        {"tensor_split": (1.0, 2.0)},
        {"parallel": 4},
    ],
    ids=str,
)
def test_devices_sum_to_what_the_model_has(settings: dict[str, object]) -> None:
    base = scenario(QWEN, "Q4_K_M", cards(1024, 512, ram_gib=4096))
    for one in sized_models():
        asked = Scenario(one, base.quant, base.machine, replace(Settings(), **settings))  # pyright: ignore[reportArgumentType]
        found = estimate(asked)
        loads = found.placement.loads
        assert (
            sum(load.cache_bytes for load in loads) == found.cache.attention_bytes + found.cache.state_bytes
        )
        weights = found.weights
        stored = weights.block_bytes + weights.expert_bytes + weights.embedding_bytes + weights.other_bytes
        in_file = stored + (0 if weights.tied else weights.output_bytes)
        second = weights.loaded.second_embedding
        copied = weights.output_bytes if weights.tied and found.placement.gpu_layers else second
        tensors = sum((weights.types or {}).values())
        held = sum(load.weights_bytes for load in loads)
        if not found.placement.gpu_layers and weights.tied and not second:
            copied = 0
        side = weights.loaded.device if found.placement.gpu_layers else weights.loaded.host
        assert 0 <= held - in_file - copied - side.prediction <= 1024 * tensors + 4, one.id
        # Prediction blocks are in the file and not loaded, but for parts of them.
        assert in_file == pytest.approx(weights.tensor_bytes, rel=0.05, abs=4), one.id
        assert sum(load.layers for load in loads) == found.placement.layers_total
        assert all(load.total_bytes >= 0 for load in loads)
        assert min(load.active_bytes for load in loads) >= 0


def test_every_shipped_model_can_be_estimated_or_says_that_its_size_is_unknown() -> None:
    unsized = [one.id for one in shipped().models if one.parameters is None]
    assert len(unsized) < 10


def test_slots_that_do_not_divide_the_context_are_told_what_they_get() -> None:
    notes = estimated(LLAMA_8B, "Q4_K_M", "RTX 4090", context=5000, parallel=3).warnings
    assert any(
        "5,000 tokens do not divide among 3 slots" in note and "5,376 in all" in note for note in notes
    )
    assert not any(
        "divide" in note for note in estimated(LLAMA_8B, "Q4_K_M", "RTX 4090", parallel=4).warnings
    )


def test_more_layers_than_exist_are_all_of_them_and_it_is_said() -> None:
    found = estimated(LLAMA_8B, "Q4_K_M", "RTX 4090", gpu_layers=99)
    assert found.placement.gpu_layers == 33
    assert any("--gpu-layers 99: the model has 33" in note for note in found.warnings)
    experts = estimated(QWEN_MOE, "Q4_K_M", "RTX 4090", cpu_moe_layers=49)
    assert any("--n-cpu-moe 49: the model has 48" in note for note in experts.warnings)
    dense = estimated(LLAMA_8B, "Q4_K_M", "RTX 4090", cpu_moe_layers=3)
    assert any("--n-cpu-moe 3: the model has no experts" in note for note in dense.warnings)
