"""Bytes of each block, added up set of blocks by set of blocks.

Hundreds of tensors lie in a handful of sets of blocks (all of them, those with experts ...), so the sets are
added up first and the blocks of each gone through once. Sets are told apart by identity: hashing one costs
more than going through it, and equal sets that are two objects only cost a second round.
"""

from functools import lru_cache

from llmfit_tui.core.tensors.blocksets import Blocks


class BlockSums:
    """Sums for the first `layers` blocks; what lies in later ones is prediction."""

    __slots__ = ("_sets", "layers")

    def __init__(self, layers: int) -> None:
        self.layers = layers
        self._sets: dict[int, list[tuple[Blocks, int]]] = {}

    def add(self, blocks: Blocks, size: int) -> None:
        """`size` bytes in each of these blocks."""
        self._sets.setdefault(id(blocks), []).append((blocks, size))

    def __bool__(self) -> bool:
        return bool(self._sets)

    def totals(self) -> tuple[list[int], int]:
        """(bytes of each layer, bytes of all blocks after them)."""
        layers, later, everywhere = self.layers, 0, 0
        every, sets = _first(layers), list[tuple[Blocks, int]]()
        for entries in self._sets.values():
            blocks = entries[0][0]
            size = sum([each for _, each in entries])
            if blocks[:layers] == every:
                everywhere += size
                later += size * (len(blocks) - layers)
            else:
                sets.append((blocks, size))
        sums = [everywhere] * layers
        for blocks, size in sets:
            for block in blocks:
                if block < layers:
                    sums[block] += size
                else:
                    later += size
        return sums, later


@lru_cache(maxsize=256)
def _first(layers: int) -> Blocks:
    return tuple(range(layers))
