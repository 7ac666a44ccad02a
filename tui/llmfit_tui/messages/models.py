"""Models that are not the catalog's: found on this machine, or opened because a person asked."""

from collections.abc import Sequence

from textual.message import Message

from llmfit_tui.core.models.model import Model


class LocalModelsFound(Message):
    """The stores of this machine were looked through."""

    def __init__(self, models: Sequence[Model]) -> None:
        super().__init__()
        self.models = tuple(models)


class ModelOpened(Message):
    """A file, a folder or a repository was opened, or could not be."""

    def __init__(self, model: Model | None, problem: str = "") -> None:
        super().__init__()
        self.model = model
        self.problem = problem
