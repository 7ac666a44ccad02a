"""Bytes of each block, added up set of blocks by set of blocks.

Hundreds of tensors lie in a handful of sets of blocks (all of them, those with experts ...), so the sets are
added up first and the blocks of each gone through once.
"""

from llmfit_tui.core.tensors.blocksets import Blocks


class BlockSums:
    """Sums for the first `layers` blocks; what lies in later ones is prediction."""

    def __init__(self, layers: int) -> None:
        self.layers = layers
        self._sets: dict[Blocks, int] = {}

    def add(self, blocks: Blocks, size: int) -> None:
        """`size` bytes in each of these blocks."""
        self._sets[blocks] = self._sets.get(blocks, 0) + size

    def totals(self) -> tuple[list[int], int]:
        """(bytes of each layer, bytes of all blocks after them)."""
        sums, later = [0] * self.layers, 0
        for blocks, size in self._sets.items():
            for block in blocks:
                if block < self.layers:
                    sums[block] += size
                else:
                    later += size
        return sums, later
