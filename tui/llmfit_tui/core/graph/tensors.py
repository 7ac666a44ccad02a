"""Tensors of a compute graph: shapes, where a result comes from, and what may take over whose memory.

A small part of ggml (ggml.c, ggml-alloc.c at llama.cpp commit 0c1e57098): enough to know the size and the
lifetime of every intermediate result, nothing about its values.
"""

from math import prod

Shape = tuple[int, int, int, int]

F32, F16, I64 = 4, 2, 8
"""Bytes of one value; indices (I32) take as many as F32."""


class Tensor:
    """One tensor of a graph.

    `external` tensors (weights, the cache) have memory of their own; a view shares its root's. Only ops
    that may write over an input (`reuses`) can take over the memory of one.
    """

    __slots__ = (
        *(
            "ne",
            "item",
            "size",
            "srcs",
            "root",
            "reuses",
            "external",
            "home",
            "packed",
            "kept",
            "decides",
            "looks",
            "rows",
            "on_gpu",
            "blank",
            "hosted",
        ),
        *("seen", "device", "copies", "users", "views", "held", "at"),
    )

    def __init__(self, ne: Shape, srcs: tuple["Tensor", ...], item: int = F32) -> None:
        self.ne = ne
        self.srcs = srcs
        self.item = item
        self.size = ne[0] * ne[1] * ne[2] * ne[3] * item
        """Bytes, without alignment."""
        self.root: Tensor | None = None
        self.reuses = False
        self.external = False
        self.home: int | None = None
        """Device this tensor is bound to: that of the weights or the cache it works with."""
        self.packed = True
        """Contiguous; a copy of a strided view is not, and lends its memory to nobody."""
        self.kept = False
        """Never freed: a weight, or an output."""
        self.decides = True
        """Of a weight: an op runs where it lies; rotary factors are too small for that."""
        self.looks = False
        """A mere view: nothing is computed."""
        self.rows: int | None = None
        """Rows an op works on, where that is not all but its first dimension."""
        self.on_gpu: int | None = None
        """Bytes on a GPU, where that is more."""
        self.blank = False
        """A leaf that is no input: it lies where it is used."""
        self.hosted = False
        """An op that no GPU takes: the host computes it, with a copy of weights that a GPU holds."""
        self.seen = False
        self.device: int | None = None
        self.copies: dict[int, Tensor] | None = None
        self.users = 0
        self.views = 0
        self.held = False
        """Whether memory is set aside now."""
        self.at = 0

    @property
    def batch(self) -> int:
        """Rows an op works on: for many, a GPU may fetch weights of the host."""
        ne = self.ne
        return ne[1] * ne[2] * ne[3] if self.rows is None else self.rows


def shape(*ne: int) -> Shape:
    """Four dimensions, the missing ones 1."""
    return (*ne, 1, 1, 1)[:4]  # pyright: ignore[reportReturnType]


class Graph:
    """Nodes in the order they run, and leaves in the order they were met."""

    def __init__(self) -> None:
        self.nodes: list[Tensor] = []
        self.leaves: list[Tensor] = []

    def expand(self, tensor: Tensor) -> Tensor:
        """Put a tensor and everything it needs into the graph, inputs first."""
        if tensor.seen:
            return tensor
        tensor.seen = True
        for src in tensor.srcs:
            if src.seen:
                continue
            if src.srcs:
                self.expand(src)
            else:
                src.seen = True
                if not src.external:
                    self.leaves.append(src)
        if tensor.srcs:
            self.nodes.append(tensor)
        elif not tensor.external:
            self.leaves.append(tensor)
        return tensor


def external(size: int, home: int) -> Tensor:
    """Memory that is not planned here: the cache, a state."""
    made = Tensor((size, 1, 1, 1), (), 1)
    made.external = True
    made.home = made.device = home
    return made


def weight(size: int, home: int) -> Tensor:
    """A model's tensor of `size` bytes on a device."""
    made = external(size, home)
    made.kept = True
    return made


def small_weight(size: int, home: int) -> Tensor:
    """A tensor of the model that is copied to whoever needs it."""
    made = weight(size, home)
    made.decides = False
    return made


def leaf(*ne: int, item: int = F32) -> Tensor:
    """An input or a constant."""
    return Tensor(shape(*ne), (), item)


def op(ne: Shape, *srcs: Tensor, item: int = F32) -> Tensor:
    """A result in memory of its own."""
    return Tensor(ne, srcs, item)


def over(first: Tensor, *others: Tensor) -> Tensor:
    """A result shaped like the first input, which it may write over (or over another one of that shape)."""
    made = Tensor(first.ne, (first, *others), first.item)
    made.reuses = True
    return made


def view(src: Tensor, *ne: int) -> Tensor:
    """The same memory, or a part of it, seen in another shape."""
    made = Tensor(shape(*ne), (src,), src.item)
    made.root = src.root or src
    made.looks = True
    if not src.packed:
        made.packed = False
        made.size = src.size
    return made


def part(src: Tensor, *ne: int) -> Tensor:
    """A slice of every row, seen in another shape: it reaches from its first value to its last."""
    made = view(src, *ne)
    width, (length, *rows) = made.ne, src.ne
    count = prod(rows)
    made.size = ((count - 1) * length + prod(width) // count) * src.item
    made.packed = False
    return made


def multiply(matrix: Tensor, rows: int, x: Tensor) -> Tensor:
    """A matrix of so many rows times each column of x."""
    ne = x.ne
    made = Tensor((rows, ne[1], ne[2], ne[3]), (matrix, x))
    made.rows = ne[1]
    return made


def picked(table: Tensor, ids: Tensor, *ne: int) -> Tensor:
    """Rows of a table by index."""
    made = Tensor(shape(*ne), (table, ids))
    made.rows = 0
    return made


def elements(tensor: Tensor) -> int:
    """How many values."""
    return prod(tensor.ne)


def store(cache: Tensor, *srcs: Tensor) -> Tensor:
    """Write into the cache: a result that lives there."""
    made = Tensor((1, 1, 1, 1), (*srcs, cache))
    made.root = cache
    made.home = cache.home
    return made


def inside(root: Tensor, ne: Shape, *srcs: Tensor) -> Tensor:
    """A result written into another tensor's memory."""
    made = Tensor(ne, srcs)
    made.root = root
    return made
