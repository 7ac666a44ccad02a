"""Repositories and origins of models, read only where a model's page is opened."""

from functools import cache

from llmfit_tui.core.models.related import MadeFrom, Repository
from llmfit_tui.core.record import record
from llmfit_tui.storage.catalogs import read


@record
class RelatedFile:
    """related.json."""

    schema: int
    about: str
    sources: dict[str, str]
    repositories: tuple[Repository, ...]
    bases: tuple[MadeFrom, ...]


@cache
def related() -> RelatedFile:
    """The file, decoded once. Raises CatalogError."""
    return read("related.json", RelatedFile)
