"""Opening what is loaded beside a model: projectors and adapters, by the headers of their files."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from llmfit_tui.core.errors import printable
from llmfit_tui.core.gguf.header import Header
from llmfit_tui.core.memory.draft import draft_part
from llmfit_tui.core.memory.parts import Part, PartKind
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.models.published import FileKind, published_files
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.gguf import UnreadableModel, read_headers
from llmfit_tui.storage.hf_folder import shown
from llmfit_tui.storage.model_files import open_model

GPU_ALIGNMENT = 128


def open_projector(text: str) -> Part:
    """The projector in a file. Raises UnreadableModel."""
    return _open(text, PartKind.PROJECTOR)


def open_adapter(text: str) -> Part:
    """The LoRA adapter in a file. Raises UnreadableModel."""
    return _open(text, PartKind.ADAPTER)


def open_part(text: str, catalog: Catalog) -> Part:
    """The projector, adapter or draft model in a file, whichever it is. Raises LlmfitError."""
    path = Path(text.strip()).expanduser()
    said: Mapping[str, Any] = read_headers(path)[0][1].metadata if path.suffix.lower() == ".gguf" else {}
    if said.get("general.type") == "adapter":
        return open_adapter(text)
    if said.get("general.type") == "mmproj" or said.get("general.architecture") == "clip":
        return open_projector(text)
    return draft_part(open_model(text, catalog), catalog.quants)


def _open(text: str, kind: PartKind) -> Part:
    path = Path(text.strip()).expanduser()
    return part_of([header for _, header in read_headers(path)], kind, path.name, str(path))


def part_of(headers: Sequence[Header], kind: PartKind, name: str, path: str) -> Part:
    """The part that the headers of a file describe. Raises UnreadableModel where it is another kind."""
    said = headers[0].metadata
    architecture, general = said.get("general.architecture"), said.get("general.type")
    fits = general == "adapter" if kind is PartKind.ADAPTER else architecture == "clip" or general == "mmproj"
    if not fits:
        wanted = "an adapter (LoRA)" if kind is PartKind.ADAPTER else "a projector (mmproj)"
        is_of = f"{printable(str(architecture))[:60]}, {printable(str(general or 'model'))[:60]}"
        raise UnreadableModel(f"{shown(Path(path))}: {wanted} was expected, and its header says {is_of}.")
    tensors = [info for header in headers for info in header.tensors]
    padded = sum(-(-info.bytes // GPU_ALIGNMENT) * GPU_ALIGNMENT for info in tensors)
    return Part(kind, name, path, sum(header.total for header in headers), padded)


KINDS = {FileKind.PROJECTOR: PartKind.PROJECTOR, FileKind.ADAPTER: PartKind.ADAPTER}


def parts_beside(model: Model) -> tuple[tuple[PartKind, Path], ...]:
    """Projectors and adapters that lie beside a model's file, or that its store keeps with it, by name."""
    found = {Path(path): PartKind.PROJECTOR for path in model.beside}
    if model.file is not None and model.file.paths and model.repository is None:
        folder = Path(model.file.paths[0]).parent
        try:
            names = {path.name: 0 for path in folder.glob("*.gguf")}
        except OSError:
            names = {}
        for file in published_files(names):
            if file.kind in KINDS:
                found.setdefault(folder / file.path, KINDS[file.kind])
    return tuple((kind, path) for path, kind in found.items())
