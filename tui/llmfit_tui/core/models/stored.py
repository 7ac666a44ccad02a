"""The quantization that a model's own files are in."""

from collections.abc import Sequence

from llmfit_tui.core.models.model import Model
from llmfit_tui.core.quant import Quant


def quant_of(model: Model, quants: Sequence[Quant]) -> Quant | None:
    """Of the file or folder it was opened from; None where there is none, or where it holds 16 bits.

    What reads files is loaded only for models that come from one: the catalog's models do not.
    """
    if model.file is not None:
        from llmfit_tui.core.gguf.model import own_quant

        return own_quant(model.file, quants)
    if model.stored is None:
        return None
    from llmfit_tui.core.hf.model import stored_quant

    return stored_quant(model, quants)
