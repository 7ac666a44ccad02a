"""A quantized plan by name of tensor: which type in how many blocks, where, and why."""

from llmfit_tui.core.record import record
from llmfit_tui.core.tensors.blocksets import Blocks
from llmfit_tui.core.tensors.plan import TensorGroup, TensorPlan
from llmfit_tui.core.tensors.quantized import Piece, Quantized, Reason
from llmfit_tui.core.tensors.zones import Category, Zone, category, zones_of

_OF_VALUES = ("more", "first_two", "first_four")
_OF_OTHERS = ("more", "first_sixteenth", "first_eighth", "counted_eighth", "middle")
"""Fields of a zone that the rules ask of each kind of tensor."""


@record
class Part:
    """Tensors of one name, type and reason."""

    type: str
    reason: Reason
    blocks: Blocks
    """Empty: the file has one such tensor."""
    bytes: int
    row: int
    """Values of a row."""
    wanted: str | None
    """The type a fallback replaced."""
    place: str | None
    """The field of `Zone` that these blocks share and the others of the name do not."""

    @property
    def count(self) -> int:
        """Tensors."""
        return len(self.blocks) or 1


@record
class Line:
    """Tensors of one name."""

    name: str
    parts: tuple[Part, ...]

    @property
    def bytes(self) -> int:
        """Bytes of all of them, without padding."""
        return sum(part.bytes for part in self.parts)

    @property
    def counts(self) -> dict[str, int]:
        """Tensors by type."""
        counts: dict[str, int] = {}
        for part in self.parts:
            counts[part.type] = counts.get(part.type, 0) + part.count
        return counts

    @property
    def kept(self) -> bool:
        """Nothing of it is quantized, whatever the type of the file."""
        return all(part.reason is Reason.KEPT for part in self.parts)


def lines_of(quantized: Quantized) -> tuple[Line, ...]:
    """One line for each name of tensor, in the order of the table; larger parts first."""
    zones = _zones(quantized.plan) if quantized.in_gguf else {}
    found: dict[str, dict[tuple[str, Reason, str | None], list[Piece]]] = {}
    for piece in quantized.pieces:
        by_type = found.setdefault(piece.group.name, {})
        by_type.setdefault((piece.type, piece.reason, piece.wanted), []).append(piece)
    return tuple(
        Line(name, tuple(_part(pieces, len(by_type) > 1, zones) for pieces in by_type.values()))
        for name, by_type in found.items()
    )


def _zones(plan: TensorPlan) -> dict[int, tuple[tuple[Zone, Blocks], ...]]:
    return {id(group): zones for group, zones in zip(plan.groups, zones_of(plan), strict=True)}


def _part(pieces: list[Piece], divided: bool, zones: dict[int, tuple[tuple[Zone, Blocks], ...]]) -> Part:
    first = pieces[0]
    blocks = tuple(sorted(block for piece in pieces for block in piece.blocks))
    chosen = divided and first.reason in {Reason.RULE, Reason.FALLBACK} and len(pieces) == 1
    return Part(
        type=first.type,
        reason=first.reason,
        blocks=blocks,
        bytes=sum(piece.bytes for piece in pieces),
        row=first.group.shape[0],
        wanted=first.wanted,
        place=_place(first.group, blocks, zones) if chosen else None,
    )


def _place(
    group: TensorGroup, blocks: Blocks, zones: dict[int, tuple[tuple[Zone, Blocks], ...]]
) -> str | None:
    inside = set(blocks)
    for field in _OF_VALUES if category(group.name) is Category.VALUE else _OF_OTHERS:
        marked = {
            block for zone, where in zones.get(id(group), ()) if getattr(zone, field) for block in where
        }
        if marked == inside:
            return field
    return None
