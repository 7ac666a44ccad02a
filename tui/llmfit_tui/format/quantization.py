"""A model at a quantization as the JSON documents describe it: sizes, types, variants."""

from typing import Any

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.memory.modeltensors import variant_sizes
from llmfit_tui.core.scenario import uses_imatrix
from llmfit_tui.core.tensors.sizes import ActiveBytes
from llmfit_tui.core.tensors.summary import lines_of
from llmfit_tui.format.tensors import tensors_behind, why

Document = dict[str, Any]


def quantization_document(found: Estimate, variants: bool = True) -> Document:
    """`quantization` of an estimate. `variants`, if asked for: files of this name that differ in size."""
    scenario, weights = found.scenario, found.weights
    return {
        "name": scenario.quant.name,
        "imatrix": uses_imatrix(scenario.settings, scenario.quant),
        "bits_per_weight": round(weights.bits_per_weight, 4),
        "tensor_bytes": weights.tensor_bytes,
        "header_bytes": weights.header_bytes,
        "file_bytes": weights.file_bytes,
        "file_bytes_range": list(weights.file_range) if weights.file_range else None,
        "tensor_types": dict(weights.types) if weights.types is not None else None,
        "exact": weights.exact,
        "variant": weights.variant,
        "variants": _variants(found) if variants else [],
        "active_bytes": _active(weights.active),
    }


def tensors_document(found: Estimate) -> list[Document] | None:
    """Every name of tensor with its types, bytes and the reason; None where tensors are not known."""
    made = tensors_behind(found)
    if made is None:
        return None
    return [
        {
            "name": line.name,
            "types": line.counts,
            "bytes": line.bytes,
            "why": why(made, line) or None,
        }
        for line in lines_of(made)
    ]


def _variants(found: Estimate) -> list[Document]:
    scenario, settings = found.scenario, found.scenario.settings
    if found.weights.variant is None:
        return []
    sizes = variant_sizes(scenario.model, scenario.quant, uses_imatrix(settings, scenario.quant))
    return [
        {
            "name": size.variant.name,
            "about": size.variant.about,
            "tensor_bytes": size.tensor_bytes,
            "file_bytes": size.file_bytes,
            "tensor_types": dict(size.types),
        }
        for size in sizes
    ]


def _active(active: ActiveBytes) -> Document:
    """What one token reads, by kind."""
    return {
        "dense": active.dense,
        "shared_experts": active.shared,
        "routed_experts": round(active.routed),
        "output": active.output,
        "embedding_rows": active.embedding,
        "total": round(active.total),
    }
