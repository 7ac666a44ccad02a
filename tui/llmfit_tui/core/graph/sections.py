"""One block's share of a plan, worked out once for all blocks in the same situation.

A block is built once for each kind (`Template`). Which device runs each of its nodes, what is copied, who
takes over whose memory and after which node memory is given back depends on nothing but its kind, its
neighbours' and what was copied before: a `Section` is that, as a list of memory taken and given back.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from llmfit_tui.core.graph.course import Event, Steps
from llmfit_tui.core.graph.schedule import NOTHING, bound_device, copy_of
from llmfit_tui.core.graph.tensors import Tensor


class EntangledError(Exception):
    """Blocks hang together in other ways than by the stream: the graph has to be planned as a whole."""


@dataclass(eq=False, slots=True)
class Template:
    """Nodes of one kind of block, of the beginning or of the end, in the order they run."""

    incoming: Tensor | None
    """Stands for the stream that comes in."""
    before: list[Tensor]
    """Those that run before the block above has finished the stream."""
    body: list[Tensor]
    """Those that run after that."""
    rest: list[Tensor]
    """The end of the stream that goes out: the next block's `before` comes first."""
    result: Tensor
    flash: list[tuple[Tensor, int]] = field(default_factory=list[tuple[Tensor, int]])
    """Flash attention, and the device of the block."""

    @property
    def nodes(self) -> tuple[Tensor, ...]:
        """All of them."""
        return *self.before, *self.body, *self.rest


class Situation(NamedTuple):
    """What a section depends on beside its templates, and what stands at its end."""

    bound: int | None
    """The device of the last node before it that is bound to one."""
    device: int | None
    """The device that runs when it begins."""
    copies: bool
    """Whether anything was copied for the present run of nodes."""
    copied: frozenset[tuple[int, int]]
    """Shared tensors by number, and the devices they were copied to."""


BEGINNING = Situation(None, None, False, frozenset())


@dataclass(slots=True)
class Section:
    """What one block does to memory."""

    events: list[Event]
    """With the last USE of each shared tensor."""
    steps: Steps
    """The same without any."""
    outgoing: list[int]
    """Slots still in use at the end."""
    held: dict[Tensor, tuple[int, int]]
    """Tensors still in use at the end, as the next block knows them: which slot, and on which device."""
    viewed: bool
    """The stream that goes out is a view of what is held."""
    handed: tuple[object, ...]
    """Both, to tell what the next section finds."""
    then: Situation
    earlier: list[Event]
    """What has to happen where the present run of nodes began, before this section."""
    begins: int | None
    """The event before which copies for the last run of nodes go; None: it began in an earlier section."""
    copies: list[tuple[int, int]]
    """Bytes and device of every copy, in the order they were asked for."""
    used: tuple[int, ...]
    """Shared tensors it uses."""
    once: bool
    """It sets aside memory for shared tensors."""
    moved: bool
    """Some flash attention runs beside the device of its block."""


class Shared:
    """Tensors that several blocks use, by number."""

    def __init__(self) -> None:
        self.tensors: list[Tensor] = []
        self.number: dict[Tensor, int] = {}
        self.copies: dict[tuple[int, int], Tensor] = {}

    def add(self, tensor: Tensor) -> None:
        """One more, unless it is among them."""
        if tensor not in self.number:
            self.number[tensor] = len(self.tensors)
            self.tensors.append(tensor)

    def copy(self, number: int, device: int) -> Tensor:
        """The copy of one on a device, which is shared too."""
        made = self.copies.get((number, device))
        if made is None:
            made = self.copies[number, device] = copy_of(self.tensors[number], device)
            self.add(made)
        return made


def blank(tensor: Tensor) -> None:
    """Forget what one section made of it."""
    tensor.users = tensor.views = 0
    tensor.held = False
    tensor.copies = None


def clear(incoming: Tensor) -> None:
    """A stand-in for the stream that knows nothing of where it comes from, and is a node all the same."""
    blank(incoming)
    incoming.srcs = (NOTHING,)
    incoming.root = incoming.home = incoming.rows = incoming.on_gpu = incoming.device = None
    incoming.reuses = incoming.looks = False


def first_bound(this: Template, following: Template | None, host: int, op_offload: bool) -> int | None:
    """The device of the first node of a section that is bound to one."""
    for nodes in (this.body, following.before if following else (), this.rest):
        for node in nodes:
            if not node.looks:
                device = bound_device(node, host, op_offload)
                if device is not None:
                    return device
    return None
