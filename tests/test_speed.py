"""Decode and prefill speed: bounds nothing can beat, and the model's own arithmetic."""

import math
import random
from contextlib import suppress
from dataclasses import replace

import pytest

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.estimate import Estimate, estimate
from llmfit_tui.core.hardware.device import GB, DeviceKind
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.hardware.machines import Wishes, machine_of
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.placement.placement import Load
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.scenario import Scenario, Settings
from llmfit_tui.core.speed import Basis
from llmfit_tui.core.speed.decode import pace_of
from llmfit_tui.core.speed.fit import DecodeFit
from llmfit_tui.core.speed.prefill import HOST_COPY_BYTES_PER_S
from llmfit_tui.core.speed.work import Work
from scenes import (
    LLAMA_8B,
    LLAMA_70B,
    QWEN,
    QWEN_MOE,
    cards,
    cpu_machine,
    estimated,
    hardware,
    machine,
    quant,
    scenario,
    shipped,
    sized_models,
)

TYPES = ("IQ2_XXS", "Q3_K_M", "Q4_K_M", "Q6_K", "Q8_0", "F16")


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


@pytest.mark.parametrize("engine", ["llama.cpp", "ollama", "vllm", "mlx"])
def test_no_device_of_the_catalog_reads_a_byte_faster_than_its_memory(engine: str) -> None:
    fit = shipped().speed_fit.decode
    assert fit.layer_by_engine, "the shipped fit has factors"
    assert fit.waste > 0
    assert fit.layer_s > 0
    for device in shipped().devices:
        for backend in device.backends:
            place = machine_of(device.name, (device,), Wishes(backend=backend))
            load = Load("", device if place.gpus else None, 1, 1, 1, 0, 0, 0, 1, 1)
            for kind in ("float", "k-quant", "i-quant", "never heard of"):
                pace = pace_of(load, place, Work(1, True, 1, kind, 1, engine), fit)
                if pace is not None:
                    bandwidth = device.bandwidth_bytes_per_s or place.host_bandwidth
                    assert bandwidth
                    assert pace.per_byte * bandwidth >= 1
                    assert min(pace.per_cache_byte, pace.per_layer, pace.per_parameter) > 0


def check_the_bound(one: Model, type_: Quant, place: Machine) -> None:
    found = estimate(Scenario(one, type_, place), shipped().evidence)
    speed, best = found.speed, seconds_at_full_bandwidth(found)
    if speed.decode_tok_s is None:
        assert speed.decode_low is speed.decode_high is speed.time_to_first_token_s is None
        return
    assert best
    assert speed.decode_low is not None
    assert speed.decode_high is not None
    assert 0 < speed.decode_low <= speed.decode_tok_s <= speed.decode_high <= 1 / best * (1 + 1e-9)


def test_no_speed_is_above_bandwidth_over_active_bytes() -> None:
    pick = random.Random(8)
    places, types = some_machines(40), [quant(name) for name in TYPES]
    for _ in range(100):
        one, type_ = pick.choice(sized_models()), pick.choice(types)
        for place in pick.sample(places, 6):
            check_the_bound(one, type_, place)


@pytest.mark.soak
def test_no_speed_is_above_the_bound_for_any_model_at_any_type_on_any_hardware() -> None:
    places = some_machines(len(shipped().devices))
    for one in sized_models():
        for type_ in shipped().quants:
            for place in places:
                with suppress(BadValue):
                    check_the_bound(one, type_, place)


@pytest.mark.parametrize("name", ["RTX 3060 12GB", "RTX 4090", "H100 SXM", "MI300X", "M2 Max 38"])
def test_half_a_billion_parameters_run_at_hundreds_of_tokens_a_second(name: str) -> None:
    place = machine(name)
    assert (place.bandwidth_bytes_per_s or 0) >= 200 * GB
    assert 150 < tok_s(estimated(QWEN, "Q4_K_M", place)) < 1000


