"""A whole model's plan put together from one section for each situation a block is in.

Equal to planning the graph as a whole, in far less time: a model of a hundred blocks has a handful of kinds,
and where a section finds memory as it found it before, what follows is known.
"""

from collections import Counter
from collections.abc import Sequence

from llmfit_tui.core.graph.allocator import CPU_ALIGNMENT, CUDA_ALIGNMENT, Arena, Reserved
from llmfit_tui.core.graph.cutting import Work
from llmfit_tui.core.graph.run import Layout
from llmfit_tui.core.graph.schedule import PIPELINE_COPIES
from llmfit_tui.core.graph.sections import (
    BEGINNING,
    GIVE,
    TAKE,
    TAKE_SHARED,
    USE,
    EntangledError,
    Event,
    Section,
    Shared,
    Template,
    first_bound,
)
from llmfit_tui.core.graph.tensors import Tensor

REPEATED = 1 << 41
"""Among the choices: the section went as it had gone before."""


class Stitched:
    """Sections of a model in order."""

    def __init__(
        self, templates: Sequence[Template], leaves: Sequence[Tensor], shared: Shared, layout: Layout
    ) -> None:
        self.leaves, self.shared, self.layout = leaves, shared, layout
        self.sections: list[Section] = []
        self.more: dict[int, list[Event]] = {}
        """What later sections add where the last run of nodes of a section began."""
        for leaf in leaves:
            leaf.device, leaf.kept = layout.host, layout.pipelined
        self._put_together(templates)

    @property
    def moved(self) -> bool:
        """Some flash attention runs beside the device of its block."""
        return any(section.moved for section in self.sections)

    def _put_together(self, templates: Sequence[Template]) -> None:
        layout = self.layout
        host, offload, pipelined = layout.host, layout.op_offload, layout.pipelined
        pairs = list(zip(templates, (*templates[1:], None), strict=True))
        firsts = {pair: first_bound(*pair, host, offload) for pair in dict.fromkeys(pairs)}
        after: list[int | None] = [None]
        for pair in reversed(pairs):
            after.append(after[-1] if firsts[pair] is None else firsts[pair])
        known: dict[tuple[object, ...], Section] = {}
        previous: Section | None = None
        situation, began = BEGINNING, 0
        for i, (this, following) in enumerate(pairs):
            if following is not None and not _fits(this.result, following.incoming):
                raise EntangledError
            bound = after[-2 - i]
            key = this, following, bound, situation, previous and previous.handed
            section = known.get(key)
            if section is None:
                work = Work(situation, self.shared, host, pipelined)
                section = known[key] = work.compiled(previous, this, following, bound, offload)
            if section.earlier:
                self.more.setdefault(began, []).extend(section.earlier)
            if section.begins is not None:
                began = i
            self.sections.append(section)
            previous, situation = section, section.then

    def reserved(self) -> Reserved:
        """Bytes each device needs, and a digest of the choices that led there."""
        host = self.layout.host
        arenas = [Arena(CUDA_ALIGNMENT) for _ in range(host)] + [Arena(CPU_ALIGNMENT)]
        copies = PIPELINE_COPIES if self.layout.pipelined else 1
        run = _Run(arenas, self.shared)
        for leaf in self.leaves:
            for _ in range(copies):
                run.take_shared(self.shared.number[leaf], leaf.size, host)
        if copies > 1:
            for section in self.sections:
                for size, device in section.copies:
                    for _ in range(copies):
                        run.take(size, device)
        run.count(self.sections, self.more)
        for i, section in enumerate(self.sections):
            run.section(section, self.more.get(i))
        shapes = tuple(run.shapes)
        choices = (*shapes, *((arena.highest, *arena.choices) for arena in arenas))
        return tuple([arena.peak for arena in arenas]), hash(choices)


def _fits(result: Tensor, incoming: Tensor | None) -> bool:
    """Whether the one may stand for the other."""
    return incoming is not None and (result.ne, result.item, result.packed) == (
        incoming.ne,
        incoming.item,
        incoming.packed,
    )


Free = tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]


class _Run:
    """Memory handed out and given back."""

    def __init__(self, arenas: list[Arena], shared: Shared) -> None:
        self.arenas, self.shared = arenas, shared
        self.at: dict[int, tuple[int, int, int]] = {}
        """Address, bytes and device of shared tensors."""
        self.uses: Counter[int] = Counter()
        """Sections that have yet to use a shared tensor."""
        self.addresses: list[int] = []
        """Of what the last section left in memory."""
        self.shapes: list[int] = []
        self.known: dict[tuple[int, Free, tuple[int, ...]], tuple[Free, list[int], int]] = {}

    def count(self, sections: Sequence[Section], more: dict[int, list[Event]]) -> None:
        """How often shared tensors will be used."""
        for section in sections:
            self.uses.update(section.used)
        for events in more.values():
            self.uses.update(event[1] for event in events if event[0] == USE)

    def take(self, size: int, device: int) -> int:
        """An address for so many bytes."""
        arena = self.arenas[device]
        return arena.take((size + arena.mask) & ~arena.mask)

    def take_shared(self, number: int, size: int, device: int) -> None:
        """Memory of a shared tensor."""
        self.at[number] = self.take(size, device), size, device

    def give(self, at: int, size: int, device: int) -> None:
        """Memory back."""
        arena = self.arenas[device]
        arena.give(at, (size + arena.mask) & ~arena.mask)

    def section(self, section: Section, more: list[Event] | None) -> None:
        """What a section does, by what it did before where it finds memory as it was then."""
        ends = any(self.uses[number] == 1 for number in section.used)
        if more or section.once or ends:
            events = section.events
            if more:
                at = section.begins or 0
                events = [*events[:at], *more, *events[at:]]
            self._play(section, events)
            self.shapes.append(_shape(events))
            return
        free: Free = tuple([(tuple(arena.starts), tuple(arena.sizes)) for arena in self.arenas])
        key = id(section), free, tuple(self.addresses)
        found = self.known.get(key)
        if found is None:
            self._play(section, section.events)
            self.shapes.append(_shape(section.events))
            free = tuple([(tuple(arena.starts), tuple(arena.sizes)) for arena in self.arenas])
            self.known[key] = free, self.addresses, len(self.known)
            return
        free, self.addresses, number = found
        for arena, (starts, sizes) in zip(self.arenas, free, strict=True):
            arena.starts, arena.sizes = list(starts), list(sizes)
        self.shapes.append(REPEATED + number)
        self.uses.subtract(section.used)

    def _play(self, section: Section, events: Sequence[Event]) -> None:
        slots = dict(enumerate(self.addresses))
        for what, which, size, device in events:
            if what == TAKE:
                slots[which] = self.take(size, device)
            elif what == GIVE:
                self.give(slots[which], size, device)
            elif what == TAKE_SHARED:
                self.take_shared(which, size, device)
            else:
                self.uses[which] -= 1
                if not self.uses[which] and not self.shared.tensors[which].kept:
                    self.give(*self.at[which])
        self.addresses = [slots[slot] for slot in section.outgoing]


def _shape(events: Sequence[Event]) -> int:
    return hash(tuple([(what, which, device) for what, which, _, device in events]))
