"""Bytes that loading a model puts into the engine's buffers, by what decides which device gets them.

llama.cpp at commit 0c1e57098 (llama-model.cpp, llama-model-loader.cpp). A tensor belongs to the input (always
the host), to a block, or to the output; a few without a block number follow block 0, and rotary factors are
copied to every device that holds a block. A buffer on a GPU pads each tensor to 128 bytes, and a quantized
tensor whose rows are no multiple of 512 values by the values missing (ggml-cuda.cu); a host buffer pads to
32. Other GPU backends pad less, which is under 0.01 % of any model; they get the CUDA figure.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate
from operator import add

from llmfit_tui.core.record import record
from llmfit_tui.core.tensors.blockclasses import BlockClasses
from llmfit_tui.core.tensors.ggml import BLOCKS
from llmfit_tui.core.tensors.quantized import Ground, Piece, Quantized
from llmfit_tui.core.tensors.sizes import HOST_ONLY, NO_SECOND_COPY, WeightSizes, weight_sizes

HOST_ALIGNMENT, DEVICE_ALIGNMENT, DEVICE_ROW = 32, 128, 512

SHARED_WITH_OUTPUT = frozenset(["F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"])
"""Types of a token embedding that serves as the output from the same host buffer. With a GPU present and no
layer on it, the output lies in pinned memory; an embedding of another type lies in pageable memory, and
a tied model has two copies (read off allocations without mmap)."""

WITH_BLOCK_0 = frozenset(["token_embd_norm", "per_layer_model_proj", "per_layer_proj_norm"])
"""Tensors without a block number that are used in the first block and stored with it."""
OUTPUT_CALLED_EMBEDDING = frozenset(["lfm2", "lfm2moe"])
"""Architectures whose output norm goes by the name token_embd_norm."""
PREDICTION_LOADED = {
    **dict.fromkeys(["deepseek32", "glm-dsa"], frozenset(["exp_probs_b.bias"])),
    "step35": frozenset(
        [
            *("attn_q_norm", "attn_k_norm", "attn_gate", "ffn_gate", "ffn_up", "ffn_down"),
            *("nextn.shared_head_head", "nextn.shared_head_norm"),
        ]
    ),
}
"""What is loaded of prediction blocks that are skipped: tensors llama.cpp takes for optional."""


Before = tuple[tuple[int, ...], tuple[int, ...]]
"""Bytes of the first n blocks without their routed experts and of those, for n from 0 to all."""


def bytes_before(sizes: WeightSizes) -> Before:
    """Those of a quantized plan, without padding."""
    return tuple(accumulate(sizes.blocks, initial=0)), tuple(accumulate(sizes.experts, initial=0))


@record
class Side:
    """Bytes in buffers of one kind, as padded there."""

    dense_before: tuple[int, ...]
    """The first n blocks without their routed experts, for n from 0 to all."""
    experts_before: tuple[int, ...]
    """The routed experts of the first n blocks."""
    first: int
    """Stored with block 0."""
    output: int
    """Stored with the output: its matrix (on a GPU also that of a tied model), its norm."""
    everywhere: int
    """Copied to every device that holds a block: rotary factors."""
    prediction: int
    """What is loaded of prediction blocks."""

    def blocks(self, start: int, end: int) -> int:
        """Blocks start..end with their experts, and what comes with them."""
        if start >= end:
            return 0
        dense = self.dense_before[end] - self.dense_before[start]
        return dense + self.experts(start, end) + self.everywhere + (0 if start else self.first)

    def experts(self, start: int, end: int) -> int:
        """Routed experts of blocks start..end."""
        return self.experts_before[end] - self.experts_before[start]


@record
class LoadedWeights:
    """A model's weights as they would lie on the host and on a GPU."""

    host: Side
    device: Side
    input: int
    """Read by row, on the host wherever the layers are: the token embedding and its like."""
    second_embedding: int
    """A tied embedding's second copy on a host whose GPU has no layer; 0 where one copy serves both."""