def test_every_fast_card_runs_half_a_billion_parameters_at_hundreds_of_tokens_a_second() -> None:
    for device in shipped().devices:
        if not device.backends or device.kind in {DeviceKind.CPU, DeviceKind.NPU}:
            continue
        if (device.bandwidth_bytes_per_s or 0) >= 250 * GB and (device.memory_bytes or 0) > GB:
            found = estimated(QWEN, "Q4_K_M", machine_of(device.name, (device,), Wishes()))
            assert 100 < tok_s(found) < 1000, device.name


def plain_seconds(bytes_read: float, bandwidth: float, rate: float, active: float) -> float:
    """Bytes and arithmetic of a part of a model by the unfitted model: no table of factors."""
    return bytes_read * (1 + DecodeFit().waste) / bandwidth + active / rate


def test_a_full_gpu_run_is_bandwidth_layers_and_arithmetic() -> None:
    found = estimate(scenario(LLAMA_8B, "Q4_K_M", cards(24, bandwidth=1000 * GB)))
    read, active = found.weights.active_bytes, found.active_parameters or 0
    by_hand = plain_seconds(read, 1000 * GB, 40 * 1000 * GB, active) + 32 * DecodeFit().layer_s
    assert 1 / tok_s(found) == pytest.approx(by_hand, rel=1e-6)


def test_partial_offload_is_the_two_parts_one_after_the_other() -> None:
    place = cards(24, bandwidth=1000 * GB)
    asked = scenario(LLAMA_8B, "Q4_K_M", place, gpu_layers=17)
    found = estimate(asked)
    weights, active = found.weights, found.active_parameters or 0
    on_gpu = weights.block_bytes * 16 / 32 + weights.output_bytes + weights.other_bytes
    on_host = weights.block_bytes * 16 / 32
    share = on_gpu / (on_gpu + on_host)
    assert place.host_bandwidth is not None
    by_hand = plain_seconds(on_gpu, 1000 * GB, 40 * 1000 * GB, active * share)
    by_hand += plain_seconds(on_host, place.host_bandwidth, 12 * place.host_bandwidth, active * (1 - share))
    by_hand += 32 * DecodeFit().layer_s
    assert 1 / tok_s(found) == pytest.approx(by_hand, rel=0.01)
    assert tok_s(found) < tok_s(estimate(replace(asked, settings=Settings())))


def test_every_layer_moved_to_the_host_costs_speed() -> None:
    speeds = [tok_s(estimated(LLAMA_8B, "Q4_K_M", cards(24), gpu_layers=n)) for n in range(34)]
    assert speeds == sorted(speeds)


def test_two_cards_hold_more_but_do_not_decode_faster() -> None:
    one, two = cards(80, bandwidth=1000 * GB), cards(80, 80, bandwidth=1000 * GB)
    assert tok_s(estimated(LLAMA_8B, "Q4_K_M", two)) == pytest.approx(
        tok_s(estimated(LLAMA_8B, "Q4_K_M", one))
    )


def test_a_second_socket_adds_memory_but_no_bandwidth_until_somebody_says_so() -> None:
    pair = hardware("2x EPYC 9334")
    (device,) = pair.devices
    machine = machine_of(pair.name, pair.devices, Wishes())
    assert machine.host_bandwidth == (device.bandwidth_bytes_per_s or 0) // 2
    assert any("NUMA" in note for note in machine.assumed)
    assert machine_of(pair.name, pair.devices, Wishes(ram_bandwidth=700 * GB)).host_bandwidth == 700 * GB


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


def test_hosts_with_wide_memory_have_a_wider_band_and_cores_reach_a_part_of_a_chips_memory() -> None:
    usual, wide = (estimated(LLAMA_8B, "Q4_K_M", cpu_machine(64, size * GB)).speed for size in (90, 330))
    for speed, least in ((usual, 1.9), (wide, 2.4)):
        assert speed.basis is Basis.ROUGH
        assert (speed.decode_tok_s or 0) / (speed.decode_low or 1) > least
    chip = estimated(LLAMA_8B, "Q4_K_M", "M2 Ultra 76", gpu_layers=0)
    assert chip.placement.host.active_bytes == chip.weights.active_bytes
    cores = estimated(LLAMA_8B, "Q4_K_M", cpu_machine(192, 480 * GB))
    assert tok_s(chip) == pytest.approx(tok_s(cores), rel=0.05)


