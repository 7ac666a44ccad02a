"""Decode and prefill speed: bounds nothing can beat, and the model's own arithmetic."""

import math
import random
from dataclasses import replace

import pytest

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.estimate import Estimate, estimate
from llmfit_tui.core.machine import Machine
from llmfit_tui.core.machines import Wishes, machine_of
from llmfit_tui.core.scenario import Scenario, Settings
from llmfit_tui.core.speed import ETA, TAU_S, Basis
from scenes import (
    LLAMA_8B,
    LLAMA_70B,
    QWEN,
    QWEN_MOE,
    cards,
    cpu_machine,
    estimated,
    machine,
    quant,
    shipped,
    sized_models,
)

TYPES = ("IQ2_XXS", "Q3_K_M", "Q4_K_M", "Q6_K", "Q8_0", "F16")
GB = 10**9


def some_machines(count: int) -> list[Machine]:
    """Shipped hardware, the same sample on every run."""
    devices = sorted(shipped().devices, key=lambda device: device.name)
    sample = random.Random(20).sample(devices, count)
    return [machine_of(device.name, (device,), Wishes()) for device in sample]


def seconds_at_full_bandwidth(found: Estimate) -> float | None:
    """The time in which every active byte could be read once, at best."""
    place = found.scenario.machine
    seconds = 0.0
    for load in found.placement.loads:
        bandwidth = load.gpu.bandwidth_bytes_per_s if load.gpu else place.host_bandwidth
        if load.active_bytes:
            if not bandwidth:
                return None
            seconds += load.active_bytes / bandwidth
    return seconds


def tok_s(found: Estimate) -> float:
    assert found.speed.decode_tok_s is not None
    return found.speed.decode_tok_s


def test_no_speed_is_above_bandwidth_over_active_bytes() -> None:
    places = some_machines(40)
    types = [quant(name) for name in TYPES]
    checked = 0
    for one in sized_models():
        for type_ in types:
            settings = Settings()
            for place in places:
                found = estimate(Scenario(one, type_, place, settings))
                speed, best = found.speed, seconds_at_full_bandwidth(found)
                if speed.decode_tok_s is None:
                    assert speed.decode_low is speed.decode_high is speed.time_to_first_token_s is None
                    continue
                assert best
                assert speed.decode_low is not None
                assert speed.decode_high is not None
                assert (
                    0 < speed.decode_low <= speed.decode_tok_s <= speed.decode_high <= 1 / best * (1 + 1e-9)
                )
                checked += 1
    assert checked > 50_000


def test_a_full_gpu_run_is_bandwidth_and_layers() -> None:
    found = estimated(LLAMA_8B, "Q4_K_M", cards(24, bandwidth=1000 * GB))
    assert 1 / tok_s(found) == pytest.approx(
        found.weights.active_bytes / (1000 * GB * ETA) + 32 * TAU_S, rel=1e-6
    )


def test_partial_offload_is_the_two_parts_one_after_the_other() -> None:
    place = cards(24, bandwidth=1000 * GB)
    found = estimated(LLAMA_8B, "Q4_K_M", place, gpu_layers=17)
    weights = found.weights
    on_gpu = weights.block_bytes * 16 / 32 + weights.output_bytes
    on_host = weights.block_bytes * 16 / 32
    assert place.host_bandwidth is not None
    by_hand = on_gpu / (1000 * GB * ETA) + on_host / (place.host_bandwidth * ETA) + 32 * TAU_S
    assert 1 / tok_s(found) == pytest.approx(by_hand, rel=1e-6)
    assert tok_s(found) < tok_s(estimated(LLAMA_8B, "Q4_K_M", place))


def test_every_layer_moved_to_the_host_costs_speed() -> None:
    speeds = [tok_s(estimated(LLAMA_8B, "Q4_K_M", cards(24), gpu_layers=n)) for n in range(34)]
    assert speeds == sorted(speeds)


def test_two_cards_hold_more_but_do_not_decode_faster() -> None:
    one, two = cards(80, bandwidth=1000 * GB), cards(80, 80, bandwidth=1000 * GB)
    assert tok_s(estimated(LLAMA_8B, "Q4_K_M", two)) == pytest.approx(
        tok_s(estimated(LLAMA_8B, "Q4_K_M", one))
    )


