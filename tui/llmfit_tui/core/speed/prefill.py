"""Tokens per second of a prompt: arithmetic, with the weights read once for each micro-batch.

    seconds per token = 2 x active parameters x compute / FP32 rate
                        + (weights x bytes / bandwidth + layers x layer_s) x micro-batches / tokens
                        + attention x operations of attention / FP32 rate

An order of magnitude with a wide band: kernels, matrix units and drivers differ by a factor of two.
"""

from typing import NamedTuple

from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.placement.placement import Load, Placement
from llmfit_tui.core.speed.classes import CPU, hardware_class
from llmfit_tui.core.speed.decode import peak_of
from llmfit_tui.core.speed.fit import OPERATIONS_PER_BYTE, OPERATIONS_PER_BYTE_OF_A_CPU, PrefillFit
from llmfit_tui.core.speed.work import Work

OPERATIONS_PER_CACHE_BYTE = 8
"""Of attention, per byte of a 16-bit cache: two operations for keys and values, by about eight query heads
to a pair of 16-bit values that four of them share."""


class PromptTerms(NamedTuple):
    """Seconds one device spends on a token of the prompt, by what takes them."""

    arithmetic: float
    weights: float
    layers: float
    attention: float


def prefill_seconds(placement: Placement, machine: Machine, work: Work, fit: PrefillFit) -> float | None:
    """Seconds for one token of the prompt; None where layers are split between GPUs and a host of their own.

    There llama.cpp copies weights to a GPU for every micro-batch, which takes as long as a bus allows that
    nobody described.
    """
    on_host = placement.host.active_bytes > 0
    if on_host and any(load.active_bytes for load in placement.gpus) and not machine.unified:
        return None
    active = sum(load.active_bytes for load in placement.loads)
    if not active or not work.active_parameters:
        return None
    seconds = 0.0
    for load in placement.loads:
        if not load.active_bytes:
            continue
        here = prompt_terms(load, load.active_bytes / active, machine, work, fit)
        if here is None:
            return None
        seconds += sum(here)
    return seconds


def prompt_terms(
    load: Load, share: float, machine: Machine, work: Work, fit: PrefillFit
) -> PromptTerms | None:
    """The terms of the device behind a load that holds this share of the active weights."""
    bandwidth = peak_of(load, machine)
    if not bandwidth:
        return None
    compute = fit.compute * (fit.compute_of_experts if work.experts else 1.0)
    if load.gpu is None:
        kind, backend = CPU, CPU
        rate = bandwidth * OPERATIONS_PER_BYTE_OF_A_CPU
    else:
        kind, backend = hardware_class(load.gpu), machine.backend.value
        if load.gpu.fp32_flops is None:
            return None
        rate = load.gpu.fp32_flops
        compute *= (rate / bandwidth / OPERATIONS_PER_BYTE) ** fit.compute_operations
    compute *= fit.compute_by_class.get(kind, 1.0) * fit.compute_by_backend.get(backend, 1.0)
    compute *= fit.compute_by_engine.get(work.engine, 1.0)
    layer = fit.layer_s * fit.layer_by_backend.get(backend, 1.0)
    layer *= fit.layer_of_experts if work.experts else 1.0
    batches = -(-work.prompt // work.ubatch) / work.prompt
    attended = OPERATIONS_PER_CACHE_BYTE * work.prompt_cache_bytes * share
    return PromptTerms(
        arithmetic=2 * (work.active_parameters or 0) * share * compute / rate,
        weights=batches * fit.weights * load.weights_bytes / bandwidth,
        layers=batches * share * work.layers * layer,
        attention=fit.attention * attended / rate,
    )