def test_small_models_and_rare_hardware_are_rough_on_every_device() -> None:
    for name in ("M3 Max 40", "RTX 4090", "MI300X", "Quadro P1000", "Arc A770"):
        assert estimated(QWEN, "Q4_K_M", name).speed.basis is Basis.ROUGH, name
    for name in ("Quadro P1000", "Arc A770", "Tesla P40"):
        assert estimated(LLAMA_8B, "Q4_K_M", name).speed.basis is Basis.ROUGH, name


def test_a_longer_prompt_takes_longer_to_answer() -> None:
    short = estimated(LLAMA_8B, "Q4_K_M", "RTX 4090").speed
    long = estimated(LLAMA_8B, "Q4_K_M", "RTX 4090", prompt=4096).speed
    assert (short.time_to_first_token_s or 0) * 4 < (long.time_to_first_token_s or 0)


def test_prefill_lies_within_its_band_and_needs_a_known_rate() -> None:
    speed = estimated(LLAMA_8B, "Q4_K_M", "RTX 4090").speed
    assert (speed.prefill_low or math.inf) < (speed.prefill_tok_s or 0) < (speed.prefill_high or 0)
    assert estimated(LLAMA_8B, "Q4_K_M", cards(24)).speed.prefill_tok_s is None


def test_weights_on_the_host_are_copied_to_the_gpu_for_every_micro_batch() -> None:
    asked = scenario(LLAMA_70B, "Q4_K_M", machine("RTX 4090", ram_gib=128))
    split = estimate(asked, shipped().evidence)
    bytes_copied, speed = split.placement.host.weights_bytes, split.speed
    assert speed.prefill_tok_s is not None
    assert speed.prefill_low is not None
    assert 512 / speed.prefill_tok_s > bytes_copied / HOST_COPY_BYTES_PER_S
    assert speed.prefill_tok_s / speed.prefill_low > 2
    larger = estimate(asked.with_settings(ubatch=2048, prompt=2048), shipped().evidence).speed
    assert (larger.prefill_tok_s or 0) > 1.5 * speed.prefill_tok_s
    on_cpu = estimate(asked.with_settings(op_offload=False), shipped().evidence).speed
    assert 0 < (on_cpu.prefill_tok_s or 0) < speed.prefill_tok_s / 2
    short = estimate(asked.with_settings(prompt=8), shipped().evidence).speed
    assert (short.prefill_tok_s or 0) < speed.prefill_tok_s / 2


def test_prompts_are_read_slower_behind_a_long_cache() -> None:
    first, later = (
        estimated(LLAMA_8B, "Q4_K_M", "RTX 4090", context=65_536, depth=depth).speed for depth in (0, 60_000)
    )
    assert (later.prefill_tok_s or 0) < 0.8 * (first.prefill_tok_s or 0)


def test_no_prefill_speed_is_negative() -> None:
    place = machine("MI300X", ram_gib=1024)
    roomy = replace(
        place, gpus=tuple(replace(gpu, memory_bytes=2 << 40, usable_bytes=None) for gpu in place.gpus)
    )
    for one in sized_models()[::4]:
        found = estimate(Scenario(one, quant("Q4_K_M"), roomy))
        assert (found.active_parameters or 1) > 0, one.id
        assert (found.speed.prefill_tok_s or 1) > 0, one.id


def test_a_model_of_unknown_size_is_refused_by_name() -> None:
    with pytest.raises(BadValue, match=r"Inkling"):
        estimated("thinkingmachines/Inkling", "Q4_K_M", "RTX 4090")
