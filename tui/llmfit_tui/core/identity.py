"""Keys for caches: a value compared by identity, because hashing what it holds costs more than reading it."""

from typing import Generic, TypeVar

from llmfit_tui.core.models.model import Model

T = TypeVar("T")


class ByIdentity(Generic[T]):
    """A value as a cache key; `same` is what two of them must share, the value itself unless it is given."""

    __slots__ = ("same", "value")

    def __init__(self, value: T, same: object = None) -> None:
        self.value = value
        self.same: object = value if same is None else same

    def __hash__(self) -> int:
        return id(self.same)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByIdentity) and other.same is self.same  # pyright: ignore[reportUnknownMemberType]


def by_config(model: Model) -> ByIdentity[Model]:
    """A model by its configuration: checkpoints that share one share what is worked out from it."""
    return ByIdentity(model, model.config)
