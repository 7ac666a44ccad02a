"""--mmproj, --lora and --model-draft: what is loaded beside the model, opened."""

from collections.abc import Callable, Mapping
from typing import Any

from llmfit_tui.core.memory.draft import draft_part
from llmfit_tui.core.memory.parts import Part
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.quant import Quant


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
        found.append(draft_part(model_of(options["model_draft"]), quants))
    return tuple(found)
