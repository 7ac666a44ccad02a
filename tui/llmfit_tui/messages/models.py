"""Models that are not the catalog's: found on this machine, or opened because a person asked."""

from collections.abc import Sequence

from textual.message import Message

from llmfit_tui.core.models.model import Model


class LocalModelsFound(Message):
    """The stores of this machine were looked through."""

    def __init__(self, models: Sequence[Model]) -> None:
        super().__init__()
        self.models = tuple(models)


class Reading(Message):
    """How far a reading in the background is, in words."""

    def __init__(self, reading: object, said: str) -> None:
        super().__init__()
        self.reading = reading
        """Which one: words of one that was given up count for nothing."""
        self.said = said


class Read(Message):
    """A reading in the background ended, with what was read or with one sentence."""

    def __init__(self, reading: object, found: object | None, problem: str = "") -> None:
        super().__init__()
        self.reading = reading
        self.found = found
        self.problem = problem
