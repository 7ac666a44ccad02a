"""What was asked of the machine, what came back, and what is concluded from all of it."""

from collections.abc import Mapping, Sequence

from llmfit_tui.core.record import record
from llmfit_tui.core.seen.detected import Detected, detect
from llmfit_tui.core.seen.naming import Index
from llmfit_tui.core.seen.pci_names import PciNames
from llmfit_tui.core.seen.readers import read
from llmfit_tui.core.seen.values import Findings
from llmfit_tui.core.seen.visible import READ


@record
class Asked:
    """One command or set of files, and what came back."""

    command: str
    text: str = ""
    problem: str | None = None
    """Why there is nothing, or not everything."""
    missing: bool = False
    """The tool is not installed, which is nothing wrong."""


@record
class Answer:
    """One text and what its readers understood."""

    asked: Asked
    read: tuple[tuple[str, Findings], ...] = ()


@record
class Detection:
    """The machine, and everything it was concluded from."""

    detected: Detected
    answers: tuple[Answer, ...] = ()
    took_s: float = 0.0


def understood(asked: Asked) -> Answer:
    """A text with what its readers make of it."""
    return Answer(asked, read(asked.text, asked.command) if asked.text else ())


def concluded(
    answers: Sequence[Answer],
    index: Index,
    pci: PciNames,
    environment: Mapping[str, str],
    failed: Sequence[str] = (),
) -> Detected:
    """The machine that these answers show."""
    variables = {name: environment[name] for name in READ if name in environment}
    found = [one for answer in answers for _, one in answer.read]
    return detect(found, index, pci, variables, failed)
