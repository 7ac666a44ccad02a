"""Where the bytes of a quantized plan are, and which of them one token reads."""

from collections.abc import Iterable
from functools import lru_cache

from llmfit_tui.core.record import record
from llmfit_tui.core.tensors.blockclasses import BlockClasses
from llmfit_tui.core.tensors.quantized import Ground, Piece, Quantized

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


class _Sums:
    """Bytes of pieces: by class of block, and of the tensors a file has once."""

    __slots__ = ("classes", "dense", "embedding", "experts", "host", "other", "output", "rows", "shared")

    def __init__(self, classes: BlockClasses) -> None:
        self.classes = classes
        self.dense, self.experts = list(classes.empty), list(classes.empty)
        self.embedding = self.host = self.other = self.output = self.rows = self.shared = 0

    def copy(self) -> "_Sums":
        """The same, to add more to."""
        made = _Sums(self.classes)
        made.dense, made.experts = self.dense[:], self.experts[:]
        made.embedding, made.host, made.rows = self.embedding, self.host, self.rows
        made.other, made.output, made.shared = self.other, self.output, self.shared
        return made

    def add(self, pieces: Iterable[Piece]) -> None:
        """Add the tensors of these pieces."""
        for piece in pieces:
            name, each, where = piece.group.name, piece.each, piece.blocks
            if where:
                sums = self.experts if "_exps" in name else self.dense
                for one in self.classes.of(where):
                    sums[one] += each
                if "_shexp" in name:
                    self.shared += each * self.classes.in_layers(where)
            elif name in HOST_ONLY:
                self.host += each
                self.rows += each // piece.group.shape[1]
                self.embedding += each if name == "token_embd" else 0
            elif name in {"output", "output.bias"}:
                self.output += each
            else:
                self.other += each


@lru_cache(maxsize=2048)
def _kept_sums(ground: Ground) -> _Sums:
    sums = _Sums(ground.classes)
    sums.add(ground.kept)
    return sums


def weight_sizes(quantized: Quantized) -> WeightSizes:
    """The bytes of a quantized plan, layer by layer."""
    plan = quantized.plan
    sums = _kept_sums(quantized.ground).copy()
    sums.add(quantized.chosen)
    classes = sums.classes
    copied = 0 if plan.architecture in NO_SECOND_COPY else sums.embedding
    return WeightSizes(
        blocks=classes.by_layer(sums.dense),
        experts=classes.by_layer(sums.experts),
        prediction=classes.later(sums.dense) + classes.later(sums.experts),
        token_embedding=sums.embedding,
        host_only=sums.host,
        output_stored=sums.output,
        output_loaded=copied if plan.tied else sums.output,
        other=sums.other,
        shared=sums.shared,
        rows=sums.rows,
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
