"""Decode and prefill speed of one stream, with a band that holds about four published measurements in five.

    seconds per token = sum over devices of active bytes / (bandwidth x ETA)
                        + layers x TAU + cache read at the present depth / (bandwidth x ETA_KV)

Two parameters fitted on 1,189 published llama.cpp measurements. Against 1,784 measurements on 50 kinds of
hardware its median error is 13 %; the measured speed lies within a factor of 1.5 either way in about four
of five on common hardware, and of 2.2 on CPUs, Intel GPUs, NVIDIA cards before Volta and small boards.
"""

import math
from dataclasses import dataclass
from enum import Enum

from llmfit_tui.core.architecture import Architecture
from llmfit_tui.core.hardware import Backend
from llmfit_tui.core.kvcache import CacheSettings, row_bytes
from llmfit_tui.core.machine import Machine
from llmfit_tui.core.placement import Load, Placement

ETA = 0.758
TAU_S = 101.571e-6
ETA_KV = 0.8
BAND, ROUGH_BAND = 1.5, 2.2
ROUGH_BELOW_PARAMETERS = 2_000_000_000
ROUGH_BACKENDS = frozenset({Backend.CPU, Backend.SYCL, Backend.OPENCL, Backend.CANN})
ROUGH_ARCHITECTURES = frozenset({"Pascal", "Maxwell", "Maxwell 2.0", "Kepler 2.0"})

PREFILL_EFFICIENCY = {"Apple": 0.69}
PREFILL_EFFICIENCY_OTHERS = 0.35
PREFILL_BAND, PREFILL_BAND_OTHERS = 1.3, 3.0
"""Share of the printed FP16 rate that prompts reach: Apple 0.53-0.80 in 115 measurements, others 0.1-1."""


class Basis(Enum):
    """What a speed rests on."""

    MEASURED = "measured"
    CALIBRATED = "calibrated"
    ESTIMATED = "estimated"
    ROUGH = "rough"


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens per second of a single stream; None where a bandwidth or a rate is unknown."""

    decode_tok_s: float | None
    decode_low: float | None
    decode_high: float | None
    prefill_tok_s: float | None
    prefill_low: float | None
    prefill_high: float | None
    time_to_first_token_s: float | None
    basis: Basis
    source: str


def decode_seconds(
    placement: Placement, machine: Machine, arch: Architecture, cache: CacheSettings, depth: int
) -> float | None:
    """Seconds for one token with `depth` tokens in the cache; None where a bandwidth is unknown."""
    read = cache_read_bytes(arch, cache, depth)
    held = sum(load.cache_bytes for load in placement.loads) or 1
    seconds = arch.layers * TAU_S
    for load in placement.loads:
        if not load.active_bytes and not load.cache_bytes:
            continue
        bandwidth = _bandwidth(load, machine)
        if not bandwidth:
            return None
        seconds += load.active_bytes / (bandwidth * ETA)
        seconds += read * load.cache_bytes / held / (bandwidth * ETA_KV)
    return seconds


def cache_read_bytes(arch: Architecture, cache: CacheSettings, depth: int) -> int:
    """Bytes of one sequence's cache read for a token after `depth` others, and its recurrent state."""
    total = 0
    for group in arch.groups:
        positions = min(depth, arch.window or depth) if group.windowed else depth
        row = row_bytes(group.key_width, cache.key_type) + row_bytes(group.value_width, cache.value_type)
        total += group.layers * positions * row
        if group.stateful:
            total += group.layers * 4 * arch.state_values
    return total


def speed_of(
    placement: Placement,
    machine: Machine,
    arch: Architecture,
    cache: CacheSettings,
    depth: int,
    prompt: int,
    active: int | None,
) -> Speed:
    """Speed of this placement; `active` is the parameters used per token."""
    seconds = decode_seconds(placement, machine, arch, cache, depth)
    rough = is_rough(placement, machine, active)
    band = ROUGH_BAND if rough else BAND
    decode = 1 / seconds if seconds else None
    prefill, prefill_band = _prefill(placement, active)
    first = prompt / prefill + seconds if prefill and seconds else None
    return Speed(
        decode_tok_s=decode,
        decode_low=decode / band if decode else None,
        decode_high=min(decode * band, _ceiling(placement, machine)) if decode else None,
        prefill_tok_s=prefill,
        prefill_low=prefill / prefill_band if prefill else None,
        prefill_high=prefill * prefill_band if prefill else None,
        time_to_first_token_s=first,
        basis=Basis.ROUGH if rough else Basis.ESTIMATED,
        source="bandwidth model with two fitted parameters, not measured on this hardware",
    )


def is_rough(placement: Placement, machine: Machine, active: int | None) -> bool:
    """Whether published measurements scatter too widely here for the narrower band."""
    if placement.host.layers or placement.cpu_moe_layers:
        return True
    if machine.backend in ROUGH_BACKENDS or (active or 0) < ROUGH_BELOW_PARAMETERS:
        return True
    return any(
        load.gpu is not None and load.gpu.architecture in ROUGH_ARCHITECTURES for load in placement.loads
    )


def _bandwidth(load: Load, machine: Machine) -> int | None:
    if load.gpu is not None:
        return load.gpu.bandwidth_bytes_per_s
    return machine.gpus[0].bandwidth_bytes_per_s if machine.unified else machine.host_bandwidth


def _ceiling(placement: Placement, machine: Machine) -> float:
    """Tokens per second if every active byte moved at full bandwidth: nothing can be faster."""
    seconds = 0.0
    for load in placement.loads:
        bandwidth = _bandwidth(load, machine)
        if load.active_bytes and bandwidth:
            seconds += load.active_bytes / bandwidth
    return 1 / seconds if seconds else math.inf


def _prefill(placement: Placement, active: int | None) -> tuple[float | None, float]:
    """Prompt tokens per second by arithmetic rate, and its band; None with layers on the host."""
    loads = [load for load in placement.gpus if load.layers]
    if not active or not loads or placement.host.layers or placement.cpu_moe_layers:
        return None, 1.0
    gpu = loads[0].gpu
    assert gpu is not None
    rates = [rate for rate in (gpu.fp16_flops, gpu.fp32_flops) if rate]
    if not rates:
        return None, 1.0
    apple = gpu.vendor in PREFILL_EFFICIENCY
    efficiency = PREFILL_EFFICIENCY.get(gpu.vendor, PREFILL_EFFICIENCY_OTHERS)
    return max(rates) * efficiency / (2 * active), PREFILL_BAND if apple else PREFILL_BAND_OTHERS
