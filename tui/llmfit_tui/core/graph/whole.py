"""The course of a graph as a whole: who takes over whose memory, and when memory is given back."""

from collections.abc import Sequence

from llmfit_tui.core.graph.course import GIVE, TAKE, Course, Event, Steps, event
from llmfit_tui.core.graph.tensors import Graph, Tensor


def course_of(graph: Graph, alignments: Sequence[int], moved: bool = False) -> Course:
    """The course of a graph whose tensors know their devices; `alignments` by device."""
    return Course(alignments, [Steps(_events(graph), alone=True)], moved)


def _events(graph: Graph) -> list[Event]:
    """Leaves first, then node by node; a tensor's `at` is its slot."""
    events: list[Event] = []
    for slot, leaf in enumerate(graph.leaves):
        leaf.at, leaf.held = slot, True
        events.append(event(TAKE, slot, leaf.size, leaf.device or 0))
    nodes = graph.nodes
    for node in nodes:
        root = node.root
        if root is not None:
            root.views += 1
        for src in node.srcs:
            src.users += 1
    for slot, node in enumerate(nodes, len(graph.leaves)):
        if node.root is None and not node.held and not (node.reuses and _taken_over(node)):
            node.at, node.held = slot, True
            events.append(event(TAKE, slot, node.size, node.device or 0))
        for src in node.srcs:
            src.users -= 1
            if src.users or src.views or src.external:
                continue
            root = src.root
            if root is None:
                if src.held and not src.kept:
                    _give(src, events)
            else:
                root.views -= 1
                if not root.views and not root.users and root.held and not root.kept:
                    _give(root, events)
    return events


def _taken_over(node: Tensor) -> bool:
    """Whether an input gave the node its memory because nobody else needs it."""
    for src in node.srcs:
        if src.users == 1 and src.held and not src.views and src.ne == node.ne and src.item == node.item:
            if not src.packed or src.kept:
                continue
            node.at, node.device = src.at, src.device
            node.held, src.held = True, False
            return True
    return False


def _give(tensor: Tensor, events: list[Event]) -> None:
    tensor.held = False
    events.append(event(GIVE, tensor.at, tensor.size, tensor.device or 0))
