"""Where in the model a tensor stands, as far as llama-quantize's rules can tell.

llama-quantize walks the tensors by block and name and counts those of a category as it meets them. Its
rules ask that counter only for a few things (the first two, the first eighth, every third ...), so the
tensors of a group fall into a handful of zones, and a type is chosen once per zone.
"""

from enum import Enum
from functools import lru_cache

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


def zones_of(plan: TensorPlan) -> tuple[tuple[tuple[Zone, Blocks], ...], ...]:
    """For every group of the plan, its blocks by zone. Groups the file has once have one zone, no blocks."""
    counters = {
        kind: _counted(plan, kind) for kind in (Category.VALUE, Category.DOWN, Category.UP, Category.GATE)
    }
    found: list[tuple[tuple[Zone, Blocks], ...]] = []
    sets: dict[Blocks, Blocks] = {}
    for index, group in enumerate(plan.groups):
        counter = counters.get(category(group.name)) if group.keeps is None else None
        if counter is None or not group.blocks:
            found.append(((ANYWHERE, group.blocks),))
            continue
        by_zone: dict[Zone, list[int]] = {}
        for block in group.blocks:
            by_zone.setdefault(counter[block, index], []).append(block)
        places = [(zone, tuple(blocks)) for zone, blocks in by_zone.items()]
        found.append(tuple((zone, sets.setdefault(blocks, blocks)) for zone, blocks in places))
    return tuple(found)


def _counted(plan: TensorPlan, kind: Category) -> dict[tuple[int, int], Zone]:
    """The zone of every tensor of a category, by block and index of its group."""
    order: list[tuple[int, str, int]] = []
    for index, group in enumerate(plan.groups):
        if group.keeps is None and category(group.name) is kind:
            order += [(block, f"{group.name}.weight", index) for block in group.blocks]
    order.sort()
    values = kind is Category.VALUE
    n = len(order) if values else plan.blocks
    experts = plan.experts > 1 and not values
    return {
        (block, index): _zone(block if experts else met, met, n)
        for met, (block, _, index) in enumerate(order)
    }


@lru_cache(maxsize=4096)
def _zone(i: int, met: int, n: int) -> Zone:
    first, last = n // 8, 7 * n // 8
    return Zone(
        first_two=i < 2,
        first_four=i < 4,
        first_sixteenth=i < n // 16,
        first_eighth=i < first,
        counted_eighth=met < first,
        middle=first <= i < last,
        more=i < first or i >= last or (i - first) % 3 == 2,
    )
