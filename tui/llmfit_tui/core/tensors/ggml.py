"""ggml's tensor types, and the type each llama.cpp file type starts from.

Read off llama.cpp at commit 0c1e57098: block layouts of ggml/src/ggml-common.h, llama_ftype_get_default_type
of src/llama-quant.cpp.
"""

BLOCKS: dict[str, tuple[int, int]] = {
    "F32": (1, 4),
    "I32": (1, 4),
    "F16": (1, 2),
    "BF16": (1, 2),
    "Q8_0": (32, 34),
    "Q6_K": (256, 210),
    "Q5_K": (256, 176),
    "Q5_1": (32, 24),
    "Q5_0": (32, 22),
    "Q4_K": (256, 144),
    "Q4_1": (32, 20),
    "Q4_0": (32, 18),
    "IQ4_NL": (32, 18),
    "IQ4_XS": (256, 136),
    "MXFP4": (32, 17),
    "Q3_K": (256, 110),
    "IQ3_S": (256, 110),
    "IQ3_XXS": (256, 98),
    "Q2_K": (256, 84),
    "IQ2_S": (256, 82),
    "IQ2_XS": (256, 74),
    "IQ2_XXS": (256, 66),
    "IQ1_M": (256, 56),
    "IQ1_S": (256, 50),
    "TQ2_0": (256, 66),
    "TQ1_0": (256, 54),
    "Q2_0": (64, 18),
    "Q1_0": (128, 18),
    "NVFP4": (64, 36),
    "Q8_1": (32, 36),
    "Q8_K": (256, 292),
    "I8": (1, 1),
    "I16": (1, 2),
    "I64": (1, 8),
    "F64": (1, 8),
}
"""Type to (values per block, bytes per block). Rows (ne0) are made of whole blocks."""

ALIGNMENT = 32
"""Each tensor's data is padded to so many bytes in a GGUF file."""

DEFAULT_TYPES: dict[str, str] = {
    "F32": "F32",
    "F16": "F16",
    "BF16": "BF16",
    "Q8_0": "Q8_0",
    "Q6_K": "Q6_K",
    "Q5_K_M": "Q5_K",
    "Q5_K_S": "Q5_K",
    "Q5_1": "Q5_1",
    "Q5_0": "Q5_0",
    "Q4_K_M": "Q4_K",
    "Q4_K_S": "Q4_K",
    "Q4_1": "Q4_1",
    "Q4_0": "Q4_0",
    "IQ4_NL": "IQ4_NL",
    "IQ4_XS": "IQ4_XS",
    "MXFP4_MOE": "MXFP4",
    "Q3_K_L": "Q3_K",
    "Q3_K_M": "Q3_K",
    "Q3_K_S": "Q3_K",
    "IQ3_M": "IQ3_S",
    "IQ3_S": "IQ3_S",
    "IQ3_XS": "IQ3_S",
    "IQ3_XXS": "IQ3_XXS",
    "Q2_K": "Q2_K",
    "Q2_K_S": "Q2_K",
    "IQ2_M": "IQ2_S",
    "IQ2_S": "IQ2_XS",
    "IQ2_XS": "IQ2_XS",
    "IQ2_XXS": "IQ2_XXS",
    "IQ1_M": "IQ1_M",
    "IQ1_S": "IQ1_S",
    "TQ2_0": "TQ2_0",
    "TQ1_0": "TQ1_0",
    "Q2_0": "Q2_0",
    "Q1_0": "Q1_0",
}
"""File type of llama-quantize to the tensor type it starts from."""

FLOATS = frozenset(["F32", "F16", "BF16"])
"""File types to which no rule applies: every tensor that may change gets this very type."""

_FALLBACKS = {
    **dict.fromkeys(["IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS", "IQ3_S", "IQ4_XS"], "IQ4_NL"),
    **dict.fromkeys(["Q2_0", "Q2_K", "Q3_K", "TQ1_0", "TQ2_0"], "Q4_0"),
    "Q4_K": "Q5_0",
    "Q5_K": "Q5_1",
    "Q6_K": "Q8_0",
}


def fallback(name: str, row: int) -> str | None:
    """The type a tensor with rows of `row` values gets in place of `name`, whose blocks do not divide them.

    None where llama-quantize stops instead (Q1_0). Rows that 32 does not divide become F16.
    """
    replaced = _FALLBACKS.get(name)
    if replaced is None:
        if BLOCKS[name][0] > 32:
            return None
        replaced = name
    return replaced if row % BLOCKS[replaced][0] == 0 else "F16"


def tensor_bytes(name: str, shape: tuple[int, ...]) -> int:
    """Bytes of one tensor of this type, without padding; `shape` is (ne0, ne1, ...), ne0 a row."""
    block, size = BLOCKS[name]
    rows = 1
    for n in shape[1:]:
        rows *= n
    return rows * (shape[0] // block) * size


def padded(size: int) -> int:
    """Bytes rounded up to the alignment of GGUF data."""
    return -(-size // ALIGNMENT) * ALIGNMENT
