"""What the chosen placement gains over what llama.cpp would do by itself."""

from llmfit_tui.core.engines.engine import PLACE_THEMSELVES
from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.placement.fit import Fit, fit_of
from llmfit_tui.core.placement.placement import Mode
from llmfit_tui.core.record import record
from llmfit_tui.core.speed.decode import decode_seconds
from llmfit_tui.core.speed.work import work_of


@record
class Compared:
    """llama.cpp's own choice (`--fit on`, its default) beside ours."""

    default: Fit
    decode_tok_s: float | None
    """Of the default, by the same speed model; None where a bandwidth is unknown."""
    gain: float | None
    """How much faster ours decodes, as a fraction; 0 where both place alike."""


def compared(found: Estimate) -> Compared | None:
    """The comparison; None for other engines and placements by hand, without GPUs, and where nothing fits."""
    scenario, settings = found.scenario, found.scenario.settings
    if settings.engine in PLACE_THEMSELVES or not scenario.machine.gpus:
        return None
    by_hand = settings.gpu_layers is not None or settings.cpu_moe_layers is not None or settings.tensor_split
    if by_hand or found.placement.mode is Mode.NONE or not found.rating.level:
        return None
    # Planning every step of --fit would take longer than the estimate it is compared with.
    default = fit_of(scenario.with_settings(planned=False))
    work, fit = work_of(scenario, found.arch), found.evidence.speed.decode
    theirs = decode_seconds(default.placement, scenario.machine, work, fit)
    ours = decode_seconds(found.placement, scenario.machine, work, fit)
    gain = theirs / ours - 1 if theirs and ours else None
    return Compared(default, 1 / theirs if theirs else None, gain)
