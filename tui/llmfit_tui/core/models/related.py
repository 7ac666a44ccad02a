"""What a model stands beside: repositories that hold it, what it was made from, its family."""

from collections.abc import Sequence

from llmfit_tui.core.models.model import Model
from llmfit_tui.core.record import record


@record
class Repository:
    """A repository of the Hub with weights of a model."""

    id: str
    model: str
    """Id of a checkpoint."""
    format: str
    """GGUF, or a format by the catalog's name."""
    source: str


@record
class MadeFrom:
    """A model that began as another one."""

    model: str
    base: str
    """Hub id, of the catalog or not."""
    source: str


@record
class Relations:
    """Of one model, by those of a catalog."""

    repositories: tuple[Repository, ...]
    base: str | None
    """Id of what it was made from; None where no source says."""
    base_model: Model | None
    """The same, where the catalog has it."""
    derived: tuple[Model, ...]
    family: tuple[Model, ...]
    """Others of its family, the smallest first."""


def relations_of(
    model: Model, models: Sequence[Model], repositories: Sequence[Repository], made: Sequence[MadeFrom]
) -> Relations:
    """Everything said of any checkpoint of the model."""
    ids = {checkpoint.id for checkpoint in model.checkpoints}
    by_id = {checkpoint.id: one for one in models for checkpoint in one.checkpoints}
    base = next((one.base for one in made if one.model in ids and one.base not in ids), None)
    derived = {id(found): found for one in made if one.base in ids and (found := by_id.get(one.model))}
    derived.pop(id(model), None)
    family = [one for one in models if one.family == model.family and one is not model]
    return Relations(
        tuple(one for one in repositories if one.model in ids),
        base,
        by_id.get(base) if base else None,
        tuple(derived.values()),
        tuple(sorted(family, key=lambda one: (one.parameters or 0, one.name))),
    )
