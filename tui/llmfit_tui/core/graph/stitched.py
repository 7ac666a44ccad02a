"""A whole model's course put together from one section for each situation a block is in.

Equal to planning the graph as a whole, in far less time: a model of a hundred blocks has a handful of kinds.
"""

from collections import Counter
from collections.abc import Sequence

from llmfit_tui.core.graph.course import GIVE_SHARED, TAKE, TAKE_SHARED, USE, Course, Event, Steps, event
from llmfit_tui.core.graph.cutting import Work
from llmfit_tui.core.graph.run import Layout
from llmfit_tui.core.graph.schedule import PIPELINE_COPIES
from llmfit_tui.core.graph.sections import (
    BEGINNING,
    EntangledError,
    Section,
    Shared,
    Template,
    first_bound,
)
from llmfit_tui.core.graph.tensors import Tensor


class Sections:
    """Sections that were worked out, for all layouts whose graphs are made of the same templates."""

    def __init__(self, layout: Layout) -> None:
        self.host, self.op_offload, self.pipelined = layout.host, layout.op_offload, layout.pipelined
        self.shared = Shared()
        self.fixed = True
        """No block makes what others use: where that is depends on the layout, and so do their sections."""
        self._known: dict[tuple[object, ...], Section] = {}
        self._bound: dict[tuple[Template, Template | None], int | None] = {}

    def put_together(self, templates: Sequence[Template]) -> tuple[list[Section], dict[int, list[Event]]]:
        """The section of each template, and what later ones add where the last run of nodes of one began.

        Raises EntangledError.
        """
        if not self.fixed:
            self._known.clear()
        pairs = list(zip(templates, (*templates[1:], None), strict=True))
        after = self._bound_after(pairs)
        sections: list[Section] = []
        more: dict[int, list[Event]] = {}
        previous: Section | None = None
        situation, began = BEGINNING, 0
        for i, (this, following) in enumerate(pairs):
            key = this, following, after[i], situation, previous and previous.handed
            section = self._known.get(key)
            if section is None:
                if following is not None and not _fits(this.result, following.incoming):
                    raise EntangledError
                work = Work(situation, self.shared, self.host, self.pipelined)
                section = work.compiled(previous, this, following, after[i], self.op_offload)
                self._known[key] = section
            if section.earlier:
                more.setdefault(began, []).extend(section.earlier)
            if section.begins is not None:
                began = i
            sections.append(section)
            previous, situation = section, section.then
        return sections, more

    def _bound_after(self, pairs: Sequence[tuple[Template, Template | None]]) -> list[int | None]:
        """For each section the device of the first node behind it that is bound to one."""
        found: list[int | None] = [None] * len(pairs)
        for i in range(len(pairs) - 1, 0, -1):
            pair = pairs[i]
            if pair not in self._bound:
                self._bound[pair] = first_bound(*pair, self.host, self.op_offload)
            bound = self._bound[pair]
            found[i - 1] = found[i] if bound is None else bound
        return found

    def course(
        self, templates: Sequence[Template], leaves: Sequence[Tensor], alignments: Sequence[int]
    ) -> Course:
        """What happens to memory when these run. Raises EntangledError."""
        sections, more = self.put_together(templates)
        last = _last_uses(sections, more)
        steps = [self._inputs(sections, leaves)]
        for i, section in enumerate(sections):
            ends = last.get(i)
            if ends is None and not section.once and i not in more:
                steps.append(section.steps)
                continue
            at, events = section.begins or 0, section.events
            events = [*events[:at], *more.get(i, ()), *events[at:]]
            steps.append(Steps(self._resolved(events, ends or set()), section.outgoing, alone=True))
        return Course(alignments, steps, any(section.moved for section in sections))

    def _inputs(self, sections: Sequence[Section], leaves: Sequence[Tensor]) -> Steps:
        """Memory set aside before anything runs: several times where GPUs work one after another."""
        copies = PIPELINE_COPIES if self.pipelined else 1
        events = [
            event(TAKE_SHARED, self.shared.number[leaf], leaf.size, self.host)
            for leaf in leaves
            for _ in range(copies)
        ]
        if self.pipelined:
            for section in sections:
                for size, device in section.copies:
                    events.extend([event(TAKE, 0, size, device)] * copies)
        return Steps(events, alone=True)

    def _resolved(self, events: Sequence[Event], ends: set[int]) -> list[Event]:
        """Events with the last use of a shared tensor as the end of it."""
        left = Counter(which for what, which, *_ in events if what == USE and which in ends)
        found: list[Event] = []
        for one in events:
            what, which, *_ = one
            if what != USE:
                found.append(one)
            elif which in ends:
                left[which] -= 1
                if not left[which] and not self.shared.tensors[which].kept:
                    found.append((GIVE_SHARED, which, 0, 0, 0))
        return found


def _last_uses(sections: Sequence[Section], more: dict[int, list[Event]]) -> dict[int, set[int]]:
    """By section, the shared tensors it is the last to use."""
    last: dict[int, int] = {}
    for i, section in enumerate(sections):
        last.update(dict.fromkeys(section.used, i))
        for what, which, *_ in more.get(i, ()):
            if what == USE:
                last[which] = i
    found: dict[int, set[int]] = {}
    for number, i in last.items():
        found.setdefault(i, set()).add(number)
    return found


def _fits(result: Tensor, incoming: Tensor | None) -> bool:
    """Whether the one may stand for the other."""
    return incoming is not None and (result.ne, result.item, result.packed) == (
        incoming.ne,
        incoming.item,
        incoming.packed,
    )
