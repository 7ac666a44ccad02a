"""What models can do against how fast they answer, on one machine."""

from collections.abc import Iterable, Sequence

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.models.model import Model
from llmfit_tui.format import amounts
from llmfit_tui.format.charts.chart import Chart, Spot, best_of
from llmfit_tui.format.charts.scale import around
from llmfit_tui.format.verdict import verdict


def scored(found: Iterable[Estimate | None], use: str) -> list[Estimate]:
    """Models that run and have a score for the use, the slowest first."""
    known = (one for one in found if one is not None and one.rating.level and one.speed.decode_tok_s)
    those = (one for one in known if use in one.scenario.model.capability)
    return sorted(those, key=lambda one: one.speed.decode_tok_s or 0.0)


def ability_chart(scored: Sequence[Estimate], use: str, present: Model, notes: Sequence[str]) -> Chart | None:
    """Models by `scored`, one spot each; None where there is none."""
    if not scored:
        return None
    points = [(one.speed.decode_tok_s or 0.0, one.scenario.model.capability[use].value) for one in scored]
    best = best_of(points, least_x=False)
    return Chart(
        f"{use} score",
        "tok/s",
        around([x for x, _ in points], log=True),
        around([y for _, y in points]),
        tuple(
            _spot(one, use, point, i in best)
            for i, (one, point) in enumerate(zip(scored, points, strict=True))
        ),
        next((i for i, one in enumerate(scored) if one.scenario.model.id == present.id), 0),
        notes=tuple(notes),
        legend=(("best", "nothing as fast scores more"),),
    )


def _spot(found: Estimate, use: str, point: tuple[float, float], best: bool) -> Spot:
    model, speed = found.scenario.model, found.speed
    score = model.capability[use]
    low, high = amounts.rate(speed.decode_low), amounts.rate(speed.decode_high)
    words = (
        f"{use} {score.value:.1f} ± {score.standard_error:.1f}",
        f"about {amounts.rate(speed.decode_tok_s)} tok/s ({low} to {high}, {speed.basis.value})",
        *(("nothing as fast scores more",) if best else ()),
        f"{amounts.gib(found.vram_bytes)}",
        verdict(found),
    )
    return Spot(*point, model.name, words, found.rating.level, best, model.name)
