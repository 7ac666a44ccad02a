"""A plan's tensors in a format other than GGUF, by the rule of the format."""

from dataclasses import replace
from functools import lru_cache

from llmfit_tui.core.record import record
from llmfit_tui.core.tensors.blockclasses import BlockClasses
from llmfit_tui.core.tensors.blocksets import Blocks
from llmfit_tui.core.tensors.formats import (
    EXL2_COUNTS_HEAD,
    EXL2_MOST,
    HALF,
    LINEAR_ROUTERS,
    ROUTER,
    ROUTER_BITS,
    Format,
    format_named,
)
from llmfit_tui.core.tensors.plan import TensorGroup, TensorPlan
from llmfit_tui.core.tensors.quantized import MAINLINE, Ground, Piece, Practice, Quantized, Reason
from llmfit_tui.core.tensors.variants import PUBLISHED_IN_MXFP4


def stored_as(plan: TensorPlan, name: str, practice: Practice = MAINLINE) -> Quantized | None:
    """The plan's tensors in a format other than GGUF; None for a format without a rule.

    Prediction blocks and rotary tables are left out: checkpoints in these formats rarely hold them. Sizes
    are those of the weights; the files add some kilobytes of names.
    """
    rule = format_named(name)
    if rule is None:
        return None
    if rule.label == "mxfp4" and plan.architecture in PUBLISHED_IN_MXFP4:
        rule = replace(rule, experts_only=True)
    if practice.plain_scales and rule.plain_per_group is not None:
        rule = replace(rule, per_group=rule.plain_per_group)
    if practice.stored_output or rule.head_bits is not None:
        plan = plan.with_stored_output()
    if rule.budgets_head and plan.architecture in EXL2_COUNTS_HEAD:
        rule = _with_bits_of_head(plan, rule)
    layout = _layout(plan)
    chosen = tuple([_piece(one, rule) for one in layout.open])
    return Quantized.made(plan, name, layout.ground, chosen, practice=practice, in_gguf=False)


def _with_bits_of_head(plan: TensorPlan, rule: Format) -> Format:
    """exllamav2 where it grants the linear layers the head's share of bits beside the head's own."""
    linear = sum(
        one.values * (len(one.blocks) or 1) for one in _layout(plan).open if one.linear and not one.end
    )
    head = sum(group.values for group in plan.group("output"))
    return replace(rule, bits=min(rule.bits * (1 + head / linear), EXL2_MOST))


@record
class _Open:
    """A group that formats differ in."""

    group: TensorGroup
    blocks: Blocks
    values: int
    """Of one tensor."""
    row: int
    rows: int
    matrices: int
    """Experts, each with columns of its own; 1 where it is no stack of matrices."""
    linear: bool
    """A matrix of a layer, or an end of the model; else a router."""
    end: bool
    """An embedding or the output matrix."""
    eight_bit_router: bool


@record
class _Layout:
    ground: Ground
    open: tuple[_Open, ...]


ENDS = frozenset(["token_embd", "output", "per_layer_token_embd"])


@lru_cache(maxsize=2048)
def _layout(plan: TensorPlan) -> _Layout:
    """What no format changes, and the groups formats differ in, with the blocks that have them."""
    kept: list[Piece] = []
    groups: list[_Open] = []
    trunk: dict[int, Blocks] = {}
    for group in plan.groups:
        blocks = trunk.setdefault(id(group.blocks), _in_layers(group.blocks, plan.layers))
        if group.name.startswith("rope_") or (group.blocks and not blocks):
            continue
        router = group.name.startswith(ROUTER)
        if group.keeps is None or router:
            groups.append(_open(group, blocks, router and plan.architecture in LINEAR_ROUTERS))
        elif group.name.startswith("exp_probs_b"):
            kept.append(Piece(group, "F32", blocks, 2 * HALF * group.values, Reason.KEPT))
        else:
            kept.append(Piece(group, "F16", blocks, HALF * group.values, Reason.KEPT))
    there = [(one.group, one.blocks) for one in (*kept, *groups)]
    classes = BlockClasses((blocks for _, blocks in there), plan.layers)
    values = sum(group.values * (len(blocks) or 1) for group, blocks in there)
    return _Layout(Ground(tuple(kept), classes, values), tuple(groups))


def _open(group: TensorGroup, blocks: Blocks, eight_bit_router: bool) -> _Open:
    row, values = group.shape[0], group.values
    return _Open(
        group,
        blocks,
        values,
        row,
        rows=values // row,
        matrices=group.shape[2] if len(group.shape) > 2 else 1,
        linear=group.keeps is None,
        end=group.name in ENDS,
        eight_bit_router=eight_bit_router,
    )


def _in_layers(blocks: Blocks, layers: int) -> Blocks:
    return blocks if not blocks or blocks[-1] < layers else tuple(n for n in blocks if n < layers)


def _piece(one: _Open, rule: Format) -> Piece:
    size = _quantized_bytes(one, rule) if one.linear else None
    if size is not None:
        return Piece(one.group, rule.label, one.blocks, round(size), Reason.DEFAULT)
    if rule.routers and one.eight_bit_router:
        return Piece(one.group, "8 bit", one.blocks, round(one.values * ROUTER_BITS / 8), Reason.RULE)
    return Piece(one.group, "F16", one.blocks, HALF * one.values, Reason.KEPT)


def _quantized_bytes(one: _Open, rule: Format) -> float | None:
    """Bytes of one tensor; None where it stays as it was."""
    if one.end:
        if one.group.name == "output" and rule.head_bits is not None:
            return one.values * rule.head_bits / 8
        if not rule.embedding:
            return None
    if rule.experts_only and not one.group.routed:
        return None
    if rule.whole_groups and one.row % rule.group:
        return None
    groups = -(-one.row // rule.group) if rule.group else 0
    extra = one.rows * (groups * rule.per_group + rule.per_row) + one.matrices * one.row * rule.per_column
    return one.values * rule.bits / 8 + extra
