"""The speed to show: measured where somebody measured it, else as one's own runs say, else estimated."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median

from llmfit_tui.core.hardware.ownrun import OwnRun
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.placement.placement import Placement
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.core.speed import Basis, Speed, speed_of
from llmfit_tui.core.speed.decode import decode_seconds, fastest_possible
from llmfit_tui.core.speed.evidence import Evidence
from llmfit_tui.core.speed.measured import key_of, measured_decode
from llmfit_tui.core.speed.work import Work, cache_read_bytes

SHARE_OF_ONES_OWN = 0.7
"""Of the log error of a person's own runs; 0.6 to 0.8 of it holds for another model on the same machine."""
REPEATS_WITHIN = 1.1
"""How far runs of one model on one machine lie apart from day to day and with the depth, either way."""
BAND_LEFT = 0.8
"""Of the log of a band once an estimate is scaled by measurements of the same machine."""


def known_speed(
    scenario: Scenario, arch: Architecture, placement: Placement, work: Work, evidence: Evidence
) -> Speed:
    """The speed of a placement by the best evidence there is."""
    machine = scenario.machine
    speed = speed_of(placement, machine, work, evidence.speed)
    if speed.decode_tok_s is None:
        return speed
    most = fastest_possible(placement, machine)
    same = [run for run in machine.own_runs if is_of(run, scenario)]
    if same:
        factor = median(run.ratio for run in same)
        said = f"bandwidth model at the speed of {own_words(same)}"
        return _scaled(speed, factor, most, Basis.CALIBRATED, said, REPEATS_WITHIN)
    if evidence.measurements is not None:
        seconds = seconds_at_depth(scenario, arch, placement, work, evidence)
        found = measured_decode(scenario, placement, evidence.measurements, seconds)
        if found is not None:
            return _with_decode(speed, found.tok_s, found.low, found.high, Basis.MEASURED, found.source)
    if machine.own_runs:
        factor = share_of_ones_own(machine.own_runs)
        said = f"bandwidth model, scaled by {factor:.2f} after {own_words(machine.own_runs)}"
        return _scaled(speed, factor, most, Basis.CALIBRATED, said)
    if evidence.measurements is not None and (key := key_of(machine)) is not None:
        factor = evidence.speed.pulls.get("|".join(map(str, key)))
        if factor is not None:
            said = f"{speed.source}, but scaled by {factor:.2f} after other models measured on it"
            said = said.replace("; not measured on this hardware", "")
            return _scaled(speed, factor, most, speed.basis, said)
    return speed


def seconds_at_depth(
    scenario: Scenario, arch: Architecture, placement: Placement, work: Work, evidence: Evidence
) -> Callable[[int], float | None]:
    """The model's time for a token after so many others."""
    cache = scenario.settings.cache()

    def seconds(depth: int) -> float | None:
        at = replace(work, cache_bytes=cache_read_bytes(arch, cache, depth))
        return decode_seconds(placement, scenario.machine, at, evidence.speed.decode)

    return seconds


def is_of(run: OwnRun, scenario: Scenario) -> bool:
    """Whether a run is of this very model and type."""
    ids = {one.id for one in scenario.model.checkpoints} | {scenario.model.id}
    return run.quant == scenario.quant.name and run.model in ids


def share_of_ones_own(runs: Sequence[OwnRun]) -> float:
    """What speeds of other models are scaled by after these runs."""
    return math.exp(SHARE_OF_ONES_OWN * median(math.log(run.ratio) for run in runs))


def own_words(runs: Sequence[OwnRun]) -> str:
    """Runs of one's own by name and date."""
    first = max(runs, key=lambda run: run.date)
    more = f" and {len(runs) - 1} more" if len(runs) > 1 else ""
    return f"your own run {first.name}, {first.date}{more}"


def _scaled(
    speed: Speed, factor: float, most: float, basis: Basis, source: str, band: float | None = None
) -> Speed:
    """The estimate times a factor, in a band a little narrower, and never above what memory allows."""
    assert speed.decode_tok_s is not None
    assert speed.decode_low is not None
    tok_s = min(speed.decode_tok_s * factor, most)
    wide: float = band or (speed.decode_tok_s / speed.decode_low) ** BAND_LEFT
    return _with_decode(speed, tok_s, tok_s / wide, min(tok_s * wide, most), basis, source)


def _with_decode(speed: Speed, tok_s: float, low: float, high: float, basis: Basis, source: str) -> Speed:
    first = speed.time_to_first_token_s
    if first is not None and speed.decode_tok_s:
        first += 1 / tok_s - 1 / speed.decode_tok_s
    return replace(
        speed,
        decode_tok_s=tok_s,
        decode_low=low,
        decode_high=high,
        time_to_first_token_s=first,
        basis=basis,
        source=source,
    )
