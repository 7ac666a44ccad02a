"""The quantization to take for each model: what was asked first, then the rating, then the quality."""

from collections.abc import Sequence

from llmfit_tui.core.answers.closeness import bits_of, closeness
from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.estimate import Estimate, estimate
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.identity import Kept
from llmfit_tui.core.memory.kvcache import cache_size
from llmfit_tui.core.memory.weights import active_parameters
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.ranking.guess import Guesser
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import Scenario, Settings, architecture, with_context
from llmfit_tui.core.speed.evidence import Evidence

GUESSED_TOO_HIGH_OR_LOW = 1.6
"""A guess of the speed is not off by more, so that what is guessed slower than this is too slow."""
MOST_TRIED = 8
"""Quantizations worked out exactly for one model before the best of them is taken."""


@record
class Wanted:
    """What a person asks of a model; None: nothing."""

    use: str = "general"
    min_tok_s: float | None = None
    min_context: int | None = None
    min_agree_percent: float | None = None
    license: str | None = None
    max_parameters: int | None = None


def too_slow(found: Estimate, wanted: Wanted) -> bool:
    return wanted.min_tok_s is not None and (found.speed.decode_tok_s or 0) < wanted.min_tok_s


def too_lossy(found: Estimate, wanted: Wanted) -> bool:
    agree = found.quality.agree_percent if found.quality else 0.0
    return wanted.min_agree_percent is not None and agree < wanted.min_agree_percent


class Chooser:
    """Picks the quantization of each model."""

    def __init__(
        self,
        quants: Sequence[Quant],
        machine: Machine,
        settings: Settings,
        evidence: Evidence,
        wanted: Wanted,
    ) -> None:
        self.quants, self.machine, self.settings = quants, machine, settings
        self.evidence, self.wanted = evidence, wanted
        self.guesser = Guesser(machine, evidence.speed.decode)

    def best(self, model: Model) -> Estimate | None:
        """The estimate of the quantization to take; None where none has a size."""
        settings = self._settings(model)
        best: Estimate | None = None
        for tried, (level, agree, quant) in enumerate(self._candidates(model, settings)):
            if best is not None and (tried >= MOST_TRIED or self._done(best, level, agree)):
                break
            found = _kept(Scenario(model, quant, self.machine, settings), self.evidence)
            if found is not None and (best is None or self._merit(found) > self._merit(best)):
                best = found
        return best

    def _done(self, best: Estimate, level: int, agree: float) -> bool:
        """Nothing better is to be expected of what is guessed no better than the best found."""
        return not too_slow(best, self.wanted) and (level, agree) <= (best.rating.level, _agreement(best))

    def _settings(self, model: Model) -> Settings:
        context = max(self.wanted.min_context or 0, self.settings.context)
        return with_context(self.settings, min(context, model.context_max or context))

    def _candidates(self, model: Model, settings: Settings) -> list[tuple[int, float, Quant]]:
        """Guessed level, agreement and type, most promising first; what is surely too slow comes last."""
        arch = architecture(model)
        cache = _cache_bytes(arch, settings)
        active = active_parameters(model, arch)
        least_tok_s = (self.wanted.min_tok_s or 0.0) / GUESSED_TOO_HIGH_OR_LOW
        rated: list[tuple[bool, int, float, Quant]] = []
        for agree, quant in _by_quality(model, arch, self.quants, settings, self.evidence):
            if agree >= (self.wanted.min_agree_percent or -1.0):
                level, tok_s = self.guesser.level(model, arch, active, quant, cache)
                rated.append((tok_s >= least_tok_s, level, agree, quant))
        rated.sort(key=lambda one: (not one[0], -one[1], -one[2]))
        likely = [one[1:] for one in rated if one[1]]
        # Where nothing seems to fit, the smallest decides.
        return likely or [one[1:] for one in sorted(rated, key=lambda one: bits_of(one[3]))[:1]]

    def _merit(self, found: Estimate) -> tuple[bool, int, float, int]:
        fast = not too_slow(found, self.wanted)
        return fast, found.rating.level, _agreement(found), -found.weights.file_bytes


def _cache_bytes(arch: Architecture, settings: Settings) -> int:
    size = cache_size(arch, settings.cache())
    return size.attention_bytes + size.state_bytes


def _agreement(found: Estimate) -> float:
    scenario = found.scenario
    return closeness(scenario.model, found.arch, scenario.quant, scenario.settings, found.evidence.quality)


_qualities = Kept[list[tuple[float, Quant]]](most=4096)
_estimates = Kept[tuple[Estimate | None]](most=2048)
"""Kept from one ranking to the next: a change of the use, a filter or the order works out nothing again.
A ranking takes some six hundred."""


def _by_quality(
    model: Model, arch: Architecture, quants: Sequence[Quant], settings: Settings, evidence: Evidence
) -> list[tuple[float, Quant]]:
    """Types, each with how close it stays to 16 bit."""
    made_from = (model, evidence, settings.engine, settings.imatrix, *quants)
    kept = _qualities.get(*made_from)
    if kept is None:
        rated = [(closeness(model, arch, quant, settings, evidence.quality), quant) for quant in quants]
        kept = _qualities.keep(rated, *made_from)
    return kept


def _kept(scenario: Scenario, evidence: Evidence) -> Estimate | None:
    """The estimate, worked out once; None where llama-quantize does not make the type for this model."""
    made_from = (scenario.model, scenario.quant, scenario.machine, scenario.settings, evidence)
    kept = _estimates.get(*made_from)
    if kept is None:
        try:
            found = estimate(scenario, evidence)
        except BadValue:
            found = None
        kept = _estimates.keep((found,), *made_from)
    return kept[0]
