"""Blocks that need not be built: where the same blocks repeat, memory soon repeats too."""

from collections.abc import Hashable, Sequence
from functools import lru_cache

REPEATS_KEPT = 3
"""So many rounds of a repeating pattern are built: the free blocks have settled by then."""
CYCLE = 6
"""Settled need not mean the same after every round: in some graphs two places are taken in turn, in a few
three. Rounds are left out by sixes, so that the last one finds its turn."""
LONGEST_PATTERN = 12


@lru_cache(maxsize=1024)
def representative(blocks: tuple[Hashable, ...]) -> list[int]:
    """Indices of the blocks to build, in order, given what tells one block from another."""
    kept = list(range(len(blocks)))
    for pattern in range(1, LONGEST_PATTERN + 1):
        kept = _thinned(blocks, kept, pattern)
    return kept


def _thinned(blocks: Sequence[Hashable], kept: list[int], length: int) -> list[int]:
    """Without the rounds of patterns of this length beyond those to keep."""
    made: list[int] = []
    i = 0
    while i < len(kept):
        rounds = 1
        while _repeats(blocks, kept, i, i + rounds * length, length):
            rounds += 1
        if rounds > REPEATS_KEPT + 1:
            built = REPEATS_KEPT + (rounds - REPEATS_KEPT) % CYCLE
            made += kept[i : i + built * length]
            i += rounds * length
        else:
            made.append(kept[i])
            i += 1
    return made


def _repeats(blocks: Sequence[Hashable], kept: list[int], first: int, second: int, length: int) -> bool:
    if second + length > len(kept):
        return False
    return all(blocks[kept[first + k]] == blocks[kept[second + k]] for k in range(length))
