"""Blocks that need not be built: where the same blocks repeat, memory soon repeats too."""

from collections.abc import Sequence
from functools import lru_cache

REPEATS_KEPT = 3
"""So many rounds of a repeating pattern are built: the free blocks have settled by then."""
CYCLE = 6
"""Settled need not mean the same after every round: in some graphs two places are taken in turn, in a few
three. Rounds are left out by sixes, so that the last one finds its turn."""
LONGEST_PATTERN = 12


@lru_cache(maxsize=1024)
def representative(blocks: tuple[int, ...]) -> list[int]:
    """Indices of the blocks to build, in order, given a number for each kind of block."""
    kept = list(range(len(blocks)))
    for pattern in range(1, LONGEST_PATTERN + 1):
        kept = _thinned(blocks, kept, pattern)
    return kept


def _thinned(blocks: Sequence[int], kept: list[int], length: int) -> list[int]:
    """Without the rounds of patterns of this length beyond those to keep."""
    made: list[int] = []
    kinds = [blocks[block] for block in kept]
    i = 0
    while i < len(kept):
        rounds, pattern = 1, kinds[i : i + length]
        while kinds[i + rounds * length : i + (rounds + 1) * length] == pattern:
            rounds += 1
        if rounds > REPEATS_KEPT + 1:
            built = REPEATS_KEPT + (rounds - REPEATS_KEPT) % CYCLE
            made += kept[i : i + built * length]
            i += rounds * length
        else:
            made.append(kept[i])
            i += 1
    return made
