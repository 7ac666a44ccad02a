"""Blocks told apart by what they hold: those that lie in the same sets of blocks have the same bytes.

Hundreds of tensors lie in a handful of sets of blocks (all, those with experts, the first eighth ...), and
the sets divide a model of eighty layers into some ten kinds of block. Bytes are added up by kind, and the
layers looked up at the end. Sets are found again by identity: hashing one costs more than adding it.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import compress

from llmfit_tui.core.tensors.blocksets import Blocks


class BlockClasses:
    """The classes of a plan's blocks; those after the first `layers` blocks are prediction."""

    __slots__ = ("_found", "_later", "_layers", "_of_block", "count", "empty")

    def __init__(self, sets: Iterable[Blocks], layers: int) -> None:
        members: dict[int, list[int]] = {block: [] for block in range(layers)}
        for which, blocks in enumerate({id(blocks): blocks for blocks in sets}.values()):
            for block in blocks:
                members.setdefault(block, []).append(which)
        known: dict[tuple[int, ...], int] = {}
        self._of_block = {block: known.setdefault(tuple(sets), len(known)) for block, sets in members.items()}
        self._layers = tuple(self._of_block[block] for block in range(layers))
        self.count = len(known)
        self.empty: tuple[int, ...] = (0,) * self.count
        later = Counter([one for block, one in self._of_block.items() if block >= layers])
        self._later = tuple(later[which] for which in range(self.count))
        self._found: dict[int, tuple[Blocks, tuple[int, ...]]] = {}

    def of(self, blocks: Blocks) -> tuple[int, ...]:
        """The classes that make up these blocks, one of the sets or several of them."""
        found = self._found.get(id(blocks))
        if found is None:
            classes = tuple(dict.fromkeys(self._of_block[block] for block in blocks))
            found = self._found[id(blocks)] = (blocks, classes)
        return found[1]

    def in_layers(self, blocks: Blocks) -> int:
        """How many of these blocks are layers of the model."""
        inside = self.of(blocks)
        return sum(one in inside for one in self._layers)

    def by_layer(self, sums: list[int]) -> tuple[int, ...]:
        """Sums of the classes, as the bytes of each layer."""
        return tuple([sums[one] for one in self._layers])

    def later(self, sums: list[int]) -> int:
        """Sums of the classes, as the bytes of all blocks after the layers."""
        return sum(size * count for size, count in compress(zip(sums, self._later, strict=True), self._later))
