"""Opening whatever a person names: a file or folder that is there, else a repository of the Hub."""

from pathlib import Path

from llmfit_tui.core.errors import BadValue, quoted
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.models.repositories import repository_name
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.gguf import UnreadableModel
from llmfit_tui.storage.model_files import looks_like_path, open_model


def open_any(text: str, catalog: Catalog) -> Model:
    """The model named; only what is no path and reads like org/name is asked of the network.

    Raises LlmfitError, one sentence.
    """
    if (looks_like_path(text) and not text.startswith("https://")) or _is_there(text):
        return open_model(text, catalog)
    try:
        repository_name(text)
    except BadValue as problem:
        raise UnreadableModel(
            f"{quoted(text, 120)} is no file or folder that is there, and no repository such as org/name."
        ) from problem
    from llmfit_tui.storage.repository import open_repository

    return open_repository(text, catalog.config_defaults)


def _is_there(text: str) -> bool:
    try:
        return Path(text).expanduser().exists()
    except (OSError, ValueError, RuntimeError):
        return False
