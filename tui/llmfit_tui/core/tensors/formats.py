"""Tensors in formats other than GGUF, from the same plans.

Each format is a rule over two kinds of matrices: the linear layers of the blocks, and both ends of the model
(token embedding, output). Norms, biases, routers, convolutions and everything else stay in 16 bits, but for
the correction of expert scores, which publishers keep in 32. Sources, one per format, stand beside the rules.

Published repositories of AWQ, GPTQ, FP8, INT8, bitsandbytes, MLX, EXL2 and EXL3 weigh what these rules say
within 0.1 %; no listing of an NVFP4 or MXFP8 repository was at hand, nor of MXFP4 but for gpt-oss. What some
publishers do otherwise: NF4 without double quantization is 0.4 bits per value larger, a tied model may store
its output, scales of FP8 may be of blocks of 128 x 128 (under 0.1 %). GPTQ stores an index for each input
whether or not it was made with act-order, and AutoGPTQ up to 2023 biases of zeros (under 0.1 %).
"""

import re
from collections.abc import Callable
from functools import lru_cache

from llmfit_tui.core.record import record

HALF = 2
"""Bytes of a 16-bit value."""
ROUTER = "ffn_gate_inp"


@record
class Format:
    """How a format stores a linear layer; rows are what one output value is computed from."""

    label: str
    """What a tensor stored so is called in a list of types."""
    bits: float
    """Per value, scales apart."""
    source: str
    group: int = 0
    """Values of a row that share a scale; 0: none do."""
    per_group: float = 0.0
    """Bytes of scale and zero point for each group."""
    plain_per_group: float | None = None
    """The same where scales are not quantized once more; None where they never are."""
    per_row: int = 0
    """Bytes for each row."""
    per_column: int = 0
    """Bytes for each input value of the matrix."""
    head_bits: float | None = None
    """Bits of the output matrix, which is then stored even where the model ties it; None: it stays in 16."""
    budgets_head: bool = False
    """In some architectures the linear layers are granted the head's share of bits (`EXL2_COUNTS_HEAD`)."""
    embedding: bool = False
    """Embeddings, and the output with them, are stored like a linear layer."""
    whole_groups: bool = False
    """Layers whose rows are not whole groups stay in 16 bits."""
    routers: bool = False
    """Routers that are plain linear layers are stored in 8 bits (`LINEAR_ROUTERS`)."""
    experts_only: bool = False
    """Only routed experts are stored so, as in the publisher's own MXFP4; the rest stays in 16 bits."""


LINEAR_ROUTERS = frozenset(
    (
        *("qwen2moe", "qwen3moe", "qwen3vlmoe", "qwen3next", "qwen35moe", "gpt-oss", "minimax-m2", "olmoe"),
        *("llama", "llama4", "phimoe", "granitemoe", "granitehybrid", "lfm2moe", "mellum"),
    )
)
"""Architectures whose router mlx-lm declares as nn.Linear, and so quantizes: to 8 bits, as its models ask."""
ROUTER_BITS = 8.5

_AWQ = "AutoAWQ, WQLinear_GEMM: packed int32 qweight and qzeros, float16 scales"
_GPTQ = "AutoGPTQ, QuantLinear: packed int32 qweight and qzeros, float16 scales, int32 g_idx"
_MLX = "mlx.nn.quantize: Linear and Embedding layers, one float16 scale and bias for each group"
_EXL2 = "exllamav2 conversion/qparams.py: -b is the mean of linear layers with their scales; -hb 6 the head"
_EXL2_HEAD = 0.15 * 8 + 0.85 * 6 + 4 / 128
"""What exllamav2 makes of -hb 6: a few rows in 8 bits, and a scale of 4 bits for 128 values."""
EXL2_MOST = 8 + 4 / 128
"""Its widest choice for a linear layer."""
EXL2_COUNTS_HEAD = frozenset(["command-r", "cohere2"])
"""Architectures whose blocks run attention and feed-forward side by side. conversion/optimize.py budgets two
modules a layer; here a layer is one module, so that the head's values are budgeted as well."""
_EXL3 = "exllamav3 doc/exl3.md: trellis of -b bits, float16 sign vectors suh and svh; -hb 6 the head"
_ROWS = "compressed-tensors: {} weights, a float32 scale for each row"
_OCP = "OCP Microscaling Formats 1.0: an 8-bit exponent for 32 values"

_FIXED = {
    "FP8": Format("fp8", 8, _ROWS.format("float8"), per_row=4),
    "INT8-W8A8": Format("int8", 8, _ROWS.format("int8"), per_row=4),
    "NVFP4-W4A4": Format("nvfp4", 4, "NVFP4: a float8 scale for 16 values", group=16, per_group=1.0),
    "MXFP4-W4A4": Format("mxfp4", 4, _OCP, group=32, per_group=1.0),
    "MXFP8": Format("mxfp8", 8, _OCP, group=32, per_group=1.0),
    "BNB-NF4": Format(
        "nf4",
        4,
        "bitsandbytes: blocks of 64, double quantization",
        group=64,
        per_group=1 + 4 / 256,
        plain_per_group=4.0,
    ),
    "BNB-INT8": Format("int8", 8, "bitsandbytes LLM.int8(): float32 absmax for each row", per_row=4),
}


def _awq(bits: str, group: str | None) -> Format:
    width = int(bits)
    return Format(f"int{bits}", width, _AWQ, group=int(group or 128), per_group=2 + width / 8)


def _gptq(bits: str, group: str | None) -> Format:
    width = int(bits)
    return Format(f"int{bits}", width, _GPTQ, group=int(group or 128), per_group=2 + width / 8, per_column=4)


def _mlx(bits: str, group: str | None) -> Format:
    size = int(group or 64)
    return Format(
        f"{bits} bit",
        int(bits),
        _MLX,
        group=size,
        per_group=4.0,
        embedding=True,
        whole_groups=True,
        routers=True,
    )


def _exl2(bits: str, _: str | None) -> Format:
    return Format(f"exl2 {bits}", float(bits), _EXL2, head_bits=_EXL2_HEAD, budgets_head=True)


def _exl3(bits: str, _: str | None) -> Format:
    return Format(f"exl3 {bits}", float(bits), _EXL3, per_row=2, per_column=2, head_bits=6)


_NAMED: tuple[tuple[re.Pattern[str], Callable[[str, str | None], Format]], ...] = (
    (re.compile(r"AWQ-INT([48])(?:-g(\d+))?"), _awq),
    (re.compile(r"GPTQ-INT([2348])(?:-g(\d+))?"), _gptq),
    (re.compile(r"MLX-([234568])bit(?:-gs(\d+))?"), _mlx),
    (re.compile(r"EXL2-(\d(?:\.\d+)?)bpw()"), _exl2),
    (re.compile(r"EXL3-(\d(?:\.\d+)?)bpw()"), _exl3),
)
"""Names that carry bits, and the group size where it is not the usual one."""


@lru_cache(maxsize=256)
def format_named(name: str) -> Format | None:
    """The rule of a format by its name in the catalog; None where there is none."""
    if name in _FIXED:
        return _FIXED[name]
    for pattern, make in _NAMED:
        if match := pattern.fullmatch(name):
            return make(match.group(1), match.group(2) or None)
    return None
