"""What the owner of a machine measured on it: speed runs, and the rate at which its memory is read."""

from llmfit_tui.core.record import record

MOST_TOK_S = 100_000.0


@record
class OwnRun:
    """One kept run: a decode speed measured on the machine, and the estimate it was held against."""

    name: str
    date: str
    """ISO date of the day it was taken in."""
    model: str
    quant: str
    depth: int
    tok_s: float
    estimated_tok_s: float
    source: str = "typed"
    """The tool it was read from."""

    @property
    def ratio(self) -> float:
        """Measured over estimated."""
        return self.tok_s / self.estimated_tok_s


@record
class ReadRate:
    """How fast the host's memory was read, all cores at it."""

    bytes_per_s: int
    date: str
    """ISO date."""
    method: str
    """How, and how far apart the rounds were."""
