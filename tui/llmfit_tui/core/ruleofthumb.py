"""The rule of thumb many web calculators use, kept apart and shown beside our own figures.

Its source is a compatibility page for Qwen2.5 0.5B Instruct. All sizes are decimal GB, rounded as the
page rounds: weights = parameters x bits / 8 to 2 places; VRAM = weights + 0.3 GB + f16 cache, rounded to 2
places and then to 1; tok/s = bandwidth / VRAM x efficiency. It is wrong by design: see the README.
"""

from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.record import record

BITS = {
    "IQ2_XS": 2.4,
    "IQ2_M": 2.7,
    "IQ3_XS": 3.3,
    "Q2_K": 3.4,
    "Q3_K_S": 3.5,
    "IQ3_M": 3.6,
    "Q4_0": 4.0,
    "Q3_K_M": 3.9,
    "Q3_K_L": 4.1,
    "IQ4_XS": 4.3,
    "Q4_K_S": 4.5,
    "Q4_K_M": 4.8,
    "Q5_0": 5.0,
    "Q4_K_L": 4.9,
    "Q5_K_S": 5.5,
    "Q5_K_L": 5.8,
    "Q5_K_M": 5.7,
    "Q6_K": 6.6,
    "Q8_0": 8.0,
}
"""Bits per weight as the page prints them; other types use their block's bits."""
EFFICIENCY = {"NVIDIA": 0.65, "AMD": 0.55}
OVERHEAD_GB = 0.3
SHORT_CONTEXT = 2048
GB = 1e9


@record
class RuleOfThumb:
    """The page's figures; None where it has no rule."""

    weights_gb: float | None
    vram_gb: float | None
    vram_full_context_gb: float | None
    decode_tok_s: float | None


def rule_of_thumb(
    model: Model, arch: Architecture, quant: Quant, vendor: str | None, bandwidth: int | None
) -> RuleOfThumb:
    """The page's figures for a model, a type and a device's vendor and bandwidth (bytes per second)."""
    bits = BITS.get(quant.name, quant.bits_per_weight)
    if bits is None or model.parameters is None:
        return RuleOfThumb(None, None, None, None)
    weights = model.parameters * bits / 8 / GB
    vram = round(weights + OVERHEAD_GB + _cache_gb(arch, SHORT_CONTEXT), 2)
    full = model.context_max and round(weights + OVERHEAD_GB + _cache_gb(arch, model.context_max), 2)
    efficiency = EFFICIENCY.get(vendor or "")
    speed = bandwidth / GB / vram * efficiency if efficiency and bandwidth else None
    return RuleOfThumb(
        weights_gb=round(weights, 2),
        vram_gb=round(vram, 1),
        vram_full_context_gb=round(full, 1) if full else None,
        decode_tok_s=round(speed, 1) if speed else None,
    )


def _cache_gb(arch: Architecture, context: int) -> float:
    """Keys and values of every layer in f16, whatever the layer really keeps."""
    return arch.layers * context * 2 * arch.kv_heads * arch.head_dim * 2 / GB
