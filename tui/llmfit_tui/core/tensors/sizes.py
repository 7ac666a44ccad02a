"""Where the bytes of a quantized plan are, and which of them one token reads."""

from llmfit_tui.core.record import record
from llmfit_tui.core.tensors.blocksums import BlockSums
from llmfit_tui.core.tensors.quantize import Quantized

HOST_ONLY = frozenset(["token_embd", "per_layer_token_embd", "position_embd"])
"""Tensors read by row: llama.cpp keeps them in main memory wherever the layers are."""

NO_SECOND_COPY = frozenset(["bitnet"])
"""Tied architectures whose output llama.cpp does not copy to the GPU."""


@record
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
    shared: int = 0
    """Of the layers' bytes, experts that every token passes."""
    rows: int = 0
    """One row of each tensor that is read by row."""


@record
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
    layers = plan.layers
    blocks, experts = BlockSums(layers), BlockSums(layers)
    embedding = host = output = other = shared = rows = 0
    for piece in quantized.pieces:
        name, each, where = piece.group.name, piece.each, piece.blocks
        if where:
            if "_exps" in name:
                experts.add(where, each)
                continue
            blocks.add(where, each)
            if "_shexp" in name:
                shared += each * (len(where) if where[-1] < layers else sum(n < layers for n in where))
        elif name in HOST_ONLY:
            host += each
            rows += each // piece.group.shape[1]
            embedding += each if name == "token_embd" else 0
        elif name in {"output", "output.bias"}:
            output += each
        else:
            other += each
    copied = 0 if plan.architecture in NO_SECOND_COPY else embedding
    (dense, later), (routed, experts_later) = blocks.totals(), experts.totals()
    return WeightSizes(
        tuple(dense),
        tuple(routed),
        later + experts_later,
        embedding,
        host,
        output,
        copied if plan.tied else output,
        other,
        shared,
        rows,
    )


def active_bytes(quantized: Quantized, sizes: WeightSizes | None = None) -> ActiveBytes:
    """What one token reads: every layer, the experts it uses, the output, one row of the embeddings.

    `sizes` are its `weight_sizes`, where the caller has them.
    """
    plan = quantized.plan
    sizes = sizes or weight_sizes(quantized)
    used = plan.experts_used / plan.experts if plan.experts else 0.0
    return ActiveBytes(
        sum(sizes.blocks) - sizes.shared + sizes.other,
        sizes.shared,
        sum(sizes.experts) * used,
        sizes.token_embedding if plan.tied else sizes.output_stored,
        sizes.rows,
    )
