"""Where in the model a tensor stands, as far as llama-quantize's rules can tell.

llama-quantize walks the tensors by block and name and counts those of a category as it meets them. Its
rules ask that counter only for a few things (the first two, the first eighth, every third ...), so the
tensors of a group fall into a handful of zones, and a type is chosen once per zone.
"""

from enum import Enum

from llmfit_tui.core.record import record
from llmfit_tui.core.tensors.blocksets import Blocks
from llmfit_tui.core.tensors.plan import TensorPlan


class Category(Enum):
    """What a tensor is to the rules; by name (`tensor_get_category`)."""

    OUTPUT = "output"
    EMBEDDING = "embedding"
    VALUE = "value"
    KEY = "key"
    QUERY = "query"
    ATTENTION_OUTPUT = "attention output"
    UP = "up"
    GATE = "gate"
    DOWN = "down"
    OTHER = "other"


@record
class Zone:
    """What the rules may ask about a tensor's place; n is the number of its kind, or of blocks."""

    first_two: bool = False
    first_four: bool = False
    first_sixteenth: bool = False
    first_eighth: bool = False
    counted_eighth: bool = False
    """Among the first n/8 met, whatever their block: the only counter IQ1 and IQ2 mixes use."""
    middle: bool = False
    """From n/8 up to 7n/8."""
    more: bool = False
    """The first and last eighth, and every third between: the tensors that M mixes give more bits."""


ANYWHERE = Zone()

_WHOLE = {
    "output": Category.OUTPUT,
    "token_embd": Category.EMBEDDING,
    "per_layer_token_embd": Category.EMBEDDING,
}
_ENDS = (
    ("attn_qkv", Category.VALUE),
    ("attn_kv_b", Category.VALUE),
    ("attn_v", Category.VALUE),
    ("attn_k", Category.KEY),
    ("attn_q", Category.QUERY),
    ("attn_output", Category.ATTENTION_OUTPUT),
)
_PARTS = (("ffn_up", Category.UP), ("ffn_gate", Category.GATE), ("ffn_down", Category.DOWN))


def category(name: str) -> Category:
    """The category of a tensor by its name (without `.weight`)."""
    whole = _WHOLE.get(name)
    if whole is not None:
        return whole
    for end, kind in _ENDS:
        if name.endswith(end):
            return kind
    for part, kind in _PARTS:
        if part in name:
            return kind
    return Category.OTHER


Places = tuple[tuple[Zone, Blocks], ...]
"""Zones, and the blocks in each."""

_COUNTED = (Category.VALUE, Category.DOWN, Category.UP, Category.GATE)
"""Kinds whose rules ask for the place."""


def zones_of(plan: TensorPlan) -> tuple[Places, ...]:
    """For every group of the plan, its blocks by zone. Groups the file has once have one zone, no blocks."""
    kinds = [category(group.name) if group.keeps is None and group.blocks else None for group in plan.groups]
    found: list[Places] = [((ANYWHERE, group.blocks),) for group in plan.groups]
    sets: dict[Blocks, Blocks] = {}
    for kind in _COUNTED:
        members = [index for index, one in enumerate(kinds) if one is kind]
        for index, places in _divided(plan, kind, members).items():
            found[index] = tuple(
                [(zone, sets.setdefault(tuple(blocks), tuple(blocks))) for zone, blocks in places]
            )
    return tuple(found)


def _divided(plan: TensorPlan, kind: Category, members: list[int]) -> dict[int, list[tuple[Zone, list[int]]]]:
    """The blocks by zone of each of these groups, which are of one kind."""
    order = [
        (block, f"{plan.groups[index].name}.weight", index)
        for index in members
        for block in plan.groups[index].blocks
    ]
    if len(members) > 1:
        order.sort()
    n = len(order) if kind is Category.VALUE else plan.blocks
    by_block = plan.experts > 1 and kind is not Category.VALUE
    found: dict[int, dict[tuple[bool, ...], list[int]]] = {index: {} for index in members}
    for met, (block, _, index) in enumerate(order):
        asked = _asked(kind, block if by_block else met, met, n)
        found[index].setdefault(asked, []).append(block)
    return {index: [(Zone(*asked), blocks) for asked, blocks in by.items()] for index, by in found.items()}


def _asked(kind: Category, i: int, met: int, n: int) -> tuple[bool, ...]:
    """The fields of a zone; what the rules do not ask of this kind stays False, so that zones are few."""
    first, last = n // 8, 7 * n // 8
    more = i < first or i >= last or (i - first) % 3 == 2
    if kind is Category.VALUE:
        return i < 2, i < 4, False, False, False, False, more
    if kind is Category.DOWN:
        return False, False, i < n // 16, i < first, met < first, False, more
    return False, False, False, False, False, first <= i < last, False
