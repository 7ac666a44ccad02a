"""What a quantized KV cache costs, apart from the weights: agreement with the same model on a 16-bit cache.

Only types that somebody measured have a figure. It comes from the model itself where that was measured, else
from the models that were, as the range they lie in. A divergence is turned into an agreement by the closed
form of core/quality.py; a perplexity is only used where nobody measured more.
"""

from collections.abc import Sequence

from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.quality import QualityFit, agree_percent
from llmfit_tui.core.qualityrows import AGREE, MeasuredCache
from llmfit_tui.core.record import record

PERPLEXITY = "perplexity"
UNCHANGED = frozenset({KVType.F16, KVType.F32})


@record
class CacheQuality:
    """Share of tokens, in per cent, whose likeliest next token is that of a 16-bit cache."""

    agree_percent: float
    agree_low: float
    agree_high: float
    of_this_model: bool
    source: str


def cache_quality(
    model: Model, key_type: KVType, value_type: KVType, fit: QualityFit | None
) -> CacheQuality | None:
    """The figure; None where nobody measured this pair of types."""
    if key_type in UNCHANGED and value_type in UNCHANGED:
        return CacheQuality(100.0, 100.0, 100.0, True, "16 bits: the reference")
    rows = cache_rows(key_type, value_type, fit)
    if fit is None or not rows:
        return None
    own = [row for row in rows if row.model == model.id]
    used = _best(own or rows)
    found = sorted(_agreement(row, fit) for row in used)
    names = " and ".join(dict.fromkeys(fit.measured_sources[row.source][0] for row in used))
    on = ", ".join(dict.fromkeys(row.model.rsplit("/", 1)[-1] for row in used))
    middle = (found[0] + found[-1]) / 2
    return CacheQuality(middle, found[0], found[-1], bool(own), f"measured on {on}: {names}")


def cache_rows(key_type: KVType, value_type: KVType, fit: QualityFit | None) -> Sequence[MeasuredCache]:
    """Every measurement of this pair of types."""
    pair = key_type.value, value_type.value
    return [row for row in fit.kv_measured if (row.key_type, row.value_type) == pair] if fit else []


def _best(rows: Sequence[MeasuredCache]) -> Sequence[MeasuredCache]:
    """Of each model its agreement, else its divergence; perplexities where there is nothing else."""
    better = [row for row in rows if row.what != PERPLEXITY] or rows
    counted = {row.model for row in better if row.what == AGREE}
    return [row for row in better if row.what == AGREE or row.model not in counted]


def _agreement(row: MeasuredCache, fit: QualityFit) -> float:
    return row.value if row.what == AGREE else agree_percent(row.value, fit)
