"""The quantization to take: the best quality among those that run best."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from llmfit_tui.core.answers.closeness import closeness
from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.engines.formats import MADE
from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.estimate import Estimate, estimate
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.rating import BEST_LEVEL
from llmfit_tui.core.scenario import Scenario, architecture
from llmfit_tui.core.speed.evidence import NO_EVIDENCE, Evidence


def choices(quants: Iterable[Quant], engine: Engine = Engine.LLAMA_CPP) -> tuple[Quant, ...]:
    """Types a publisher ships; for engines of other formats, those made from any checkpoint."""
    if engine in MADE:
        return tuple(quant for quant in quants if quant.name in MADE[engine])
    return tuple(quant for quant in quants if quant.shipped and quant.is_gguf)


def recommended(
    scenario: Scenario,
    quants: Sequence[Quant],
    evidence: Evidence = NO_EVIDENCE,
    estimated: Callable[[Quant], Estimate | None] | None = None,
) -> Estimate | None:
    """The estimate of the recommended quantization at this context on this machine.

    The best quality at the best level reached; ties go to the smaller file. `estimated` answers for a
    type where estimates are kept already; None where llama-quantize does not make it for this model.
    """

    def afresh(quant: Quant) -> Estimate | None:
        return _estimated(replace(scenario, quant=quant), evidence)

    asked = estimated or afresh
    found: Estimate | None = None
    # By falling quality, so that the search ends with the first that runs best.
    for agrees, quant in _by_quality(scenario, choices(quants, scenario.settings.engine), evidence):
        if found is not None and found.rating.level == BEST_LEVEL and agrees < _agreement(found):
            break
        one = asked(quant)
        if one is not None and (found is None or _merit(one) > _merit(found)):
            found = one
    return found


def _by_quality(scenario: Scenario, quants: Iterable[Quant], evidence: Evidence) -> list[tuple[float, Quant]]:
    """Types with their agreement, the best first."""
    model, settings = scenario.model, scenario.settings
    arch = architecture(model)
    rated = [(closeness(model, arch, quant, settings, evidence.quality), quant) for quant in quants]
    return sorted(rated, key=lambda pair: -pair[0])


def _estimated(scenario: Scenario, evidence: Evidence) -> Estimate | None:
    try:
        return estimate(scenario, evidence)
    except BadValue:
        return None


def _agreement(candidate: Estimate) -> float:
    scenario, evidence = candidate.scenario, candidate.evidence
    return closeness(scenario.model, candidate.arch, scenario.quant, scenario.settings, evidence.quality)


def _merit(candidate: Estimate) -> tuple[int, float, int]:
    return candidate.rating.level, _agreement(candidate), -candidate.weights.file_bytes
