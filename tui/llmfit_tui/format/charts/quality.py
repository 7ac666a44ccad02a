"""What each quantization keeps of the model, against the size of its file."""

from collections.abc import Iterable, Sequence

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.quant import Quant
from llmfit_tui.format import amounts
from llmfit_tui.format.charts.chart import Chart, Spot, best_of
from llmfit_tui.format.charts.scale import around
from llmfit_tui.format.verdict import verdict

GB = 1e9


def rated(found: Iterable[Estimate]) -> list[Estimate]:
    """Those whose loss is known, the smallest file first."""
    return sorted((one for one in found if one.quality), key=lambda one: one.weights.file_bytes)


def quality_chart(rated: Sequence[Estimate], present: Quant, left_out: int) -> Chart | None:
    """Quantizations by `rated`, one spot each; None where there is none. `left_out`: nobody measured them."""
    if not rated:
        return None
    points = [(one.weights.file_bytes / GB, _agree(one)) for one in rated]
    best = best_of(points, least_x=True)
    unit = "MB" if points[-1][0] < 1 else "GB"
    factor = 1000 if unit == "MB" else 1
    spots = tuple(
        _spot(one, point, i in best, factor) for i, (one, point) in enumerate(zip(rated, points, strict=True))
    )
    return Chart(
        "% of tokens as 16 bit",
        f"{unit} of file",
        around([spot.x for spot in spots], log=True),
        around([spot.y for spot in spots]),
        spots,
        next((i for i, one in enumerate(rated) if one.scenario.quant.name == present.name), 0),
        notes=(f"{left_out} without a measured loss",) if left_out else (),
        legend=(("best", "nothing smaller agrees more"),),
    )


def _agree(found: Estimate) -> float:
    return found.quality.agree_percent if found.quality else 0.0


def _spot(found: Estimate, point: tuple[float, float], best: bool, factor: int) -> Spot:
    quality = found.quality
    assert quality is not None
    low, high = f"{quality.agree_low:.0f}", f"{quality.agree_high:.0f}"
    band = "" if low == high else f" ({low} to {high})"
    about = "" if found.weights.exact else "about "
    words = [
        f"{about}{amounts.gb(found.weights.file_bytes)}",
        f"agrees with 16 bit on {amounts.agreement(quality.agree_percent)} of tokens{band}",
        "nothing smaller agrees more" if best else "",
        f"about {amounts.rate(found.speed.decode_tok_s)} tok/s" if found.rating.level else "",
        verdict(found),
    ]
    name = found.scenario.quant.name
    told = tuple(word for word in words if word)
    return Spot(point[0] * factor, point[1], name, told, found.rating.level, best, name)
