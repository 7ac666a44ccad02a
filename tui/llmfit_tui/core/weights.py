"""Bytes of a model's weights at a quantization, and which of them one token reads.

Here the size is parameters x bits per weight, with the bits measured on a published model of ordinary
shape. That is within a few per cent for models of 3B and more and too low for small ones whose rows do
not divide into blocks of 256, so every figure made this way is marked approximate.
"""

from dataclasses import dataclass

from llmfit_tui.core.architecture import Architecture
from llmfit_tui.core.model import Model
from llmfit_tui.core.quant import Quant

HEADER_BYTES_PER_TOKEN = 39
"""A GGUF header is nearly all vocabulary: 5.9 MB for Qwen2.5's 151,936 entries in published files."""
NATIVE_EXPERT_BITS = {"gpt-oss": 4.25}
"""Experts published in MXFP4 stay so in every GGUF; wider types only widen what is left."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Sizes of a model's tensors by what becomes of them when it is loaded."""

    bits_per_weight: float
    tensor_bytes: int
    """All tensors, without padding."""
    file_bytes: int
    embedding_bytes: int
    """The token embedding: stays on the host."""
    output_bytes: int
    """The output matrix on the device that holds it; for tied models a second copy of the embedding."""
    block_bytes: int
    """All repeating blocks without routed experts."""
    expert_bytes: int
    """All routed experts."""
    active_expert_bytes: int
    """The share of the routed experts that one token reads."""
    exact: bool = False

    @property
    def active_bytes(self) -> int:
        """Bytes read for one token: everything but the input embedding and the experts not chosen."""
        return self.block_bytes + self.active_expert_bytes + self.output_bytes


def weights_of(model: Model, arch: Architecture, quant: Quant) -> Weights | None:
    """Weights by bits per weight; None where parameters or bits are unknown."""
    bits = quant.file_bits_per_weight or quant.bits_per_weight
    if bits is None or model.parameters is None:
        return None
    per_value = bits / 8
    tensor_bytes = round(model.parameters * per_value)
    embedding_bytes = round(arch.embedding_parameters * per_value)
    native = NATIVE_EXPERT_BITS.get(arch.name, bits)
    expert_bytes = round(arch.expert_parameters * min(bits, native) / 8)
    tensor_bytes -= round(arch.expert_parameters * per_value) - expert_bytes
    expert_bytes = max(min(expert_bytes, tensor_bytes - embedding_bytes), 0)
    stored_outputs = embedding_bytes if arch.tied_embeddings else 2 * embedding_bytes
    used = arch.experts_used / arch.experts if arch.experts else 0.0
    return Weights(
        bits_per_weight=bits,
        tensor_bytes=tensor_bytes,
        file_bytes=tensor_bytes + HEADER_BYTES_PER_TOKEN * arch.vocabulary,
        embedding_bytes=embedding_bytes,
        output_bytes=embedding_bytes,
        block_bytes=max(tensor_bytes - stored_outputs - expert_bytes, 0),
        expert_bytes=expert_bytes,
        active_expert_bytes=round(expert_bytes * used),
    )


def active_parameters(model: Model, arch: Architecture) -> int | None:
    """Parameters used for one token: as published, else all less the experts not chosen."""
    if model.active_parameters is not None or model.parameters is None or not arch.experts:
        return model.active_parameters or model.parameters
    if arch.expert_parameters >= model.parameters:
        return None  # the shape contradicts the count, so neither can be used
    return model.parameters - round(arch.expert_parameters * (1 - arch.experts_used / arch.experts))
