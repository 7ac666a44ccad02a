"""What connects GPUs of a machine, or machines: how long a message takes."""

from collections.abc import Sequence

from llmfit_tui.core.errors import UnknownName
from llmfit_tui.core.names import nearest, words
from llmfit_tui.core.record import record


@record
class Link:
    """A connection between two GPUs, or between two machines."""

    name: str
    bandwidth_bytes_per_s: int
    """In one direction."""
    hop_s: float | None
    """One step from a GPU to the next, beside the bytes; None: not known, and not counted."""
    start_s: float | None
    """What starting a collective operation or a transfer costs."""
    between_machines: bool
    aliases: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    """Cards of the catalog that come with it."""
    source: str = ""
    rdma_on_macs: bool = False
    """macOS reads the other machine's memory over it, so mlx.launch takes the jaccl backend."""

    def all_reduce_s(self, size: float, ranks: int) -> float:
        """Seconds to sum `size` bytes over so many ranks, as a ring does: 2 (n - 1) steps of a share each."""
        if ranks < 2:
            return 0.0
        steps = 2 * (ranks - 1)
        return self._latency(steps) + steps * size / ranks / self.bandwidth_bytes_per_s

    def send_s(self, size: float) -> float:
        """Seconds to hand `size` bytes on."""
        return self._latency(1) + size / self.bandwidth_bytes_per_s

    def _latency(self, steps: int) -> float:
        return (self.start_s or 0.0) + steps * (self.hop_s or 0.0)


def find_link(text: str, links: Sequence[Link]) -> Link:
    """A link by name or alias. Raises UnknownName with the nearest."""
    wanted = "".join(words(text))
    for link in links:
        if wanted in {"".join(words(name)) for name in (link.name, *link.aliases)}:
            return link
    raise UnknownName(
        "link", text, nearest(text, [name for link in links for name in (link.name, *link.aliases)])
    )


def usual_link(card: str, links: Sequence[Link]) -> Link | None:
    """What a card of the catalog comes with; None: nothing but its slot."""
    return next((link for link in links if card in link.cards), None)
