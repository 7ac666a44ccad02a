"""Opening what is loaded beside a model: projectors and adapters, by the headers of their files."""

from pathlib import Path

from llmfit_tui.core.errors import printable
from llmfit_tui.core.memory.parts import Part, PartKind
from llmfit_tui.storage.gguf import UnreadableModel, read_headers
from llmfit_tui.storage.hf_folder import shown

GPU_ALIGNMENT = 128


def open_projector(text: str) -> Part:
    """The projector in a file. Raises UnreadableModel."""
    return _open(text, PartKind.PROJECTOR)


def open_adapter(text: str) -> Part:
    """The LoRA adapter in a file. Raises UnreadableModel."""
    return _open(text, PartKind.ADAPTER)


def _open(text: str, kind: PartKind) -> Part:
    path = Path(text.strip()).expanduser()
    headers = [header for _, header in read_headers(path)]
    said = headers[0].metadata
    architecture, general = said.get("general.architecture"), said.get("general.type")
    fits = general == "adapter" if kind is PartKind.ADAPTER else architecture == "clip" or general == "mmproj"
    if not fits:
        wanted = "an adapter (LoRA)" if kind is PartKind.ADAPTER else "a projector (mmproj)"
        is_of = f"{printable(str(architecture))[:60]}, {printable(str(general or 'model'))[:60]}"
        raise UnreadableModel(f"{shown(path)}: {wanted} was expected, and its header says {is_of}.")
    tensors = [info for header in headers for info in header.tensors]
    padded = sum(-(-info.bytes // GPU_ALIGNMENT) * GPU_ALIGNMENT for info in tensors)
    return Part(kind, path.name, str(path), sum(header.total for header in headers), padded)
