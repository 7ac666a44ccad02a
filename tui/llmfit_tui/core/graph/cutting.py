"""How a section comes about: devices, copies, and memory taken and given back, for the nodes of one block.

The same steps as for a whole graph (`schedule`, `allocator`), over the nodes between two places where nothing
but the stream goes on.
"""

from llmfit_tui.core.graph.course import GIVE, TAKE, TAKE_SHARED, USE, Event, Steps, event
from llmfit_tui.core.graph.schedule import assign, copy_of, dependency, reads_elsewhere
from llmfit_tui.core.graph.sections import (
    EntangledError,
    Section,
    Shared,
    Situation,
    Template,
    blank,
    clear,
)
from llmfit_tui.core.graph.tensors import Tensor


class Work:
    """A section in the making."""

    def __init__(self, situation: Situation, shared: Shared, host: int, pipelined: bool) -> None:
        self.situation, self.shared, self.host, self.pipelined = situation, shared, host, pipelined
        self.ordered: list[Tensor] = []
        self.slots = 0
        self.events: list[Event] = []
        self.earlier: list[Event] = []
        self.copies: list[tuple[int, int]] = []
        self.copied = set(situation.copied)
        self.device, self.inputs = situation.device, situation.copies
        self.begin: int | None = None
        """Where in `ordered` copies for the present run of nodes go."""
        self.begins: Tensor | None = None
        self.last_use: dict[int, int] = {}
        self.once = False
        self.stand_ins: list[Tensor] = []
        """What the section before left in memory."""
        self.early: dict[Tensor, Tensor] = {}
        """For nodes of the next block that run in this section: those that run."""

    def compiled(
        self,
        previous: Section | None,
        this: Template,
        following: Template | None,
        after: int | None,
        op_offload: bool,
    ) -> Section:
        """The section of a template between two others. Raises EntangledError.

        `after` is the device of the first node behind it that is bound to one.
        """
        self._enter(previous, this)
        nodes = self._joined(this, following)
        kept = [(node, node.srcs, node.size) for node in nodes]
        try:
            last = assign(nodes, self.situation.bound, after, self.host, op_offload)
            self._split(nodes)
            self._count(this, following)
            self._allot()
            return self._section(this, following, last)
        finally:
            for node, srcs, size in kept:
                node.srcs, node.size = srcs, size
                node.users = node.views = 0
                node.held, node.copies = False, None
                for src in srcs:
                    src.copies = None
            for node in this.before:
                blank(node)
            if this.incoming is not None:
                clear(this.incoming)

    def _enter(self, previous: Section | None, this: Template) -> None:
        """Tell the tensors that come in where they are."""
        incoming = this.incoming
        if previous is None or incoming is None:
            return
        self.slots = len(previous.outgoing)
        for node in (*this.before, incoming):
            if node not in previous.held:
                continue
            storage = node
            if node is incoming and previous.viewed:
                storage = node.root = copy_of(node, 0)
                storage.views = 1
            storage.at, storage.device = previous.held[node]
            storage.held = True
            self.stand_ins.append(storage)

    def _joined(self, this: Template, following: Template | None) -> list[Tensor]:
        """The nodes of the section in order, with those of the next block that come before the rest."""
        if following is None:
            return [*this.body, *this.rest]
        made, early = self.early, list[Tensor]()
        for node in following.before:
            if node in self.shared.number:
                early.append(node)
                continue
            one = made[node] = copy_of(node, 0)
            early.append(one)
            one.srcs = tuple([made.get(src, src) for src in node.srcs])
            one.root = None if node.root is None else made.get(node.root, node.root)
            one.reuses, one.looks, one.home, one.device = node.reuses, node.looks, node.home, None
            one.rows, one.on_gpu, one.kept, one.hosted = node.rows, node.on_gpu, node.kept, node.hosted
        return [*this.body, *early, *this.rest]

    def _split(self, nodes: list[Tensor]) -> None:
        """Copies of what is on another device, at the beginning of each run of nodes on one."""
        for node in nodes:
            if node.looks:
                self.ordered.append(node)
                continue
            if node.device != self.device or (self.inputs and reads_elsewhere(node, self.device)):
                self.device, self.inputs = node.device, False
                self.begin = len(self.ordered)
                self.begins = node
            if node.on_gpu is not None and self.device != self.host:
                node.size = node.on_gpu
            for i, src in enumerate(node.srcs):
                home = (src.root or src).device
                if home == self.device or home is None:
                    continue
                node.srcs = (*node.srcs[:i], self._copied(src), *node.srcs[i + 1 :])
            self.ordered.append(node)

    def _copied(self, src: Tensor) -> Tensor:
        """The copy of a tensor on the device that runs."""
        device = self.device
        assert device is not None
        number = self.shared.number.get(src)
        if number is not None:
            copy = self.shared.copy(number, device)
            if (number, device) in self.copied:
                return copy
            self.copied.add((number, device))
            self.once = True
        else:
            if src.copies is None:
                src.copies = {}
            if device in src.copies:
                return src.copies[device]
            if self.begin is None:
                raise EntangledError
            copy = src.copies[device] = copy_of(src, device)
        if src.on_gpu is not None and device != self.host:
            copy.size = src.on_gpu
        self.copies.append((copy.size, device))
        self.inputs = True
        if self.pipelined:
            copy.held = copy.kept = True
        if self.begin is None:
            root = src.root or src
            if not root.external:
                self.earlier.append((USE, self.shared.number[root], 0, 0, 0))
            if not self.pipelined:
                self.earlier.append(event(TAKE_SHARED, self.shared.number[copy], copy.size, device))
        else:
            self.ordered[self.begin : self.begin] = dependency(src), copy
            self.begin += 2
        return copy

    def _count(self, this: Template, following: Template | None) -> None:
        """Who uses what, in this section and, of what the next one finds, in that."""
        for node in self.ordered:
            if node.root is not None:
                node.root.views += 1
            for src in node.srcs:
                src.users += 1
        for node in this.before:
            root = node.root
            if node.users and root is not None and root not in self.shared.number:
                root.views += 1
        this.result.users += 1
        if following is None or not self.early:
            return
        for node in (*following.body, *following.rest):
            if node.root in self.early:
                self.early[node.root].views += 1
            for src in node.srcs:
                if src in self.early:
                    self.early[src].users += 1

    def _allot(self) -> None:
        """Memory taken and given back, node by node."""
        events, number = self.events, self.shared.number
        for node in self.ordered:
            if node is self.begins:
                self.begin = len(events)
            if node.root is None and not node.held:
                if node in number:
                    if node.reuses:
                        raise EntangledError
                    events.append(event(TAKE_SHARED, number[node], node.size, node.device or 0))
                    self.once = True
                elif not (node.reuses and self._taken_over(node)):
                    node.at, node.held = self.slots, True
                    self.slots += 1
                    events.append(event(TAKE, node.at, node.size, node.device or 0))
            for src in node.srcs:
                src.users = users = src.users - 1
                root = src.root or src
                if root.external:
                    continue
                if root in number:
                    self.last_use[number[root]] = len(events)
                    events.append((USE, number[root], 0, 0, 0))
                    continue
                if users or src.views:
                    continue
                if src.root is None:
                    if src.held and not src.kept:
                        self._give(src)
                else:
                    root.views = views = root.views - 1
                    if not views and not root.users and root.held and not root.kept:
                        self._give(root)

    def _give(self, tensor: Tensor) -> None:
        tensor.held = False
        self.events.append(event(GIVE, tensor.at, tensor.size, tensor.device or 0))

    def _taken_over(self, node: Tensor) -> bool:
        """Whether an input gave the node its memory because nobody else needs it."""
        for src in node.srcs:
            if src.ne != node.ne or src.item != node.item or not src.packed or src.kept:
                continue
            if src in self.shared.number and src.root is None and not src.external:
                raise EntangledError  # whether it may be taken over depends on later blocks
            if src.users == 1 and src.held and not src.views:
                node.at, node.device = src.at, src.device
                node.held, src.held = True, False
                return True
        return False

    def _section(self, this: Template, following: Template | None, last: int | None) -> Section:
        """What was found."""
        if any(one.held and not one.kept for one in self.stand_ins):
            raise EntangledError
        incoming = {run: node for node, run in self.early.items()}
        result = this.result.root or this.result
        held: dict[Tensor, tuple[int, int]] = {}
        outgoing: list[int] = []
        for node in self.ordered:
            if node.root is not None or not node.held or node in self.shared.number:
                continue
            if node is result and following is not None:
                name = following.incoming
            elif node.kept and (node is result or not node.users):
                continue
            else:
                name = incoming.get(node)
            if name is None or node.copies or not (node.users or node.views):
                raise EntangledError
            held[name] = len(outgoing), node.device or 0
            outgoing.append(node.at)
        events, begin = self.events, self.begin
        wanted = [one[0] != USE or self.last_use[one[1]] == i for i, one in enumerate(events)]
        return Section(
            events=[one for one, stays in zip(events, wanted, strict=True) if stays],
            steps=Steps([one for one in events if one[0] != USE], outgoing),
            outgoing=outgoing,
            held=held,
            viewed=this.result.root is not None,
            handed=(tuple(held.items()), this.result.root is not None),
            then=Situation(last, self.device, self.inputs, frozenset(self.copied)),
            earlier=self.earlier,
            begins=None if begin is None else sum(wanted[:begin]),
            copies=self.copies,
            used=tuple(self.last_use),
            once=self.once,
            moved=any(node.device != home for node, home in this.flash),
        )
