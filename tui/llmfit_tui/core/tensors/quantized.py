"""A plan whose tensors have types: what the file type decides, over the ground it leaves as it is."""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from llmfit_tui.core.record import record
from llmfit_tui.core.tensors.blockclasses import BlockClasses
from llmfit_tui.core.tensors.blocksets import Blocks
from llmfit_tui.core.tensors.ggml import padded
from llmfit_tui.core.tensors.plan import TensorGroup, TensorPlan


class Reason(Enum):
    """Why a tensor has its type."""

    DEFAULT = "default"
    """The type the file type starts from."""
    RULE = "rule"
    """llama-quantize gives this kind of tensor more or fewer bits."""
    FALLBACK = "fallback"
    """Its rows do not divide into blocks of the type the rules want."""
    KEPT = "kept"
    """Norms, biases, routers and the like are never quantized."""
    PUBLISHER = "publisher"
    """The variant's own choice."""


@record
class Practice:
    """What publishers do that llama-quantize by itself does not. Types are ggml's names."""

    native_experts: bool = False
    """Experts published in MXFP4 stay so in every file type (gpt-oss, DeepSeek-V4)."""
    rules_of_2025: bool = False
    """As llama-quantize chose up to 2025: fused attn_qkv in M and L mixes, per-layer embeddings.

    Inferred from published files: Phi-3, Phi-4 and Gemma 3n fit these rules and not today's.
    """
    output_type: str | None = None
    """Type forced on the output matrix (--output-tensor-type)."""
    embedding_type: str | None = None
    """Type forced on the token embeddings (--token-embedding-type)."""
    ends_of_large: bool = True
    """Names of `LARGE_NAMES` imply the types of `LARGE`, as in most repositories."""
    stored_output: bool = False
    """The output matrix is stored although the model ties it to the embedding."""
    plain_scales: bool = False
    """Scales that a format quantizes once more are left as they are."""


MAINLINE = Practice()


@record
class Piece:
    """Tensors of one group that got one type for one reason."""

    group: TensorGroup
    type: str
    blocks: Blocks
    """Empty: the file has one such tensor."""
    each: int
    """Bytes of one tensor, without padding."""
    reason: Reason
    wanted: str | None = None
    """The type the rules asked for, where a fallback replaced it."""

    @property
    def count(self) -> int:
        """Tensors."""
        return len(self.blocks) or 1

    @property
    def bytes(self) -> int:
        """Bytes of all of them, without padding."""
        return self.each * self.count


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What is the same for a plan at every type of a kind, worked out once. Compared by identity."""

    kept: tuple[Piece, ...]
    """Tensors no type changes."""
    classes: BlockClasses
    """Of all sets of blocks that get a type of their own."""
    parameters: int
    """Values of all tensors, those that are not kept too."""


@record
class Quantized:
    """The tensors of a plan at a file type. All sizes are bytes."""

    plan: TensorPlan
    name: str
    """llama-quantize's file type."""
    imatrix: bool
    practice: Practice
    ground: Ground
    chosen: tuple[Piece, ...]
    """What the file type decides; the rest is `ground.kept`."""
    tensor_bytes: int
    """All tensors, without padding."""
    padded_bytes: int
    """All tensors, each padded to 32 bytes as in the file."""

    in_gguf: bool = True
    """Types are ggml's; else those of the format `name`."""

    @classmethod
    def made(
        cls,
        plan: TensorPlan,
        name: str,
        ground: Ground,
        chosen: tuple[Piece, ...],
        imatrix: bool = False,
        practice: Practice = MAINLINE,
        in_gguf: bool = True,
    ) -> "Quantized":
        """With its bytes added up."""
        total, aligned = _kept_bytes(ground)
        for piece in chosen:
            count = len(piece.blocks) or 1
            total += piece.each * count
            aligned += padded(piece.each) * count
        return cls(
            plan, name, imatrix, practice, ground, chosen, total, aligned if in_gguf else total, in_gguf
        )

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """All tensors, in the order of the plan."""
        found: dict[int, list[Piece]] = {}
        for piece in self._unordered():
            found.setdefault(id(piece.group), []).append(piece)
        return tuple(piece for group in self.plan.groups for piece in found.get(id(group), ()))

    def _unordered(self) -> tuple[Piece, ...]:
        return (*self.ground.kept, *self.chosen)

    @property
    def parameters(self) -> int:
        """Values of all tensors."""
        return self.ground.parameters

    @property
    def histogram(self) -> dict[str, int]:
        """Tensors by type."""
        counts = dict(_kept_types(self.ground))
        for piece in self.chosen:
            counts[piece.type] = counts.get(piece.type, 0) + (len(piece.blocks) or 1)
        return counts

    def of(self, name: str) -> tuple[Piece, ...]:
        """The pieces of tensors of this name, for a line like "attn_v: Q6_K in 12 layers, Q4_K in 12"."""
        return tuple([piece for piece in self._unordered() if piece.group.name == name])


@lru_cache(maxsize=2048)
def _kept_bytes(ground: Ground) -> tuple[int, int]:
    """Of the tensors no type changes, without padding and with it."""
    return (
        sum(piece.bytes for piece in ground.kept),
        sum(padded(piece.each) * piece.count for piece in ground.kept),
    )


@lru_cache(maxsize=2048)
def _kept_types(ground: Ground) -> dict[str, int]:
    counts: dict[str, int] = {}
    for piece in ground.kept:
        counts[piece.type] = counts.get(piece.type, 0) + piece.count
    return counts
