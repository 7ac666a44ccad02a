"""Templates and sections of one model under one set of settings, for all layouts that begin alike.

Layouts tried one after another differ in how many blocks a device has. They are made of the same kinds of
block in the same situations, so what was worked out for one serves the next.
"""

from collections.abc import Sequence

from llmfit_tui.core.graph.architectures import FAMILIES
from llmfit_tui.core.graph.build import Kind, beginning, each_adds, end, kinds, style_of
from llmfit_tui.core.graph.builder import Builder
from llmfit_tui.core.graph.course import Course, alignments
from llmfit_tui.core.graph.model import GraphModel
from llmfit_tui.core.graph.run import Layout, Run
from llmfit_tui.core.graph.sections import EntangledError, Template, clear
from llmfit_tui.core.graph.stitched import Sections
from llmfit_tui.core.graph.tensors import Tensor
from llmfit_tui.core.memory.layers import Keeps

Group = tuple[list[int], tuple[Kind, ...]]
"""Blocks built together, and their kinds."""


class StaleError(Exception):
    """A layout needs templates of its own."""


class Bench:
    """Builds each kind of block once."""

    def __init__(self, model: GraphModel, run: Run) -> None:
        self.style, self.block = style_of(model), FAMILIES[model.name].block
        self.b = Builder(model, run, self.style.positions)
        self.b.rms = self.style.rms
        self.sections = Sections(run.layout)
        self.begins: tuple[Kind, ...] = ()
        """Kinds of the blocks that are built with the beginning."""
        self.first: Template | None = None
        self.end: Template | None = None
        self.templates: dict[tuple[Kind, ...], Template] = {}
        self.makers: set[Template] = set()
        """Those that make what others use."""
        self._where: dict[Tensor, Template] = {}
        self._new: list[Template] = []

    def course(self, layout: Layout) -> Course:
        """The course of a layout. Raises EntangledError, or StaleError where that was due to another one."""
        fresh, leaves = self.first is None, self.b.graph.leaves
        self.b.lay_out(layout)
        before = len(leaves)
        templates = self._templates(_groups(self.b, kinds(self.b, self.style)))
        self._share()
        times = [templates.count(one) for one in self.makers]
        if not fresh and (len(leaves) != before or any(n != 1 for n in times)):
            raise StaleError
        if any(n > 1 for n in times) or any(leaf.blank for leaf in leaves):
            raise EntangledError
        return self.sections.course(templates, leaves, alignments(layout.host))

    def _templates(self, groups: Sequence[Group]) -> list[Template]:
        """The template of each group, and that of the end."""
        if self.first is None:
            self._begin(*groups[0])
        elif groups[0][1] != self.begins:
            raise StaleError
        assert self.first is not None
        templates = [self.first]
        for blocks, kind in groups[1:]:
            made = self.templates.get(kind)
            if made is None:
                made = self.templates[kind] = self._built(blocks, templates[-1].result)
            templates.append(made)
        if self.end is None:
            self._finish(templates[-1].result)
        assert self.end is not None
        return [*templates, self.end]

    def _begin(self, blocks: list[int], kind: tuple[Kind, ...]) -> None:
        """The beginning with the first blocks."""
        x = beginning(self.b, self.style)
        if each_adds(self.b):
            raise EntangledError
        self.begins = kind
        self.first = self._template(0, None, self._stream(blocks, x))
        self.first.flash = self.b.flash[:]

    def _built(self, blocks: list[int], before: Tensor) -> Template:
        """Blocks between others."""
        begin, flash, incoming = len(self.b.graph.nodes), len(self.b.flash), _incoming(before)
        x = self._stream(blocks, incoming)
        if x is incoming:
            raise EntangledError
        made = self._template(begin, incoming, x)
        made.flash = self.b.flash[flash:]
        return made

    def _finish(self, before: Tensor) -> None:
        """What comes after the last block."""
        self.b.leave()
        begin, incoming = len(self.b.graph.nodes), _incoming(before)
        end(self.b, incoming, self.style)
        self.end = self._template(begin, incoming, self.b.graph.nodes[-1])

    def _stream(self, blocks: list[int], x: Tensor) -> Tensor:
        b, last = self.b, len(self.b.model.blocks) - 1
        for i in blocks:
            b.enter(i, i == last)
            x = self.block(b, x, self.style)
        return x

    def _template(self, begin: int, incoming: Tensor | None, result: Tensor) -> Template:
        """What was built since, with what is left of the stream that goes out."""
        nodes = self.b.graph.nodes
        until = len(nodes)
        self.b.expand(result)
        if incoming is None:
            made = Template(None, [], nodes[begin:until], nodes[until:], result)
        elif incoming not in nodes[begin:until]:
            raise EntangledError
        else:
            mark = nodes.index(incoming, begin)
            made = Template(incoming, nodes[begin:mark], nodes[mark + 1 : until], nodes[until:], result)
        self._new.append(made)
        return made

    def _share(self) -> None:
        """Find what more than one block uses among what was built last."""
        if not self._new:
            return
        b, where, shared = self.b, self._where, self.sections.shared
        for made in self._new:
            where.update(dict.fromkeys(made.nodes, made))
        for leaf in b.graph.leaves:
            leaf.device, leaf.kept = b.layout.host, b.layout.pipelined
        for tensor in (*b.graph.leaves, *b.weights, *b.factors.values()):
            shared.add(tensor)
        found = [node for node in b.inputs.nodes if node in where]
        for made in self._new:
            for node in made.nodes:
                for src in node.srcs:
                    if src in where and where[src] is not made:
                        found.append(src)
                        shared.add(src)
                        if src.root is not None and not src.root.external:
                            found.append(src.root)
                            shared.add(src.root)
        self.makers.update(where[node] for node in found if node in where)
        self.sections.fixed = not self.makers
        self._new = []


def _groups(b: Builder, found: Sequence[Kind]) -> list[Group]:
    """Blocks and their kinds, those that are nothing but a dense feed-forward with the block before.

    Nothing of such a block runs before the next one asks for its stream.
    """
    groups: list[Group] = []
    for i, kind in enumerate(found):
        alone = b.model.arch.kinds[i] is Keeps.NOTHING and "ffn_gate_inp" not in b.model.blocks[i]
        if alone and groups:
            blocks, before = groups[-1]
            groups[-1] = [*blocks, i], (*before, kind)
        else:
            groups.append(([i], (kind,)))
    return groups


def _incoming(result: Tensor) -> Tensor:
    made = Tensor(result.ne, (), result.item)
    made.packed = result.packed
    clear(made)
    return made
