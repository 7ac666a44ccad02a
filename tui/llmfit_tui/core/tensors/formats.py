"""Sizes in formats other than GGUF, from the same tensor plans.

Each format is a rule over two kinds of matrices: the linear layers of the blocks, and both ends of the model
(token embedding, output). Norms, biases, routers, convolutions and everything else stay in 16 bits.
Sources, one per format, stand beside the rules; where they leave a choice to the publisher (FP8 scales by
row or by block of 128 x 128, NF4 with or without double quantization) the difference is under 1 %, except
that NF4 without double quantization is 0.4 bits per value larger.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from llmfit_tui.core.tensors.plan import TensorGroup, TensorPlan

HALF = 2
"""Bytes of a 16-bit value."""


@dataclass(frozen=True, slots=True)
class Format:
    """How a format stores a linear layer; rows are what one output value is computed from."""

    bits: float
    """Per value, scales apart."""
    group: int = 0
    """Values of a row that share a scale; 0: none do."""
    per_group: float = 0.0
    """Bytes of scale and zero point for each group."""
    per_row: int = 0
    """Bytes for each row."""
    per_column: int = 0
    """Bytes for each input value of the matrix."""
    head_bits: float | None = None
    """Bits of the output matrix, scales included; None: it stays in 16 bits."""
    embedding: bool = False
    """The token embedding, and the output with it, is stored like a linear layer."""
    whole_groups: bool = False
    """Layers whose rows are not whole groups stay in 16 bits."""
    source: str = ""


_AWQ = "AutoAWQ, WQLinear_GEMM: packed int32 qweight and qzeros, float16 scales"
_GPTQ = "AutoGPTQ, QuantLinear: packed int32 qweight and qzeros, float16 scales, int32 g_idx"
_MLX = "mlx.nn.quantize: Linear and Embedding layers, one float16 scale and bias for each group"
_EXL = "exllamav2 doc/convert.md, exllamav3 doc/convert.md: -b is the mean of linear layers, -hb 6 the head"

FORMATS: Mapping[str, Format] = {
    "AWQ-INT4-g128": Format(4, 128, 2.5, source=_AWQ),
    "GPTQ-INT4-g128": Format(4, 128, 2.5, per_column=4, source=_GPTQ),
    "GPTQ-INT8": Format(8, 128, 3.0, per_column=4, source=_GPTQ),
    "FP8": Format(8, per_row=4, source="compressed-tensors: float8 weights, a scale for each row"),
    "INT8-W8A8": Format(8, per_row=4, source="compressed-tensors: int8 weights, a scale for each row"),
    "NVFP4-W4A4": Format(4, 16, 1.0, source="NVFP4: a float8 scale for 16 values, one float32 for a matrix"),
    "MXFP4-W4A4": Format(4, 32, 1.0, source="OCP Microscaling Formats 1.0: an 8-bit exponent for 32 values"),
    "MXFP8": Format(8, 32, 1.0, source="OCP Microscaling Formats 1.0: an 8-bit exponent for 32 values"),
    "BNB-NF4": Format(4, 64, 1 + 4 / 256, source="bitsandbytes: blocks of 64, double quantization"),
    "BNB-INT8": Format(8, per_row=4, source="bitsandbytes LLM.int8(): float32 absmax for each row"),
    **{
        f"MLX-{bits}bit": Format(bits, 64, 4.0, embedding=True, whole_groups=True, source=_MLX)
        for bits in (3, 4, 5, 6, 8)
    },
    **{f"EXL2-{bpw}.0bpw": Format(bpw, head_bits=6, source=_EXL) for bpw in (3, 4, 5, 6, 8)},
    **{f"EXL3-{bpw}.0bpw": Format(bpw, head_bits=6, source=_EXL) for bpw in (2, 3, 4, 5, 6, 8)},
}
"""Formats by the catalog's names."""


@dataclass(frozen=True, slots=True)
class FormatSize:
    """Bytes of a model's weights in a format other than GGUF."""

    quantized: int
    """Linear layers, and the ends where the format quantizes them, with scales and zeros."""
    scales: int
    """Of these, scales, zero points and indices."""
    half: int
    """What stays in 16 bits."""

    @property
    def total(self) -> int:
        """All weights; files add some kilobytes of names."""
        return self.quantized + self.half


def format_size(plan: TensorPlan, name: str, native_experts: bool = False) -> FormatSize | None:
    """Bytes of the plan's layers in a format; None for a format without a rule.

    Prediction blocks and rotary tables are left out: checkpoints in these formats rarely hold them.
    `native_experts`: the publisher's own MXFP4, which leaves everything but routed experts in 16 bits.
    """
    rule = FORMATS.get(name)
    if rule is None:
        return None
    quantized = scales = half = 0.0
    for group in plan.groups:
        count = sum(1 for block in group.blocks if block < plan.layers) if group.blocks else 1
        if group.name.startswith("rope_") or count == 0:
            continue
        size, extra = _stored(group, rule, native_experts)
        if size is None:
            half += HALF * group.values * count
        else:
            quantized += size * count
            scales += extra * count
    if plan.tied and rule.head_bits is not None:
        quantized += plan.group("token_embd")[0].values * rule.head_bits / 8
    return FormatSize(round(quantized), round(scales), round(half))


def _stored(group: TensorGroup, rule: Format, native_experts: bool) -> tuple[float | None, float]:
    """(bytes of one tensor, of these scales); None: 16 bits."""
    if (
        group.keeps is not None
        or group.name == "per_layer_token_embd"
        or (native_experts and not group.routed)
    ):
        return None, 0.0
    if group.name == "output" and rule.head_bits is not None:
        return group.values * rule.head_bits / 8, 0.0
    if group.name in {"token_embd", "output"} and not rule.embedding:
        return None, 0.0
    row = group.shape[0]
    if rule.whole_groups and rule.group and row % rule.group:
        return None, 0.0
    rows = group.values // row
    groups = -(-row // rule.group) if rule.group else 0
    matrices = group.shape[2] if len(group.shape) > 2 else 1
    extra = rows * (groups * rule.per_group + rule.per_row) + matrices * row * rule.per_column
    return group.values * rule.bits / 8 + extra, extra