def test_a_model_of_experts_reads_only_those_it_uses() -> None:
    moe, dense = estimated(QWEN_MOE, "Q4_K_M", "RTX 4090"), estimated("Qwen/Qwen3-32B", "Q4_K_M", "RTX 4090")
    assert tok_s(moe) > 3 * tok_s(dense)
    weights = moe.weights
    by_hand = weights.block_bytes + weights.output_bytes + weights.other_bytes + weights.expert_bytes / 16
    assert moe.placement.gpus[0].active_bytes == pytest.approx(by_hand, rel=1e-6)


def test_an_unknown_bandwidth_gives_no_speed_at_all() -> None:
    speed = estimated(LLAMA_8B, "Q4_K_M", cards(24, bandwidth=None)).speed
    assert (speed.decode_tok_s, speed.decode_low, speed.decode_high) == (None, None, None)
    assert speed.time_to_first_token_s is None


def test_tokens_in_the_cache_cost_speed() -> None:
    empty = estimated(LLAMA_8B, "Q4_K_M", "RTX 4090", context=32_768)
    deep = estimated(LLAMA_8B, "Q4_K_M", "RTX 4090", context=32_768, depth=30_000)
    assert tok_s(deep) < 0.8 * tok_s(empty)
    windowed = [
        tok_s(estimated("openai/gpt-oss-20b", "MXFP4_MOE", "RTX 4090", context=32_768, depth=depth))
        for depth in (0, 30_000)
    ]
    assert windowed[1] > 0.7 * windowed[0]


def test_where_measurements_scatter_the_estimate_is_called_rough() -> None:
    assert estimated(LLAMA_8B, "Q4_K_M", "RTX 4090").speed.basis is Basis.ESTIMATED
    assert estimated(QWEN, "Q4_K_M", "RTX 4090").speed.basis is Basis.ROUGH
    assert estimated(LLAMA_8B, "Q4_K_M", cpu_machine(64, 60 * GB)).speed.basis is Basis.ROUGH
    assert estimated(LLAMA_70B, "Q4_K_M", machine("RTX 4090", ram_gib=128)).speed.basis is Basis.ROUGH
    narrow = estimated(LLAMA_8B, "Q4_K_M", "RTX 4090").speed
    wide = estimated(LLAMA_8B, "Q4_K_M", "Quadro P1000").speed
    assert narrow.decode_tok_s is not None
    assert wide.decode_tok_s is not None
    assert wide.decode_tok_s / (wide.decode_low or math.inf) > narrow.decode_tok_s / (
        narrow.decode_low or math.inf
    )


def test_a_longer_prompt_takes_longer_to_answer() -> None:
    short = estimated(LLAMA_8B, "Q4_K_M", "RTX 4090").speed
    long = estimated(LLAMA_8B, "Q4_K_M", "RTX 4090", prompt=4096).speed
    assert short.prefill_tok_s == long.prefill_tok_s
    assert (short.time_to_first_token_s or 0) * 5 < (long.time_to_first_token_s or 0)


def test_prefill_lies_within_its_band_and_needs_a_known_rate() -> None:
    speed = estimated(LLAMA_8B, "Q4_K_M", "RTX 4090").speed
    assert (speed.prefill_low or math.inf) < (speed.prefill_tok_s or 0) < (speed.prefill_high or 0)
    assert estimated(LLAMA_8B, "Q4_K_M", cards(24)).speed.prefill_tok_s is None


def test_no_prefill_speed_is_negative() -> None:
    place = machine("MI300X", ram_gib=1024)
    roomy = replace(
        place, gpus=tuple(replace(gpu, memory_bytes=2 << 40, usable_bytes=None) for gpu in place.gpus)
    )
    for one in sized_models():
        found = estimate(Scenario(one, quant("Q4_K_M"), roomy))
        assert (found.active_parameters or 1) > 0, one.id
        assert (found.speed.prefill_tok_s or 1) > 0, one.id


def test_a_model_of_unknown_size_is_refused_by_name() -> None:
    with pytest.raises(BadValue, match=r"Inkling"):
        estimated("thinkingmachines/Inkling", "Q4_K_M", "RTX 4090")
