"""Exact weights: the tensors of a model's GGUF file, the type of each, and the bytes they add up to.

    plan = tensor_plan(config)                    the tensors, or None: no table for this architecture
    quantized = quantize(plan, "Q4_K_M")          the type of each, as llama-quantize chooses
    file_bytes(quantized)                         the size of the file
    weight_sizes(quantized), active_bytes(...)    the same bytes by layer, and by what a token reads
    stored_as(plan, "AWQ-INT4-g128")              the same in formats other than GGUF

Everything follows from the Hugging Face configuration, by rules of llama.cpp (commit 0c1e57098): no rule
knows a model's name.

How to add an architecture is told in CONTRIBUTING.md.
"""

from llmfit_tui.core.tensors.formats import Format, format_named, stored_as
from llmfit_tui.core.tensors.header import file_bytes, header_bytes
from llmfit_tui.core.tensors.plan import TensorGroup, TensorPlan, tensor_plan
from llmfit_tui.core.tensors.quantize import (
    LARGE,
    LARGE_NAMES,
    NATIVE_EXPERTS,
    RULES_OF_2025,
    STORED_OUTPUT,
    quantize,
)
from llmfit_tui.core.tensors.quantized import MAINLINE, Piece, Practice, Quantized, Reason
from llmfit_tui.core.tensors.sizes import ActiveBytes, WeightSizes, active_bytes, weight_sizes
from llmfit_tui.core.tensors.variants import Variant, variant_named, variants_of

__all__ = [
    "LARGE",
    "LARGE_NAMES",
    "MAINLINE",
    "NATIVE_EXPERTS",
    "RULES_OF_2025",
    "STORED_OUTPUT",
    "ActiveBytes",
    "Format",
    "Piece",
    "Practice",
    "Quantized",
    "Reason",
    "TensorGroup",
    "TensorPlan",
    "Variant",
    "WeightSizes",
    "active_bytes",
    "file_bytes",
    "format_named",
    "header_bytes",
    "quantize",
    "stored_as",
    "tensor_plan",
    "variant_named",
    "variants_of",
    "weight_sizes",
]
