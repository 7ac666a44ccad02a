"""Tokens per second of a prompt: arithmetic, with the weights read once for each micro-batch.

    seconds per token = 2 x active parameters x compute / FP32 rate
                        + (weights x bytes / bandwidth + layers x layer_s) x micro-batches / tokens
                        + attention x operations of attention / FP32 rate

An order of magnitude with a wide band: kernels, matrix units and drivers differ by a factor of two.

Weights on the host are copied to a GPU for every micro-batch of OFFLOADED_FROM tokens and more, and
multiplied there, unless --no-op-offload leaves them to the CPU.
"""

from dataclasses import replace
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
OFFLOADED_FROM = 32
"""Tokens of a batch from which llama.cpp's GPU backends take over products of weights on the host."""
HOST_COPY_BYTES_PER_S = 24e9
"""From host memory to a GPU. Between what two published runs with experts on the host need: 692 tok/s of
Qwen3.6-35B-A3B on an RTX 5080 (ollama issue 11772), some 30 GB/s; 705 of the same on an RX 9070 XT with half
of the experts on the host (llama.cpp issue 25859), some 20."""


class PromptTerms(NamedTuple):
    """Seconds one device spends on a token of the prompt, by what takes them."""

    arithmetic: float
    weights: float
    layers: float
    attention: float
    copying: float = 0.0
    """Of weights from the host to the GPU that multiplies them."""


def prefill_seconds(placement: Placement, machine: Machine, work: Work, fit: PrefillFit) -> float | None:
    """Seconds for one token of the prompt; None where a bandwidth or a rate that counts is unknown."""
    found = terms_by_load(placement, machine, work, fit)
    return None if found is None else sum(sum(terms) for _, terms in found)


def terms_by_load(
    placement: Placement, machine: Machine, work: Work, fit: PrefillFit
) -> list[tuple[Load, PromptTerms]] | None:
    """The terms of every load that has work; None where one is unknown."""
    active = sum(load.active_bytes for load in placement.loads)
    if not active or not work.active_parameters:
        return None
    found: list[tuple[Load, PromptTerms]] = []
    for load in placement.loads:
        if load.active_bytes:
            terms = prompt_terms(load, load.active_bytes / active, machine, work, fit)
            if terms is None:
                return None
            found.append((load, terms))
    return found


def multiplied_on_gpu(load: Load, machine: Machine, work: Work) -> bool:
    """Whether a GPU takes over the products of a load on the host."""
    own_memory = load.gpu is None and bool(machine.gpus) and not machine.unified
    return own_memory and work.op_offload and min(work.prompt, work.ubatch) >= OFFLOADED_FROM


def prompt_terms(
    load: Load, share: float, machine: Machine, work: Work, fit: PrefillFit
) -> PromptTerms | None:
    """The terms of the device behind a load that holds this share of the active weights."""
    batches = -(-work.prompt // work.ubatch) / work.prompt
    if multiplied_on_gpu(load, machine, work):
        there = prompt_terms(replace(load, gpu=machine.gpus[0]), share, machine, work, fit)
        copying = batches * load.weights_bytes / HOST_COPY_BYTES_PER_S
        return there and there._replace(copying=copying)
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
    attended = OPERATIONS_PER_CACHE_BYTE * work.prompt_cache_bytes * share
    return PromptTerms(
        arithmetic=2 * (work.active_parameters or 0) * share * compute / rate,
        weights=batches * fit.weights * load.weights_bytes / bandwidth,
        layers=batches * share * work.layers * layer,
        attention=fit.attention * attended / rate,
    )
