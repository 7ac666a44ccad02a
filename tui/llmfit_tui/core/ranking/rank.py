"""Every model on one machine, best first: a quantization chosen for each, then the order by capability.

The order is by the capability score of the use asked for, never by size. A gap under TIE_POINTS is a tie:
tied models share a rank, and among them the better rating and then the faster comes first. Models without
an independent score keep none and come after those that have one; what is slow comes after what is usable.
"""

from collections.abc import Iterable, Sequence
from dataclasses import field

from llmfit_tui.core.answers.recommend import choices
from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.models.model import Model, Score
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.ranking.choice import Chooser, Wanted, too_lossy, too_slow
from llmfit_tui.core.rating import BEST_LEVEL, LABELS, USABLE_LEVEL
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import Settings
from llmfit_tui.core.speed.evidence import Evidence

USES = ("general", "coding", "reasoning", "chat", "tools")
TIE_POINTS = 2.0


@record
class Ranked:
    """A model that does what was asked; `rank` and `score` are None without an independent score."""

    estimate: Estimate
    rank: int | None
    score: Score | None
    tied: int
    """Models that share the rank, itself included."""
    why: str


@record
class Ranking:
    """The order, and how many models were left out for which reason."""

    rows: tuple[Ranked, ...]
    left_out: dict[str, int] = field(default_factory=dict[str, int])


def rank(
    models: Sequence[Model],
    quants: Sequence[Quant],
    machine: Machine,
    settings: Settings,
    evidence: Evidence,
    wanted: Wanted,
) -> Ranking:
    """The ranking. `settings.context` is the least context estimated; shorter models keep their own."""
    chooser = Chooser(choices(quants, settings.engine), machine, settings, evidence, wanted)
    return ranked(((model, judged(model, chooser, wanted)) for model in models), wanted)


Judged = Estimate | str
"""The estimate of the quantization to take, or why the model is left out."""


def judged(model: Model, chooser: Chooser, wanted: Wanted) -> Judged:
    """A model on the machine of the chooser. Raises BadValue where its configuration lacks a size."""
    reason = _ruled_out(model, wanted)
    best = None if reason else chooser.best(model)
    if best is None:
        return reason or "no quantization of known size"
    if not best.rating.level:
        return "does not fit"
    if too_slow(best, wanted):
        return "too slow"
    if too_lossy(best, wanted):
        return "too far from the 16-bit model"
    return best


def ranked(those: Iterable[tuple[Model, Judged]], wanted: Wanted) -> Ranking:
    """The order of models that were judged, perhaps by less than is wanted of them now."""
    left_out: dict[str, int] = {}
    found: list[tuple[Estimate, Score | None]] = []
    for model, one in those:
        reason = one if isinstance(one, str) else _ruled_out(model, wanted)
        if isinstance(one, str) or reason:
            left_out[str(reason)] = left_out.get(str(reason), 0) + 1
        else:
            found.append((one, model.capability.get(wanted.use)))
    return Ranking(tuple(_in_order(found, wanted)), left_out)


def _ruled_out(model: Model, wanted: Wanted) -> str | None:
    if model.parameters is None:
        return "its size is not known"
    if wanted.max_parameters is not None and model.parameters > wanted.max_parameters:
        return "too many parameters"
    if wanted.license is not None and wanted.license.lower() not in (model.license or "").lower():
        return "another licence" if model.license else "its licence is not known"
    if wanted.min_context is not None and (model.context_max or 0) < wanted.min_context:
        return "too short a context" if model.context_max else "its context length is not known"
    return None


def _in_order(found: list[tuple[Estimate, Score | None]], wanted: Wanted) -> list[Ranked]:
    """Usable ones by score, usable ones without a score, then the slow ones in the same way."""
    rows: list[Ranked] = []
    placed = 0
    for usable in (True, False):
        those = [pair for pair in found if (pair[0].rating.level >= USABLE_LEVEL) is usable]
        scored = [(one, score) for one, score in those if score is not None]
        scored.sort(key=lambda pair: -pair[1].value)
        while scored:
            best = scored[0][1].value
            tied = [pair for pair in scored if best - pair[1].value < TIE_POINTS]
            scored = scored[len(tied) :]
            for one, score in sorted(tied, key=lambda pair: _within_a_tie(pair[0])):
                rows.append(_row(one, placed + 1, score, len(tied), wanted))
            placed += len(tied)
        unscored = [one for one, score in those if score is None]
        rows += [_row(one, None, None, 0, wanted) for one in sorted(unscored, key=_within_a_tie)]
    return rows


def _within_a_tie(found: Estimate) -> tuple[int, float, str]:
    return -found.rating.level, -(found.speed.decode_tok_s or 0.0), found.scenario.model.name


def _row(found: Estimate, place: int | None, score: Score | None, tied: int, wanted: Wanted) -> Ranked:
    return Ranked(found, place, score, tied, _why(found, score, tied, wanted))


def _why(found: Estimate, score: Score | None, tied: int, wanted: Wanted) -> str:
    """One line: what the place rests on, and what the quantization was chosen for."""
    if score is None:
        words = f"no independent {wanted.use} score, so no rank"
    else:
        words = f"{wanted.use} {score.value:.1f} ± {score.standard_error:.1f}"
        if tied > 1:
            others = "another" if tied == 2 else f"{tied - 1} others"
            words += f", tied with {others} within {TIE_POINTS:g} points"
    rating = found.rating
    label = LABELS[rating.level].lower()
    words += f"; {found.scenario.quant.name} "
    words += (
        f"is the best quality that {label}" if rating.level == BEST_LEVEL else f"does best here ({label})"
    )
    if found.quality:
        words += f", agreeing with 16 bit on {found.quality.agree_percent:.0f}% of tokens"
    if rating.level < USABLE_LEVEL:
        words += ", so it comes after all that are usable"
    return words
