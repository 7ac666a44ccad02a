"""Quality derived: of the weights, and apart from them of the KV cache."""

import math
from collections.abc import Iterator

from llmfit_tui.core.cachequality import cache_rows
from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.quality import DIVERGENCE, MEASURED, QualityFit, quality_rows_of
from llmfit_tui.core.qualityrows import AGREE
from llmfit_tui.core.scenario import uses_imatrix
from llmfit_tui.core.why.quality import divergence_sum
from llmfit_tui.format.why.rows import BLANK, Row, note, told


def quality_rows(found: Estimate) -> Iterator[Row]:
    """What was measured; else the divergence from the 16-bit model, and the agreement it means."""
    quality, fit = found.quality, found.evidence.quality
    if quality is None or fit is None:
        yield note("Unknown: nobody has measured this format.")
        return
    made = divergence_sum(found)
    measured = quality.basis in {MEASURED, DIVERGENCE}
    if made is None and not measured:
        yield Row("16 bits or more", "100%", kind="total")
        yield note("Nothing is lost, so every token agrees.")
        return
    if measured:
        yield from _measured(found, fit)
        yield Row("agreement", f"{quality.agree_percent:.1f}%", kind="total")
        yield BLANK
        yield Row("for comparison, the estimate", "", kind="head")
    if made is not None:
        yield from told(made, "ln D")
        divergence = math.exp(made.total)
        yield Row("D, mean KL divergence to 16 bit", f"{divergence:.4f}", f"exp({made.total:.3f})")
        agrees = 100 * math.exp(fit.agree_coefficient * divergence**fit.agree_exponent)
        yield Row("agreement", f"{agrees:.1f}%", _formula(fit), kind="term" if measured else "total")
    yield BLANK
    yield note("The share of tokens whose likeliest next token is that of the 16-bit model.")
    low, high = f"{quality.agree_low:.0f}", f"{quality.agree_high:.0f}"
    if low != high:
        yield note(f"Band: {low} to {high}%.")
    yield note("The form is fitted on 824 published measurements of 56 models (catalogs/quality.json).")


def _measured(found: Estimate, fit: QualityFit) -> Iterator[Row]:
    scenario = found.scenario
    imatrix = uses_imatrix(scenario.settings, scenario.quant)
    for row in quality_rows_of(scenario.model, scenario.quant, imatrix, fit):
        agreed = row.what == AGREE
        name = "tokens that stay the same" if agreed else "D, mean KL divergence to 16 bit"
        source = ", ".join(filter(None, fit.measured_sources[row.source]))
        yield Row(name, f"{row.value:.1f}%" if agreed else f"{row.value:.4f}", source)
    if found.quality and found.quality.basis == DIVERGENCE:
        yield note(f"agreement = {_formula(fit)}")


def _formula(fit: QualityFit) -> str:
    return f"100 × exp({fit.agree_coefficient:.3f} × D^{fit.agree_exponent:.3f})"


def cache_quality_rows(found: Estimate) -> Iterator[Row]:
    """What was measured of a cache in these types."""
    settings, fit, cache = found.scenario.settings, found.evidence.quality, found.cache_quality
    rows = cache_rows(settings.kv_type_k, settings.kv_type_v, fit)
    for row in rows:
        assert fit is not None
        name = row.model.rsplit("/", 1)[-1]
        what = "tokens that stay the same" if row.what == AGREE else row.what
        told = f"{what}{', rotated first' if row.rotated else ''}"
        figure = f"{row.value:.2f}%" if row.what == AGREE else f"{row.value:.4f}"
        yield Row(name, figure, ", ".join(filter(None, (told, *fit.measured_sources[row.source]))))
    if cache is None:
        yield note("Unknown: nobody has measured keys and values in these types together.")
    else:
        yield Row("agreement with a 16-bit cache", f"{cache.agree_percent:.1f}%", kind="total")
        where = "this model" if cache.of_this_model else "other models"
        yield note(f"Band: {cache.agree_low:.1f} to {cache.agree_high:.1f}%, measured on {where}.")
    yield BLANK
    yield note(
        "What the cache costs, apart from the weights. Models differ: keys in four bits cost some a lot. "
        "A perplexity row is the logarithm of its ratio, read as a divergence."
    )
