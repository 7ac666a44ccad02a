"""A plan at a file type: the type and the bytes of every tensor."""

from collections.abc import Iterator
from dataclasses import replace
from enum import Enum
from functools import lru_cache

from llmfit_tui.core.errors import BadValue, quoted
from llmfit_tui.core.record import record
from llmfit_tui.core.tensors.blocksets import Blocks
from llmfit_tui.core.tensors.ggml import BLOCKS, DEFAULT_TYPES, FLOATS, fallback, padded, tensor_bytes
from llmfit_tui.core.tensors.plan import TensorGroup, TensorPlan
from llmfit_tui.core.tensors.rules import Mix, choose
from llmfit_tui.core.tensors.zones import Category, Zone, category, zones_of


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


MAINLINE = Practice()
LARGE = Practice(output_type="Q8_0", embedding_type="Q8_0")
"""What _L names mean in most repositories."""
RULES_OF_2025 = Practice(rules_of_2025=True)
NATIVE_EXPERTS = Practice(native_experts=True)
STORED_OUTPUT = Practice(stored_output=True)

LARGE_NAMES = {
    "Q2_K_L": "Q2_K",
    "Q3_K_XL": "Q3_K_L",
    "Q4_K_L": "Q4_K_M",
    "Q5_K_L": "Q5_K_M",
    "Q6_K_L": "Q6_K",
}
"""Publishers' names and the file types they start from."""


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


@record
class Quantized:
    """The tensors of a plan at a file type. All sizes are bytes."""

    plan: TensorPlan
    name: str
    """llama-quantize's file type."""
    imatrix: bool
    practice: Practice
    pieces: tuple[Piece, ...]
    tensor_bytes: int
    """All tensors, without padding."""
    padded_bytes: int
    """All tensors, each padded to 32 bytes as in the file."""

    in_gguf: bool = True
    """Types are ggml's; else those of the format `name`."""

    @property
    def parameters(self) -> int:
        """Values of all tensors."""
        return sum([piece.group.values * (len(piece.blocks) or 1) for piece in self.pieces])

    @property
    def histogram(self) -> dict[str, int]:
        """Tensors by type."""
        counts: dict[str, int] = {}
        for piece in self.pieces:
            counts[piece.type] = counts.get(piece.type, 0) + (len(piece.blocks) or 1)
        return counts

    def of(self, name: str) -> tuple[Piece, ...]:
        """The pieces of tensors of this name, for a line like "attn_v: Q6_K in 12 layers, Q4_K in 12"."""
        return tuple(piece for piece in self.pieces if piece.group.name == name)


def quantize(
    plan: TensorPlan, quant_name: str, imatrix: bool = False, practice: Practice = MAINLINE
) -> Quantized:
    """The type of every tensor as `llama-quantize SRC quant_name` chooses it.

    `quant_name` is a file type of llama-quantize or one of `LARGE_NAMES`. Raises BadValue for another name
    and where llama-quantize refuses (Q1_0 has no fallback for rows that 128 does not divide).
    """
    if quant_name in LARGE_NAMES and practice.ends_of_large:
        practice = replace(practice, output_type=LARGE.output_type, embedding_type=LARGE.embedding_type)
    name = LARGE_NAMES.get(quant_name, quant_name)
    default = DEFAULT_TYPES.get(name)
    if default is None:
        raise BadValue(f"{quoted(quant_name)} is no file type of llama-quantize.")
    if practice.stored_output:
        plan = plan.with_stored_output()
    mix = Mix.of(plan, name, default, imatrix, practice.rules_of_2025)
    pieces = tuple(_pieces(plan, mix, practice))
    total = aligned = 0
    for piece in pieces:
        count = len(piece.blocks) or 1
        total += piece.each * count
        aligned += padded(piece.each) * count
    return Quantized(plan, name, imatrix, practice, pieces, total, aligned)


def _pieces(plan: TensorPlan, mix: Mix, practice: Practice) -> Iterator[Piece]:
    ends = _ends(practice) if mix.name not in FLOATS else {}
    for group, kind, zones in _zoned(plan):
        forced = (ends.get(kind) if ends else None) or (
            "MXFP4" if practice.native_experts and group.routed else None
        )
        if group.keeps is not None:
            yield _piece(group, group.keeps, group.blocks, Reason.KEPT)
        elif forced is not None:
            fits = group.shape[0] % BLOCKS[forced][0] == 0
            given = forced if fits else fallback(forced, group.shape[0]) or "F16"
            yield _piece(group, given, group.blocks, Reason.PUBLISHER)
        elif mix.name in FLOATS:
            yield _piece(group, mix.default, group.blocks, Reason.DEFAULT)
        else:
            yield from _chosen(group, kind, zones, mix)


def _ends(practice: Practice) -> dict[Category, str]:
    """Types forced on both ends of the model."""
    forced = {Category.OUTPUT: practice.output_type, Category.EMBEDDING: practice.embedding_type}
    return {kind: given for kind, given in forced.items() if given is not None}


def _chosen(
    group: TensorGroup, kind: Category, zones: tuple[tuple[Zone, Blocks], ...], mix: Mix
) -> Iterator[Piece]:
    if len(zones) == 1:
        wanted = choose(mix, group, kind, zones[0][0])
        if not group.shape[0] % BLOCKS[wanted][0]:
            reason = Reason.RULE if wanted != mix.default else Reason.DEFAULT
            yield Piece(group, wanted, zones[0][1], tensor_bytes(wanted, group.shape), reason)
            return
    found: dict[tuple[str, str], Blocks] = {}
    for zone, blocks in zones:
        given = wanted = choose(mix, group, kind, zone)
        if group.shape[0] % BLOCKS[wanted][0]:
            replaced = fallback(wanted, group.shape[0])
            if replaced is None:
                raise BadValue(
                    f"llama-quantize cannot write {mix.name}: the rows of {group.name}"
                    f" ({group.shape[0]:,} values) do not divide into blocks of {BLOCKS[wanted][0]}."
                )
            given = replaced
        key = (given, wanted)
        found[key] = _joined(found[key], blocks) if key in found else blocks
    for (given, wanted), blocks in found.items():
        if given != wanted:
            yield _piece(group, given, blocks, Reason.FALLBACK, wanted)
        else:
            yield _piece(group, given, blocks, Reason.RULE if given != mix.default else Reason.DEFAULT)


def _piece(
    group: TensorGroup, given: str, blocks: Blocks, reason: Reason, wanted: str | None = None
) -> Piece:
    return Piece(group, given, blocks, tensor_bytes(given, group.shape), reason, wanted)


@lru_cache(maxsize=1024)
def _zoned(plan: TensorPlan) -> tuple[tuple[TensorGroup, Category, tuple[tuple[Zone, Blocks], ...]], ...]:
    """Groups with their category and zones; the same for every file type."""
    kinds = [category(group.name) for group in plan.groups]
    return tuple(zip(plan.groups, kinds, zones_of(plan), strict=True))


@lru_cache(maxsize=8192)
def _joined(blocks: Blocks, more: Blocks) -> Blocks:
    """Both; one object for equal ones, as sums over sets of blocks like it."""
    return blocks + more
