"""Seconds for one token of one stream: devices work one after the other, so their times add up."""

import math

from llmfit_tui.core.hardware.device import GB, Backend
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.placement.placement import Load, Placement
from llmfit_tui.core.record import record
from llmfit_tui.core.speed.classes import CPU, hardware_class
from llmfit_tui.core.speed.fit import (
    CLOCK_HZ,
    OPERATIONS_PER_BYTE,
    OPERATIONS_PER_BYTE_OF_A_CPU,
    READ_REACHES,
    DecodeFit,
)
from llmfit_tui.core.speed.work import Work

CORES_REACH = 200 * GB
CORES_SHARE = 0.6
"""Of memory that a chip shares between CPU and GPU: an M1 Max's cores read 243 of 400 GB/s (AnandTech), and a
Ryzen AI Max+ 395 gives 11.4 tok/s of a 14B Q4_K_M on its cores, as 190 of its 256 GB/s would."""


@record
class Pace:
    """How fast one device does it: seconds for each of the things that cost time."""

    per_byte: float
    per_cache_byte: float
    per_layer: float
    per_parameter: float


def decode_seconds(placement: Placement, machine: Machine, work: Work, fit: DecodeFit) -> float | None:
    """Seconds for one token; None where the bandwidth of a device that has work is unknown."""
    held = active = 0
    for load in placement.loads:
        held += load.cache_bytes
        active += load.active_bytes
    seconds = 0.0
    for load in placement.loads:
        layers = work.layers * load.layers / placement.layers_total
        if load.gpu is None:
            layers += placement.cpu_moe_layers
        if not load.active_bytes and not load.cache_bytes:
            continue
        pace = pace_of(load, machine, work, fit)
        if pace is None:
            return None
        share = load.active_bytes / active if active else 0.0
        seconds += load.active_bytes * pace.per_byte
        seconds += work.cache_bytes * load.cache_bytes / (held or 1) * pace.per_cache_byte
        seconds += layers * pace.per_layer + (work.active_parameters or 0) * share * pace.per_parameter
    return seconds


def pace_of(load: Load, machine: Machine, work: Work, fit: DecodeFit) -> Pace | None:
    """The pace of the device behind a load; None where its bandwidth is unknown."""
    bandwidth = peak_of(load, machine)
    if not bandwidth:
        return None
    layer = fit.layer_s
    if load.gpu is None:
        kind, backend = CPU, Backend.CPU.value
        rate = bandwidth * OPERATIONS_PER_BYTE_OF_A_CPU
    else:
        kind, backend = hardware_class(load.gpu), machine.backend.value
        rate = load.gpu.fp32_flops or bandwidth * OPERATIONS_PER_BYTE
        layer *= (rate / bandwidth / OPERATIONS_PER_BYTE) ** fit.layer_operations
        if load.gpu.boost_hz:
            layer *= (load.gpu.boost_hz / CLOCK_HZ) ** fit.layer_clock
    layer *= fit.layer_by_backend.get(backend, 1.0) * fit.layer_by_engine.get(work.engine, 1.0)
    if work.experts:
        layer *= fit.layer_of_experts
    waste = fit.waste * fit.waste_by_class.get(kind, 1.0) * fit.waste_by_backend.get(backend, 1.0)
    operations = fit.operations.get(work.arithmetic, 1.0) * fit.operations_by_class.get(kind, 1.0)
    return Pace(
        per_byte=(1 + waste * fit.waste_by_engine.get(work.engine, 1.0)) / bandwidth,
        per_cache_byte=fit.cache / bandwidth,
        per_layer=layer,
        per_parameter=operations / rate,
    )


def fastest_possible(placement: Placement, machine: Machine) -> float:
    """Tokens per second if every active byte moved at full bandwidth: nothing can be faster."""
    seconds = 0.0
    for load in placement.loads:
        bandwidth = bandwidth_of(load, machine)
        if load.active_bytes and bandwidth:
            seconds += load.active_bytes / bandwidth
    return 1 / seconds if seconds else math.inf


def bandwidth_of(load: Load, machine: Machine) -> int | None:
    """Bytes per second of the memory a load is in; None: unknown."""
    if load.gpu is not None:
        return load.gpu.bandwidth_bytes_per_s
    return machine.gpus[0].bandwidth_bytes_per_s if machine.unified else machine.host_bandwidth


def peak_of(load: Load, machine: Machine) -> float | None:
    """Bytes per second of its bus, which is what the fit speaks of; a measured rate is a share of it.

    The CPU cores of a chip with wide memory reach only a part of it.
    """
    bandwidth = bandwidth_of(load, machine)
    if load.gpu is not None or not bandwidth:
        return bandwidth
    if machine.unified:
        return min(bandwidth, max(CORES_REACH, bandwidth * CORES_SHARE))
    return bandwidth / READ_REACHES if machine.read_rate is not None else bandwidth
