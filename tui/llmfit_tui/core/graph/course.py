"""What a graph does to memory: blocks taken and given back, step by step, whatever the length of its cache.

Which memory is taken when depends on the graph and its devices alone; only sizes grow with the cache, by
straight lines. So a graph is built once, for a cache of `UNKNOWN_LENGTH`, and what it does is then played
with as many cells as are asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from llmfit_tui.core.graph.allocator import CPU_ALIGNMENT, CUDA_ALIGNMENT, Arena

UNKNOWN_LENGTH = 1 << 80
"""Cells of a cache whose length is left open: more than anything else a size is made of, so that a size tells
by itself how much of it grows with the cache."""

HALF = UNKNOWN_LENGTH // 2

TAKE, GIVE, TAKE_SHARED, GIVE_SHARED, USE = range(5)
Event = tuple[int, int, int, int, int]
"""What happens (one of the above), to which slot or shared tensor; bytes beside those that grow, bytes for
each cell, and the device."""


def event(what: int, which: int, size: int, device: int) -> Event:
    """Of a tensor of so many bytes."""
    if size < HALF:
        return what, which, size, 0, device
    growing = (size + HALF) // UNKNOWN_LENGTH
    return what, which, size - growing * UNKNOWN_LENGTH, growing, device


@dataclass(eq=False, slots=True)
class Steps:
    """What happens while a part of the graph runs, without any USE. Slots are numbered from what comes in."""

    events: Sequence[Event]
    outgoing: Sequence[int] = ()
    """Slots still in use at the end."""
    alone: bool = False
    """It sets aside or gives back shared memory: it never goes as other steps went."""


@dataclass(eq=False, slots=True)
class Course:
    """Steps in order, some of them the same ones."""

    alignments: Sequence[int]
    """By device, the host last."""
    steps: Sequence[Steps]
    moved: bool
    """Some flash attention runs beside the device of its block."""

    def reserved(self, cells: int) -> "Reserved":
        """What is needed with so many cells."""
        played = _Played(self.alignments, cells)
        for steps in self.steps:
            played.steps(steps)
        arenas = played.arenas
        choices = (*played.went, *((arena.highest, *arena.choices) for arena in arenas))
        return tuple([arena.peak for arena in arenas]), hash(choices)


Reserved = tuple[tuple[int, ...], int]
"""Bytes each device needs, and a digest of the choices that led there."""


def alignments(gpus: int) -> list[int]:
    """Of so many GPUs and the host."""
    return [CUDA_ALIGNMENT] * gpus + [CPU_ALIGNMENT]


Memory = tuple[tuple[int, ...], ...]
"""Starts and sizes of the free blocks of every device, and the addresses of what is in use."""


class _Played:
    """Memory handed out and given back at one length of the cache."""

    def __init__(self, alignments: Sequence[int], cells: int) -> None:
        self.cells = cells
        self.arenas = [Arena(alignment) for alignment in alignments]
        self.shared: dict[int, tuple[Arena, int, int]] = {}
        """Where shared tensors are: device, address, bytes."""
        self.addresses: list[int] = []
        """Of what the last steps left in memory."""
        self.went: list[int] = []
        """Of steps that went as they had gone before, the memory they led to; -1 for others."""
        self._memories: list[Memory] = []
        self._numbers: dict[Memory, int] = {}
        self._after: dict[tuple[Steps, int], int] = {}
        """The memory steps lead to, by the one they find."""
        self._now: int | None = None
        """Number of the present memory; None where it was not looked up."""
        self._at_hand = True
        """The arenas hold the present memory."""

    def steps(self, steps: Steps) -> None:
        """What steps do, by what they did before where they find memory as it was then."""
        if steps.alone:
            self._play(steps)
            return
        found = self._number()
        after = self._after.get((steps, found))
        if after is None:
            self._play(steps)
            self._after[steps, found] = self._number()
            self.went.append(-1)
        else:
            self.went.append(after)
            self._now, self._at_hand = after, False

    def _number(self) -> int:
        """The number of the present memory."""
        if self._now is None:
            parts = [tuple(part) for arena in self.arenas for part in (arena.starts, arena.sizes)]
            memory = *parts, tuple(self.addresses)
            self._now = self._numbers.setdefault(memory, len(self._memories))
            if self._now == len(self._memories):
                self._memories.append(memory)
        return self._now

    def _play(self, steps: Steps) -> None:
        if not self._at_hand and self._now is not None:
            *parts, addresses = self._memories[self._now]
            for i, arena in enumerate(self.arenas):
                arena.starts, arena.sizes = list(parts[2 * i]), list(parts[2 * i + 1])
            self.addresses = list(addresses)
        cells, arenas, shared = self.cells, self.arenas, self.shared
        slots = dict(enumerate(self.addresses))
        for what, which, size, growing, device in steps.events:
            arena = arenas[device]
            if growing:
                size += growing * cells
            size = (size + arena.mask) & ~arena.mask
            if what == TAKE:
                slots[which] = arena.take(size)
            elif what == GIVE:
                arena.give(slots[which], size)
            elif what == TAKE_SHARED:
                shared[which] = arena, arena.take(size), size
            else:
                arena, at, size = shared[which]
                arena.give(at, size)
        self.addresses = [slots[slot] for slot in steps.outgoing]
        self._now, self._at_hand = None, True
