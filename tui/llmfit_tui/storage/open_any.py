"""Opening whatever a person names: a file or folder that is there, else a repository of the Hub."""

from collections.abc import Callable
from pathlib import Path

from llmfit_tui.core.errors import BadValue, quoted
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.models.repositories import is_address, looks_like_path, repository_name
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.gguf import UnreadableModel
from llmfit_tui.storage.model_files import open_model

Choose = Callable[[Model], str | None]
"""The quantization to take of a repository, asked with the model of the file that was read first."""


def open_any(
    text: str,
    catalog: Catalog,
    choose: Choose = lambda _: None,
    tell: Callable[[str], None] = lambda _: None,
) -> Model:
    """The model named; only what is no path and reads like org/name is asked of the network.

    `tell` is told what is going on and may raise to give it up. Raises LlmfitError, one sentence.
    """
    if (looks_like_path(text) and not is_address(text)) or _is_there(text):
        return open_model(text, catalog)
    try:
        name = repository_name(text)
    except BadValue as problem:
        raise UnreadableModel(
            f"{quoted(text, 120)} is no file or folder that is there, and no repository such as org/name."
        ) from problem
    from llmfit_tui.storage.repository import Hub, open_repository

    hub = Hub(tell=tell)
    first = open_repository(text, catalog.config_defaults, hub=hub)
    wanted = choose(first) if first.published and name.quant is None else None
    return open_repository(text, catalog.config_defaults, wanted, hub=hub) if wanted else first


def _is_there(text: str) -> bool:
    try:
        return Path(text).expanduser().exists()
    except (OSError, ValueError, RuntimeError):
        return False
