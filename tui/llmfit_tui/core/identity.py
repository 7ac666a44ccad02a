"""What is worked out once and kept, found again by the very objects it was made from.

Hashing a model or a scenario costs more than reading it, so caches go by identity.
"""

from itertools import islice
from typing import Generic, TypeVar

from llmfit_tui.core.models.model import Model

T = TypeVar("T")


class Kept(Generic[T]):
    """Values by the identity of what they were made from, which each entry keeps alive.

    When `most` are kept, the older half makes room.
    """

    __slots__ = ("_kept", "_most")

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[tuple[int, ...], tuple[T, tuple[object, ...]]] = {}

    def get(self, *made_from: object) -> T | None:
        """The value; None where it is not kept."""
        entry = self._kept.get(tuple(map(id, made_from)))
        return None if entry is None else entry[0]

    def keep(self, value: T, *made_from: object) -> T:
        """Keep a value, and hand it back."""
        if len(self._kept) >= self._most:
            for oldest in list(islice(self._kept, self._most // 2 or 1)):
                self._kept.pop(oldest, None)
        self._kept[tuple(map(id, made_from))] = value, made_from
        return value

    def __len__(self) -> int:
        return len(self._kept)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()


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