def loaded_weights(quantized: Quantized, before: Before | None = None) -> LoadedWeights:
    """The engine's buffers for a quantized plan, in bytes; `before` is its `bytes_before`, if at hand."""
    plan = quantized.plan
    before = before or bytes_before(weight_sizes(quantized))
    host, device = (kept.copy() for kept in _kept_sums(quantized.ground, plan.architecture, plan.layers))
    host.add(quantized.chosen)
    device.add(quantized.chosen)
    second = 0
    if plan.tied and plan.architecture not in NO_SECOND_COPY:
        for piece in quantized.of("token_embd"):
            device.output += device_bytes(piece)
            second = 0 if piece.type in SHARED_WITH_OUTPUT else host_bytes(piece)
    return LoadedWeights(host.side(*before), device.side(*before), host.read_by_row, second)


def loaded_by_sums(
    dense_before: tuple[int, ...], experts_before: tuple[int, ...], embedding: int, tied: bool
) -> LoadedWeights:
    """Buffers of a model whose tensors are not known: its sums, without padding."""
    host = Side(dense_before, experts_before, 0, 0 if tied else embedding, 0, 0)
    return LoadedWeights(host, replace(host, output=embedding), embedding, 0)


def host_bytes(piece: Piece) -> int:
    """One tensor of the piece in a host buffer."""
    return _padded(piece.each, HOST_ALIGNMENT)


def device_bytes(piece: Piece) -> int:
    """One tensor of the piece in a GPU buffer."""
    size = piece.each
    short = piece.group.shape[0] % DEVICE_ROW
    if short:
        values, block = BLOCKS.get(piece.type, (1, 1))  # formats other than GGUF pad no rows
        if values > 1:
            size += (DEVICE_ROW - short) // values * block
    return _padded(size, DEVICE_ALIGNMENT)


class _Sums:
    """Buffers of one kind: of blocks only what padding adds, which is nothing for most tensors."""

    __slots__ = (
        *("architecture", "classes", "layers", "size"),
        *("dense", "everywhere", "experts", "first", "output", "prediction", "read_by_row"),
    )

    def __init__(
        self, size: Callable[[Piece], int], architecture: str, layers: int, classes: BlockClasses
    ) -> None:
        self.size, self.architecture, self.layers, self.classes = size, architecture, layers, classes
        self.dense, self.experts = list(classes.empty), list(classes.empty)
        self.first = self.output = self.everywhere = self.prediction = self.read_by_row = 0

    def copy(self) -> "_Sums":
        """The same, to add more to."""
        made = _Sums(self.size, self.architecture, self.layers, self.classes)
        made.dense, made.experts = self.dense[:], self.experts[:]
        made.first, made.output, made.everywhere = self.first, self.output, self.everywhere
        made.prediction, made.read_by_row = self.prediction, self.read_by_row
        return made

    def add(self, pieces: Iterable[Piece]) -> None:
        """Add the tensors of these pieces."""
        for piece in pieces:
            name, size = piece.group.name, self.size(piece)
            if piece.blocks:
                if size != piece.each:
                    sums = self.experts if "_exps" in name else self.dense
                    for one in self.classes.of(piece.blocks):
                        sums[one] += size - piece.each
                if name in PREDICTION_LOADED.get(self.architecture, ()):
                    self.prediction += size * sum(block >= self.layers for block in piece.blocks)
            elif name in HOST_ONLY:
                self.read_by_row += size
            elif name.startswith("rope_"):
                self.everywhere += size
            elif (
                name.removesuffix(".bias") in WITH_BLOCK_0
                and self.architecture not in OUTPUT_CALLED_EMBEDDING
            ):
                self.first += size
            else:
                self.output += size

    def side(self, dense_before: tuple[int, ...], experts_before: tuple[int, ...]) -> Side:
        """The sums, given those of the tensors without padding."""
        return Side(
            self._widened(dense_before, self.dense),
            self._widened(experts_before, self.experts),
            self.first,
            self.output,
            self.everywhere,
            self.prediction,
        )

    def _widened(self, before: tuple[int, ...], padding: list[int]) -> tuple[int, ...]:
        if not any(padding):
            return before
        return tuple(map(add, before, accumulate(self.classes.by_layer(padding), initial=0)))


@lru_cache(maxsize=2048)
def _kept_sums(ground: Ground, architecture: str, layers: int) -> tuple[_Sums, _Sums]:
    """On the host and on a GPU, of the tensors no type changes."""
    made = (
        _Sums(host_bytes, architecture, layers, ground.classes),
        _Sums(device_bytes, architecture, layers, ground.classes),
    )
    for sums in made:
        sums.add(ground.kept)
    return made


def _padded(size: int, alignment: int) -> int:
    return -(-size // alignment) * alignment
