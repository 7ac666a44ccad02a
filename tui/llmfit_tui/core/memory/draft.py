"""A draft model as a part: which models may guess ahead of another, and in which quantization."""

from collections.abc import Iterable, Iterator

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.memory.parts import Part, PartKind
from llmfit_tui.core.memory.weights import weights_of
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.models.stored import quant_of
from llmfit_tui.core.names import find_quant
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.scenario import Settings, architecture, uses_imatrix

DRAFT_QUANT = "Q8_0"
"""Of a draft model of the catalog: small enough, and as good as its 16 bits."""
SMALLER = 4
"""A draft model has at most so many times fewer parameters; a larger one is no faster than the model."""
MOST_DIFFERENCE = 128
"""llama.cpp takes vocabularies that differ by fewer tokens (SPEC_VOCAB_MAX_SIZE_DIFFERENCE)."""


def draft_part(model: Model, quants: tuple[Quant, ...]) -> Part:
    """The model as a draft, in the quantization its file is in. Raises BadValue where no size is known."""
    own = quant_of(model, quants)
    quant = own or find_quant(DRAFT_QUANT, quants)
    weights = weights_of(model, architecture(model), quant, uses_imatrix(Settings(), quant))
    if weights is None:
        raise BadValue(f"--model-draft: no size is known for {model.id}.")
    file = model.file
    path = file.paths[0] if file is not None and file.paths else None
    name = f"{model.name} {quant.name}"
    return Part(PartKind.DRAFT, name, path, weights.file_bytes, weights.tensor_bytes, model, quant)


def drafts_for(model: Model, models: Iterable[Model]) -> Iterator[Model]:
    """Models of the same family and vocabulary that are much smaller."""
    if model.parameters is None:
        return
    shape = architecture(model)
    for one in models:
        if one.parameters is None or one.id == model.id or SMALLER * one.parameters > model.parameters:
            continue
        try:
            found = architecture(one)
        except BadValue:
            continue
        if found.name == shape.name and abs(found.vocabulary - shape.vocabulary) < MOST_DIFFERENCE:
            yield one
