"""MODEL on the command line: a name of the catalog, or a path to a model's own files, or a repository."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from llmfit_tui.core.errors import BadValue, UnknownName
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.models.repositories import is_address, looks_like_path, repository_name
from llmfit_tui.core.names import find_model
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.own_models import read_own_models
from llmfit_tui.storage.places import Places

if TYPE_CHECKING:
    from argparse import Namespace

    from llmfit_tui.storage.repository import Hub

LOCAL = "local:"
"""Before the name of a model that Ollama, LM Studio, llama.cpp or the Hugging Face cache already holds."""


def find_source(
    text: str, catalog: Catalog, own: tuple[Model, ...] = (), hub: "Callable[[], Hub] | None" = None
) -> Model:
    """The model meant: a file or folder where the words can only be a path, else a name of the catalog.

    `own` are the person's own models, which come before those of the catalog. An address of the Hub
    (`hf.co/org/name`, with `:QUANT` one of its files) is asked of the network, by `hub` where one is given.

    A folder whose name is also a model's id is meant as the model; `./` before it means the folder.
    Raises LlmfitError.
    """
    if text.startswith(LOCAL):
        from llmfit_tui.storage.home import this_home
        from llmfit_tui.storage.local_open import local_called

        return local_called(text.removeprefix(LOCAL), this_home(), catalog)
    if is_address(text):
        from llmfit_tui.storage.repository import open_repository

        return open_repository(text, catalog.config_defaults, hub=hub() if hub else None)
    if looks_like_path(text):
        return _opened(text, catalog)
    ids = {model.id for model in own}
    try:
        return _of_catalog(text, (*own, *(one for one in catalog.models if one.id not in ids)))
    except UnknownName:
        if _exists(text):
            return _opened(text, catalog)
        raise


def _opened(text: str, catalog: Catalog) -> Model:
    # Most models are of the catalog, and what reads headers of files takes a while to load.
    from llmfit_tui.storage.model_files import open_model

    return open_model(text, catalog)


def named_model(parsed: "Namespace") -> str:
    """MODEL, or the repository that --repo names in its place. Raises BadValue."""
    if parsed.repo is None:
        if parsed.model is None:
            raise BadValue("A MODEL was expected, such as Qwen/Qwen2.5-0.5B-Instruct.")
        return str(parsed.model)
    if parsed.model is not None:
        raise BadValue("MODEL and --repo name two models; give one of them.")
    return repository_name(parsed.repo).text


def read_own(where: Places) -> tuple[Model, ...]:
    """The person's own models; what is wrong with their file goes to standard error."""
    own = read_own_models(where)
    for problem in own.problems:
        print(f"llmfit-tui: {problem}", file=sys.stderr)
    return own.models


def _of_catalog(text: str, models: Sequence[Model]) -> Model:
    model, checkpoint = find_model(text, models)
    if checkpoint is model.checkpoints[0]:
        return model
    others = tuple(one for one in model.checkpoints if one is not checkpoint)
    return replace(
        model,
        id=checkpoint.id,
        name=checkpoint.id.rsplit("/", 1)[-1],
        context_max=checkpoint.context_max,
        checkpoints=(checkpoint, *others),
    )


def _exists(text: str) -> bool:
    try:
        return bool(text.strip()) and Path(text.strip()).exists()
    except (OSError, ValueError):
        return False
