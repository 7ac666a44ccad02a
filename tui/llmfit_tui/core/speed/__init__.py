"""Decode and prefill speed of one stream, with a band that holds four published measurements in five."""

from dataclasses import dataclass
from enum import Enum

from llmfit_tui.core.machine import Machine
from llmfit_tui.core.placement import Placement
from llmfit_tui.core.speed.bands import ROUGH_ABOVE, decode_band
from llmfit_tui.core.speed.decode import decode_seconds, fastest_possible
from llmfit_tui.core.speed.fit import SpeedFit
from llmfit_tui.core.speed.work import Work

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


def speed_of(placement: Placement, machine: Machine, work: Work, prompt: int, fit: SpeedFit) -> Speed:
    """Speed of this placement, and the time to the first token after `prompt` tokens."""
    seconds = decode_seconds(placement, machine, work, fit.decode)
    band = decode_band(placement, machine, work, fit.bands)
    decode = 1 / seconds if seconds else None
    prefill, prefill_band = _prefill(placement, work.active_parameters)
    first = prompt / prefill + seconds if prefill and seconds else None
    return Speed(
        decode_tok_s=decode,
        decode_low=decode / band if decode else None,
        decode_high=min(decode * band, fastest_possible(placement, machine)) if decode else None,
        prefill_tok_s=prefill,
        prefill_low=prefill / prefill_band if prefill else None,
        prefill_high=prefill * prefill_band if prefill else None,
        time_to_first_token_s=first,
        basis=Basis.ROUGH if band > ROUGH_ABOVE else Basis.ESTIMATED,
        source=_source(fit),
    )


def _source(fit: SpeedFit) -> str:
    fitted = f"fitted {fit.date} to published measurements" if fit.date else "not fitted"
    return f"bandwidth model, {fitted}; not measured on this hardware"


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
