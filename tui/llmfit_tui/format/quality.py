"""How close a quantization stays to the 16-bit model, and what its KV cache costs beside that."""

from typing import Any

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.quality import DIVERGENCE, MEASURED
from llmfit_tui.format import amounts
from llmfit_tui.format.amounts import rounded


def agreement_words(found: Estimate) -> str:
    """What the weights keep, with the band and whether it was measured; empty where nobody measured any."""
    quality = found.quality
    if quality is None:
        return ""
    band = _band(quality.agree_low, quality.agree_high)
    measured = {MEASURED: "measured", DIVERGENCE: "divergence measured"}.get(quality.basis)
    beside = ", ".join(part for part in (band, measured) if part)
    said = f"agrees with 16 bit on {amounts.agreement(quality.agree_percent)} of tokens"
    return f"{said} ({beside})" if beside else said


def cache_words(found: Estimate) -> str:
    """What a quantized KV cache costs, or that nobody knows; empty for one in 16 bits."""
    settings = found.scenario.settings
    types = settings.kv_type_k.value, settings.kv_type_v.value
    name = types[0] if types[0] == types[1] else "/".join(types)
    cache = found.cache_quality
    if cache is None:
        return f"what KV {name} costs was not measured"
    if cache.agree_percent == 100:
        return ""
    beside = [_band(cache.agree_low, cache.agree_high), "" if cache.of_this_model else "other models"]
    told = ", ".join(filter(None, beside))
    said = f"KV {name} agrees with a 16-bit cache on {amounts.agreement(cache.agree_percent)}"
    return f"{said} ({told})" if told else said


def _band(low: float, high: float) -> str:
    ends = f"{low:.0f}", f"{high:.0f}"
    return "" if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def quality_document(found: Estimate) -> dict[str, Any]:
    """Of the weights, and apart from them of the KV cache."""
    weights, cache = found.quality, found.cache_quality
    return {
        "agree_percent": rounded(weights.agree_percent if weights else None),
        "agree_low": rounded(weights.agree_low if weights else None),
        "agree_high": rounded(weights.agree_high if weights else None),
        "basis": weights.basis if weights else None,
        "source": weights.source if weights else None,
        "kv_agree_percent": rounded(cache.agree_percent if cache else None),
        "kv_agree_low": rounded(cache.agree_low if cache else None),
        "kv_agree_high": rounded(cache.agree_high if cache else None),
        "kv_source": cache.source if cache else None,
    }
