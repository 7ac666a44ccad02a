"""llama-quantize's choice of types over a plan."""

from dataclasses import replace
from functools import lru_cache
from itertools import chain

from llmfit_tui.core.errors import BadValue, quoted
from llmfit_tui.core.record import record
from llmfit_tui.core.tensors.blockclasses import BlockClasses
from llmfit_tui.core.tensors.blocksets import Blocks
from llmfit_tui.core.tensors.ggml import BLOCKS, DEFAULT_TYPES, FLOATS, fallback, tensor_bytes
from llmfit_tui.core.tensors.plan import TensorGroup, TensorPlan
from llmfit_tui.core.tensors.quantized import MAINLINE, Ground, Piece, Practice, Quantized, Reason
from llmfit_tui.core.tensors.rules import EMBEDDING, OUTPUT, Mix, choose
from llmfit_tui.core.tensors.zones import Category, Places, category, zones_of

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


DEFAULT, RULE = Reason.DEFAULT, Reason.RULE


@record
class _Open:
    """A group whose type the file type decides."""

    group: TensorGroup
    kind: Category
    values: int
    """Of one tensor."""
    zones: Places
    joined: dict[int, Blocks]
    """Blocks of several zones by the bits of their numbers, as they were asked for: one object for equal
    ones, because sums over blocks go by identity."""

    def blocks(self, zones: int) -> Blocks:
        """The blocks of the zones whose bits are set."""
        found = self.joined.get(zones)
        if found is None:
            several = [blocks for i, (_, blocks) in enumerate(self.zones) if zones >> i & 1]
            found = several[0] if len(several) == 1 else tuple(chain.from_iterable(several))
            self.joined[zones] = found
        return found


@record
class _Layout:
    """What of a plan is the same for every file type."""

    ground: Ground
    open: tuple[_Open, ...]


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
    layout = _layout(plan)
    chosen = tuple(_chosen(layout.open, mix, practice))
    return Quantized.made(plan, name, layout.ground, chosen, imatrix, practice)


def _chosen(groups: tuple[_Open, ...], mix: Mix, practice: Practice) -> list[Piece]:
    made: list[Piece] = []
    floats = mix.name in FLOATS
    for one in groups:
        forced = None if floats and not one.group.routed else _forced(one, practice)
        if forced is not None:
            fits = one.group.shape[0] % BLOCKS[forced][0] == 0
            given = forced if fits else fallback(forced, one.group.shape[0]) or "F16"
            made.append(_piece(one, given, one.group.blocks, Reason.PUBLISHER))
        elif floats:
            made.append(_piece(one, mix.default, one.group.blocks, Reason.DEFAULT))
        elif len(one.zones) == 1:
            zone, blocks = one.zones[0]
            made.append(_as_wanted(one, choose(mix, one.group, one.kind, zone), blocks, mix))
        else:
            found: dict[str, int] = {}
            for i, (zone, _) in enumerate(one.zones):
                wanted = choose(mix, one.group, one.kind, zone)
                found[wanted] = found.get(wanted, 0) | 1 << i
            made += [_as_wanted(one, wanted, one.blocks(zones), mix) for wanted, zones in found.items()]
    return made


def _forced(one: _Open, practice: Practice) -> str | None:
    """The type a publisher forces on experts, or on an end of the model."""
    if one.kind is OUTPUT:
        return practice.output_type
    if one.kind is EMBEDDING:
        return practice.embedding_type
    return "MXFP4" if practice.native_experts and one.group.routed else None


def _as_wanted(one: _Open, wanted: str, blocks: Blocks, mix: Mix) -> Piece:
    """The tensors in the type the rules want, or in what replaces it where their rows do not divide."""
    row = one.group.shape[0]
    if not row % BLOCKS[wanted][0]:
        return _piece(one, wanted, blocks, DEFAULT if wanted == mix.default else RULE)
    given = fallback(wanted, row)
    if given is None:
        raise BadValue(
            f"llama-quantize cannot write {mix.name}: the rows of {one.group.name}"
            f" ({row:,} values) do not divide into blocks of {BLOCKS[wanted][0]}."
        )
    return _piece(one, given, blocks, Reason.FALLBACK, wanted)


def _piece(one: _Open, given: str, blocks: Blocks, reason: Reason, wanted: str | None = None) -> Piece:
    block, size = BLOCKS[given]
    return Piece(one.group, given, blocks, one.values // block * size, reason, wanted)


@lru_cache(maxsize=2048)
def _layout(plan: TensorPlan) -> _Layout:
    kept: list[Piece] = []
    groups: list[_Open] = []
    for group, zones in zip(plan.groups, zones_of(plan), strict=True):
        if group.keeps is None:
            groups.append(_Open(group, category(group.name), group.values, zones, {}))
        else:
            each = tensor_bytes(group.keeps, group.shape)
            kept.append(Piece(group, group.keeps, group.blocks, each, Reason.KEPT))
    sets = [piece.blocks for piece in kept] + [blocks for one in groups for _, blocks in one.zones]
    classes = BlockClasses(sets, plan.layers)
    return _Layout(Ground(tuple(kept), classes, plan.parameters), tuple(groups))
