"""Opening a model a person names by path: a GGUF file, a config.json, or a folder holding one."""

from pathlib import Path

from llmfit_tui.core.errors import quoted
from llmfit_tui.core.gguf.header import BadHeader
from llmfit_tui.core.gguf.model import model_of_file
from llmfit_tui.core.models.model import Model
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.gguf import UnreadableModel, read_headers


def open_model(text: str, catalog: Catalog) -> Model:
    """The model in a file or folder. Raises UnreadableModel, one sentence naming the file."""
    path = Path(text.strip()).expanduser()
    try:
        folder = path.is_dir()
        if not folder and not path.is_file():
            raise UnreadableModel(f"{quoted(text, 200)} is not a file or folder that is there.")
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise UnreadableModel(f"{quoted(text, 200)} cannot be read: {quoted(reason.lower())}.") from problem
    if folder or path.suffix.lower() == ".json":
        from llmfit_tui.storage.hf_folder import open_folder

        return open_folder(path, catalog.config_defaults)
    return open_gguf(path)


def open_gguf(path: Path) -> Model:
    """The model in a GGUF file, split or whole. Raises UnreadableModel."""
    parts = read_headers(path)
    try:
        return model_of_file([header for _, header in parts], [str(part) for part, _ in parts])
    except BadHeader as problem:
        raise UnreadableModel(f"{quoted(str(path), 200)}: {problem}.") from problem
