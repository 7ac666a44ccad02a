"""Decode and prefill speed of one stream, with a band that holds four published measurements in five."""

from enum import Enum

from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.placement.placement import Placement
from llmfit_tui.core.record import record
from llmfit_tui.core.speed.bands import ROUGH_FROM, band_of
from llmfit_tui.core.speed.decode import decode_seconds, fastest_possible
from llmfit_tui.core.speed.fit import SpeedFit
from llmfit_tui.core.speed.prefill import prefill_seconds
from llmfit_tui.core.speed.work import Work


class Basis(Enum):
    """What a speed rests on."""

    MEASURED = "measured"
    CALIBRATED = "calibrated"
    ESTIMATED = "estimated"
    ROUGH = "rough"


@record
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


def speed_of(placement: Placement, machine: Machine, work: Work, fit: SpeedFit) -> Speed:
    """Speed of this placement, and the time to the first token after the prompt."""
    seconds = decode_seconds(placement, machine, work, fit.decode)
    band = band_of(placement, machine, work, fit.bands)
    decode = 1 / seconds if seconds else None
    per_token = prefill_seconds(placement, machine, work, fit.prefill)
    prefill = 1 / per_token if per_token else None
    prefill_band = band_of(placement, machine, work, fit.prefill_bands)
    first = work.prompt / prefill + seconds if prefill and seconds else None
    return Speed(
        decode_tok_s=decode,
        decode_low=decode / band if decode else None,
        decode_high=min(decode * band, fastest_possible(placement, machine)) if decode else None,
        prefill_tok_s=prefill,
        prefill_low=prefill / prefill_band if prefill else None,
        prefill_high=prefill * prefill_band if prefill else None,
        time_to_first_token_s=first,
        basis=Basis.ROUGH if band >= ROUGH_FROM else Basis.ESTIMATED,
        source=_source(fit),
    )


def _source(fit: SpeedFit) -> str:
    fitted = f"fitted {fit.date} to published measurements" if fit.date else "not fitted"
    return f"bandwidth model, {fitted}; not measured on this hardware"
