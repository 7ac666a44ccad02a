"""How close a format stays to the 16-bit model, as far as it puts formats in an order."""

from llmfit_tui.core.engines.formats import MADE
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.quality import QualityFit, quality_of
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.scenario import Settings, uses_imatrix

UNKNOWN = -1.0


def closeness(
    model: Model, arch: Architecture, quant: Quant, settings: Settings, fit: QualityFit | None
) -> float:
    """Per cent of tokens it agrees on, UNKNOWN where nobody measured any.

    Among the formats of vLLM and MLX, of which few were measured, more bits stand for closer.
    """
    if settings.engine in MADE:
        return bits_of(quant)
    found = quality_of(model, arch, quant, uses_imatrix(settings, quant), fit)
    return round(found.agree_percent, 6) if found else UNKNOWN


def bits_of(quant: Quant) -> float:
    """Bits per weight of a whole file; of the type itself where no file was measured."""
    return quant.file_bits_per_weight or quant.bits_per_weight or 0.0
