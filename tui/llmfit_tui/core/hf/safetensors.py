"""Parameters and bytes of a checkpoint by the headers of its safetensors files.

Format: https://huggingface.co/docs/safetensors (eight bytes of length, then a JSON table of tensors).
"""

from collections.abc import Iterable, Mapping

from llmfit_tui.core.record import record

LONGEST_HEADER = 100_000_000
"""The reference implementation refuses longer ones."""
FLOATS = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "F8_E4M3": 1, "F8_E5M2": 1, "F8_E8M0": 1}
"""dtype to bytes of a value; integers are packed weights, indices or zero points."""
PACKED = {"I32": 32, "U32": 32, "U8": 8, "I8": 8, "I64": 64}
"""dtype of packed weights to its bits."""
NOT_WEIGHTS = (
    *(
        "scales",
        "scale",
        "scale_inv",
        "zeros",
        "qzeros",
        "g_idx",
        "biases",
        "absmax",
        "quant_map",
        "weight_shape",
    ),
    *("input_global_scale", "weight_global_scale", "weight_scale", "weight_zero_point", "quant_state"),
)
MOST_VALUES = 1 << 50


@record
class SafeTensor:
    """One tensor's record."""

    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]


@record
class Counted:
    """What the headers of a checkpoint add up to."""

    parameters: int
    """Values, packed ones counted by `bits`; scales, zero points and indices left out."""
    tensor_bytes: int


def count(tensors: Iterable[Mapping[str, SafeTensor]], bits: int | None) -> Counted:
    """Count the tensors of all files; `bits` is what packed weights have."""
    parameters = total = 0
    for table in tensors:
        for name, tensor in table.items():
            start, end = tensor.data_offsets
            total += max(end - start, 0)
            if name.rsplit(".", 1)[-1] in NOT_WEIGHTS or ".absmax" in name or ".quant" in name:
                continue
            values = 1
            for n in tensor.shape:
                values = min(values * max(n, 0), MOST_VALUES)
            if tensor.dtype in FLOATS:
                parameters += values
            elif bits and tensor.dtype in PACKED:
                parameters += values * PACKED[tensor.dtype] // bits
    return Counted(parameters, total)
