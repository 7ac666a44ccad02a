"""--mmproj, --lora and --model-draft: what is loaded beside the model, opened."""

from collections.abc import Callable, Mapping
from typing import Any

from llmfit_tui.cli.model_source import quant_of
from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.memory.parts import Part, PartKind
from llmfit_tui.core.memory.weights import weights_of
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.names import find_quant
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.scenario import Settings, architecture, uses_imatrix

DRAFT_QUANT = "Q8_0"
"""Of a draft model of the catalog: small enough, and as good as its 16 bits."""


def parts_of(
    options: Mapping[str, Any], model_of: Callable[[str], Model], quants: tuple[Quant, ...]
) -> tuple[Part, ...]:
    """Everything asked for. Raises LlmfitError."""
    found: list[Part] = []
    if options.get("mmproj") or options.get("lora"):
        from llmfit_tui.storage.parts import open_adapter, open_projector

        if options.get("mmproj"):
            found.append(open_projector(options["mmproj"]))
        found += [open_adapter(name) for name in options.get("lora", "").split(",") if name.strip()]
    if options.get("model_draft"):
        found.append(_draft(model_of(options["model_draft"]), quants))
    return tuple(found)


def _draft(model: Model, quants: tuple[Quant, ...]) -> Part:
    quant = quant_of(model, quants) or find_quant(DRAFT_QUANT, quants)
    weights = weights_of(model, architecture(model), quant, uses_imatrix(Settings(), quant))
    if weights is None:
        raise BadValue(f"--model-draft: no size is known for {model.id}.")
    file = model.file
    path = file.paths[0] if file is not None and file.paths else None
    name = f"{model.name} {quant.name}"
    return Part(PartKind.DRAFT, name, path, weights.file_bytes, weights.tensor_bytes, model, quant)
