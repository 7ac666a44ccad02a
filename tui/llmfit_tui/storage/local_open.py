"""Opening the models a machine already has: each is a model that can be estimated, or a sentence why not."""

from collections.abc import Iterator
from dataclasses import replace

from llmfit_tui.core.errors import LlmfitError, UnknownName, printable
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.names import nearest, words
from llmfit_tui.core.record import record
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.hf_folder import open_folder
from llmfit_tui.storage.home import Home
from llmfit_tui.storage.local_models import LocalModel, local_models
from llmfit_tui.storage.model_files import open_gguf


@record
class OpenedLocal:
    """A model found on this machine, opened."""

    found: LocalModel
    model: Model | None
    problem: str = ""
    """Why it could not be opened."""


def open_local(found: LocalModel, catalog: Catalog) -> OpenedLocal:
    """Read the header or the configuration of one found model."""
    try:
        gguf = not found.path.is_dir()
        model = open_gguf(found.path) if gguf else open_folder(found.path, catalog.config_defaults)
    except LlmfitError as problem:
        return OpenedLocal(found, None, str(problem))
    whole = printable(found.name)
    # Ollama's names are short; elsewhere the last part is the file.
    name = whole if ":" in whole else whole.rsplit("/", 1)[-1]
    first = replace(model.checkpoints[0], id=whole)
    beside = (str(found.projector),) if found.projector else ()
    called = replace(model, id=whole, name=name, publisher=found.store, checkpoints=(first,))
    return OpenedLocal(found, replace(called, local=True, beside=beside))


def all_local(home: Home, catalog: Catalog) -> Iterator[OpenedLocal]:
    """Every model found on this machine, opened one after the other."""
    return (open_local(found, catalog) for found in local_models(home))


def local_called(text: str, home: Home, catalog: Catalog) -> Model:
    """The model a store calls so, or the only one with all these words. Raises UnknownName or its problem."""
    found = local_models(home)
    wanted = text.strip().lower()
    meant = [one for one in found if one.name.lower() in {wanted, f"{wanted}:latest"}]
    asked = set(words(wanted))
    meant = meant or [one for one in found if asked and asked <= set(words(one.name))]
    if len(meant) != 1:
        raise UnknownName("model on this machine", text, nearest(text, [one.name for one in meant or found]))
    opened = open_local(meant[0], catalog)
    if opened.model is None:
        raise LocalProblem(opened.problem)
    return opened.model


class LocalProblem(LlmfitError):
    """A model on this machine that could not be read."""

    unreadable = True
