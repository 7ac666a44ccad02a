'''Exact weights: the tensors of a model's GGUF file, the type of each, and the bytes they add up to.

    plan = tensor_plan(config)                    the tensors, or None: no table for this architecture
    quantized = quantize(plan, "Q4_K_M")          the type of each, as llama-quantize chooses
    file_bytes(quantized)                         the size of the file
    weight_sizes(quantized), active_bytes(...)    the same bytes by layer, and by what a token reads
    stored_as(plan, "AWQ-INT4-g128")              the same in formats other than GGUF

Everything follows from the Hugging Face configuration, by rules of llama.cpp (commit 0c1e57098): no rule
knows a model's name.

Adding an architecture
----------------------

1. Put llama.cpp's list of its tensors (`load_arch_tensors` in src/models/<name>.cpp) beside the tables
   here and write it in the notation of `notation.py`, in tables_dense.py, tables_moe.py or
   tables_hybrid.py. Most of it is groups that exist already (`shared.py`):

       "qwen3moe": """file: +ends
           every: attn_norm[E] +gqa +qk_norm ffn_norm[E] +routed""",

2. What varies between its models is a symbol that may be 0 (`symbols.py`), a trait asked for with `?`
   (`traits_of`), or a set of blocks (`blocksets.py`). Add one only if no existing one says it.
3. Look into its converter (conversion/<family>.py, `modify_tensors`, `generate_extra_tensors`,
   `tensor_force_quant`) for what it drops, splits, adds or keeps in F32. General rules are in `keeping.py`;
   a single exception is written in the table (`:F16`).
4. Map its model_type in `families.py`. If its converter writes 0 key/value heads for layers without
   attention, or one for all, say so in `plan.py` (it decides the group size the rules ask for).
5. Check: the plan's parameters equal the published count, but for what the converter adds or leaves out;
   and `llama-quantize --dry-run` on a file of the same shapes reports the same sizes for every file type.
   Put its rows into tests/fixtures/tensors.
'''

from llmfit_tui.core.tensors.formats import Format, format_named, stored_as
from llmfit_tui.core.tensors.header import file_bytes, header_bytes
from llmfit_tui.core.tensors.plan import TensorGroup, TensorPlan, tensor_plan
from llmfit_tui.core.tensors.quantize import (
    LARGE,
    LARGE_NAMES,
    MAINLINE,
    NATIVE_EXPERTS,
    RULES_OF_2025,
    STORED_OUTPUT,
    Piece,
    Practice,
    Quantized,
    Reason,
    quantize,
)
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
