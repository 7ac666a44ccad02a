"""Tokens per second of all slots together, when each of them generates.

A step makes one token for every slot. Dense weights are read once for all; of a mixture of experts more are
read the more slots ask for different ones, e (1 - (1 - k/e)^slots) of e where a token takes k. Every slot
reads its own cache. How much of the arithmetic slots share depends on kernels: of weights in 16 bits, nothing
more is asked of it than by one stream; of quantized ones at worst SLOT_OPERATIONS for each slot, at best what
a prompt asks. The figure lies between the two, and its band reaches from one to the other and beyond by that
of a single stream. Little is published of it, so it is always rough.
"""

import math

from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.placement.placement import Load, Placement
from llmfit_tui.core.record import record
from llmfit_tui.core.speed import Speed
from llmfit_tui.core.speed.classes import FLOAT
from llmfit_tui.core.speed.decode import decode_seconds, pace_of
from llmfit_tui.core.speed.fit import SpeedFit
from llmfit_tui.core.speed.prefill import prompt_terms
from llmfit_tui.core.speed.work import Work

SLOT_OPERATIONS = 5.3
"""FP32 operations' time for each active parameter and slot: llama 8B Q4_0 on an RTX 3090 takes 6.4 ms for one
token and 13.7 ms for eight (llama.cpp pull request 15802)."""
LAYER_OF_EXPERTS = 2.0
"""Starting the layers of a mixture of experts for several tokens, over one: DeepSeek-V2-Lite Q4_0 on an RTX
3090 takes 5.5 ms for one token and 11.0 ms for two (llama.cpp pull request 15525)."""


@record
class Throughput:
    """Tokens per second of all slots together."""

    slots: int
    tok_s: float
    low: float
    high: float


def throughput(
    placement: Placement,
    machine: Machine,
    arch: Architecture,
    work: Work,
    speed: Speed,
    slots: int,
    fit: SpeedFit,
) -> Throughput | None:
    """The throughput of so many slots at the depth of `work`; None where the speed of one is unknown.

    What one stream was measured at, or scaled by, scales all.
    """
    single = decode_seconds(placement, machine, work, fit.decode)
    if not single or not speed.decode_tok_s or not speed.decode_low or not speed.decode_high:
        return None
    apart, shared = (
        _step_seconds(placement, machine, arch, work, slots, fit, share) for share in (False, True)
    )
    if apart is None or shared is None:
        return None
    scale = speed.decode_tok_s * single
    least, most = slots / apart * scale, slots / max(shared, single) * scale
    return Throughput(
        slots=slots,
        tok_s=math.sqrt(least * most),
        low=least * speed.decode_low / speed.decode_tok_s,
        high=min(most * speed.decode_high / speed.decode_tok_s, slots * speed.decode_high),
    )


def _step_seconds(
    placement: Placement,
    machine: Machine,
    arch: Architecture,
    work: Work,
    slots: int,
    fit: SpeedFit,
    share: bool,
) -> float | None:
    """Seconds for one token of every slot; `share`: with the arithmetic of a prompt."""
    active = sum(load.active_bytes for load in placement.loads)
    held = sum(load.cache_bytes for load in placement.loads)
    read = weights_read(arch, work, slots)
    seconds = 0.0
    for load in placement.loads:
        if not load.active_bytes and not load.cache_bytes:
            continue
        pace = pace_of(load, machine, work, fit.decode)
        if pace is None:
            return None
        part = load.active_bytes / active if active else 0.0
        seconds += _arithmetic(load, part, machine, work, slots, fit, pace.per_parameter, share)
        layers = work.layers * load.layers / placement.layers_total
        if load.gpu is None:
            layers += placement.cpu_moe_layers
        layer = pace.per_layer * (LAYER_OF_EXPERTS if work.experts else 1.0)
        seconds += load.active_bytes * read * pace.per_byte + layers * layer
        seconds += slots * work.cache_bytes * load.cache_bytes / (held or 1) * pace.per_cache_byte
    return seconds


def weights_read(arch: Architecture, work: Work, slots: int) -> float:
    """Weights a step reads, over those one token reads."""
    if not arch.is_moe or not arch.experts or not arch.experts_used or not work.active_parameters:
        return 1.0
    chosen = arch.experts_used / arch.experts
    share = min(arch.expert_parameters * chosen / work.active_parameters, 1.0)
    different = (1 - (1 - chosen) ** slots) / chosen
    return 1 + share * (different - 1)


def _arithmetic(
    load: Load,
    part: float,
    machine: Machine,
    work: Work,
    slots: int,
    fit: SpeedFit,
    per_parameter: float,
    share: bool,
) -> float:
    """Seconds of arithmetic of a step on the device behind a load that has this part of the weights."""
    parameters = (work.active_parameters or 0) * part
    one = parameters * per_parameter
    prompt = prompt_terms(load, part, machine, work, fit.prefill)
    shared = slots * prompt.arithmetic if prompt else one * slots
    if share or work.arithmetic == FLOAT:
        return max(one, shared)
    rate = load.gpu.fp32_flops if load.gpu else None
    each = max(per_parameter, SLOT_OPERATIONS / rate) if rate else per_parameter
    return max(one + (slots - 1) * parameters * each, shared)
