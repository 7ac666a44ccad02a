"""Where the bytes of a quantized plan are, and which of them one token reads."""

from dataclasses import dataclass

from llmfit_tui.core.tensors.blocksums import BlockSums
from llmfit_tui.core.tensors.quantize import Quantized

HOST_ONLY = frozenset(["token_embd", "per_layer_token_embd", "position_embd"])
"""Tensors read by row: llama.cpp keeps them in main memory wherever the layers are."""

NO_SECOND_COPY = frozenset(["bitnet"])
"""Tied architectures whose output llama.cpp does not copy to the GPU."""


@dataclass(frozen=True, slots=True)
class WeightSizes:
    """Bytes of a file's tensors by what becomes of them when it is loaded; without padding.

    `tensor_bytes` of the file is blocks + experts + prediction + host_only + output_stored + other.
    """

    blocks: tuple[int, ...]
    """Each layer without its routed experts."""
    experts: tuple[int, ...]
    """Routed experts of each layer, biases included."""
    prediction: int
    """Multi-token-prediction blocks: in the file, never loaded."""
    token_embedding: int
    host_only: int
    """The token embedding and other tensors read by row."""
    output_stored: int
    """The output matrix as the file stores it; 0 where the embedding serves as one."""
    output_loaded: int
    """The output matrix on the device that holds it: of tied models a second copy of the embedding."""
    other: int
    """Output norm, rotary factors and other tensors outside the blocks."""


@dataclass(frozen=True, slots=True)
class ActiveBytes:
    """Bytes read for one token, by kind of tensor."""

    dense: int
    """Attention, norms, routers, dense feed-forward."""
    shared: int
    """Experts every token passes."""
    routed: float
    """The share of the routed experts one token uses."""
    output: int
    embedding: int
    """One row of each embedding."""

    @property
    def total(self) -> float:
        """All of them."""
        return self.dense + self.shared + self.routed + self.output + self.embedding


def weight_sizes(quantized: Quantized) -> WeightSizes:
    """The bytes of a quantized plan, layer by layer."""
    plan = quantized.plan
    blocks, experts = BlockSums(plan.layers), BlockSums(plan.layers)
    embedding = host = output = other = 0
    for piece in quantized.pieces:
        name = piece.group.name
        if piece.blocks:
            (experts if piece.group.routed else blocks).add(piece.blocks, piece.each)
        elif name in HOST_ONLY:
            host += piece.each
            embedding += piece.each if name == "token_embd" else 0
        elif name in {"output", "output.bias"}:
            output += piece.each
        else:
            other += piece.each
    copied = 0 if plan.architecture in NO_SECOND_COPY else embedding
    tied = quantized.plan.tied
    (dense, later), (routed, experts_later) = blocks.totals(), experts.totals()
    return WeightSizes(
        tuple(dense),
        tuple(routed),
        later + experts_later,
        embedding,
        host,
        output,
        copied if tied else output,
        other,
    )


def active_bytes(quantized: Quantized) -> ActiveBytes:
    """What one token reads: every layer, the experts it uses, the output, one row of the embeddings."""
    plan = quantized.plan
    dense = shared = routed = output = rows = embedding = 0
    later = range(plan.layers, plan.blocks)
    for piece in quantized.pieces:
        group = piece.group
        count = piece.count - sum(block in piece.blocks for block in later)
        size = piece.each * count
        if group.name in HOST_ONLY:
            rows += piece.each // group.shape[1]
            embedding += piece.each if group.name == "token_embd" else 0
        elif group.name in {"output", "output.bias"}:
            output += size
        elif group.routed:
            routed += size
        elif "_shexp" in group.name:
            shared += size
        else:
            dense += size
    used = plan.experts_used / plan.experts if plan.experts else 0.0
    return ActiveBytes(dense, shared, routed * used, embedding if plan.tied else output, rows)
