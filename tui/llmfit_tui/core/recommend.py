"""The quantization to take: the best quality among those that run best."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.estimate import Estimate, estimate
from llmfit_tui.core.quality import QualityFit
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.scenario import Scenario


def choices(quants: Iterable[Quant]) -> tuple[Quant, ...]:
    """Types a publisher ships."""
    return tuple(quant for quant in quants if quant.shipped and quant.is_gguf)


def best(estimates: Iterable[Estimate]) -> Estimate | None:
    """The best quality at the best level reached; ties go to the smaller file. None of nothing."""
    ranked = list(estimates)
    return max(ranked, key=_merit) if ranked else None


def recommended(
    scenario: Scenario, quants: Sequence[Quant], fit: QualityFit | None = None
) -> Estimate | None:
    """The estimate of the recommended quantization at this context on this machine."""
    return best(_possible(scenario, choices(quants), fit))


def _possible(scenario: Scenario, quants: Iterable[Quant], fit: QualityFit | None) -> Iterator[Estimate]:
    """Estimates of the types llama-quantize makes for this model."""
    for quant in quants:
        try:
            yield estimate(replace(scenario, quant=quant), fit)
        except BadValue:
            continue


def _merit(candidate: Estimate) -> tuple[int, float, int]:
    quality = candidate.quality.agree_percent if candidate.quality else -1.0
    return candidate.rating.level, round(quality, 6), -candidate.weights.file_bytes
