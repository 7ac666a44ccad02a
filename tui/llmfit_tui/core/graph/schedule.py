"""Which device runs each node, and what has to be copied between devices.

Rules (ggml_backend_sched_split_graph in ggml-backend.cpp at commit 0c1e57098). Devices are numbered by
priority; the host is the last one. A node runs where its weights are, inputs start on the host, and what is
undecided follows its neighbours, GPUs first.

This is how llama.cpp measures, for --fit too. Once it loads a model whose every layer is on a GPU it also
binds the norm that begins a block to that block's GPU, so a later GPU then holds one set of copies less.
"""

from collections.abc import Iterable

from llmfit_tui.core.graph.tensors import Graph, Tensor, external

OFFLOADED_ROWS = 32
"""Fewest rows for which a GPU fetches weights of the host."""
PIPELINE_COPIES = 4
"""Copies of every input when several GPUs work on one micro-batch after another."""


def schedule(graph: Graph, host: int, op_offload: bool = True, pipeline: bool = False) -> Graph:
    """The graph as it runs on devices 0..host: every tensor's device set, copies put in where needed."""
    blank = False
    for leaf in graph.leaves:
        leaf.device = None if leaf.blank else host
        blank = blank or leaf.blank
    assign(graph.nodes, None, None, host, op_offload)
    if blank:
        for node in graph.nodes:
            for src in () if node.looks else node.srcs:
                if src.blank:
                    src.device = node.device
    return _split(graph, host, pipeline)


def bound_device(node: Tensor, host: int, op_offload: bool) -> int | None:
    """The device a node is bound to: its own, or that of the first weights it reads.

    The first GPU fetches weights of the host for an op on many rows. An op that no GPU takes is bound by
    weights of the host alone.
    """
    if node.home is not None:
        return node.home
    for src in node.srcs:
        if src.kept and src.external and src.decides:
            if node.hosted:
                return host if src.home == host else None
            return 0 if src.home == host and op_offload and node.batch >= OFFLOADED_ROWS else src.home
    return None


def assign(
    nodes: Iterable[Tensor], before: int | None, after: int | None, host: int, op_offload: bool
) -> int | None:
    """Decide on a device for every node; returns that of the last one bound to one.

    `before` and `after` are those of the nearest nodes around these that are bound.
    """
    undecided: list[Tensor] = []
    for node in nodes:
        if node.looks:
            continue
        device = bound_device(node, host, op_offload)
        if device is None and node.hosted:
            node.device = host  # its neighbours do not follow it there
            continue
        if device is None:
            undecided.append(node)
            continue
        node.device = device
        between = _between(before, device, host)
        for one in undecided:
            one.device = between
        undecided.clear()
        before = device
    between = _between(before, after, host)
    for one in undecided:
        one.device = between
    return before


def _between(before: int | None, after: int | None, host: int) -> int | None:
    """The device of undecided nodes between two decided ones: GPUs first, then the one before."""
    if before is not None and before != host:
        return before
    if after is not None and after != host:
        return after
    return after if before is None else before


def _split(graph: Graph, host: int, pipeline: bool) -> Graph:
    """Runs of nodes on one device, each with copies of what it reads from others at its start."""
    made = Graph()
    ordered = made.nodes
    copied: list[Tensor] = []
    begins, inputs = 0, 0
    current: int | None = None
    for node in graph.nodes:
        if node.looks:
            ordered.append(node)
            continue
        if node.device != current or (inputs and reads_elsewhere(node, current)):
            current = node.device
            begins, inputs = len(ordered), 0
        assert current is not None
        if node.on_gpu is not None and current != host:
            node.size = node.on_gpu
        for i, src in enumerate(node.srcs):
            home = (src.root or src).device
            if home == current or home is None:
                continue
            if src.copies is None:
                src.copies = {}
            copy = src.copies.get(current)
            if copy is None:
                copy = src.copies[current] = copy_of(src, current)
                if src.on_gpu is not None and current != host:
                    copy.size = src.on_gpu
                ordered[begins + inputs : begins + inputs] = dependency(src), copy
                inputs += 2
                copied.append(copy)
            node.srcs = (*node.srcs[:i], copy, *node.srcs[i + 1 :])
        ordered.append(node)
    made.leaves = _multiplied(graph.leaves, copied, host) if pipeline else graph.leaves
    return made


def reads_elsewhere(node: Tensor, device: int | None) -> bool:
    """Whether it reads a weight of another device: fetching that begins a run of its own."""
    return any(src.external and src.kept and src.home != device for src in node.srcs)


def copy_of(src: Tensor, device: int) -> Tensor:
    """A tensor like it on a device."""
    made = Tensor(src.ne, (), src.item)
    made.size = src.size
    made.packed = src.packed
    made.device = device
    return made


def dependency(source: Tensor) -> Tensor:
    """Keeps the original until its copy is made."""
    made = Tensor(source.ne, (source,))
    made.root = NOTHING
    return made


NOTHING = external(0, 0)
"""Root of nodes that take no memory and count as no view."""


def _multiplied(leaves: list[Tensor], copies: list[Tensor], host: int) -> list[Tensor]:
    """Inputs and their copies, several of each, none ever freed; then leaves that are no inputs."""
    made: list[Tensor] = []
    for leaf in leaves:
        if leaf.blank:
            continue
        for extra in range(PIPELINE_COPIES):
            one = leaf if not extra else copy_of(leaf, host)
            one.kept = True
            made.append(one)
    for copy in copies:
        for extra in range(PIPELINE_COPIES):
            one = copy if not extra else copy_of(copy, copy.device or 0)
            one.kept = True
            made.append(one)
    return [*made, *(leaf for leaf in leaves if leaf.blank)]
