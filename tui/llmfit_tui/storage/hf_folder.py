"""Opening a Hugging Face configuration on disk, with the index and the headers of the weights beside it."""

import contextlib
import json
from pathlib import Path
from typing import Any, cast

import msgspec

from llmfit_tui.core.errors import LlmfitError, printable, quoted
from llmfit_tui.core.hf.config import Defaults
from llmfit_tui.core.hf.model import bits_of, model_of_config
from llmfit_tui.core.hf.quantization import stored_format
from llmfit_tui.core.hf.safetensors import LONGEST_HEADER, Counted, SafeTensor, count
from llmfit_tui.core.models.model import Model
from llmfit_tui.storage.gguf import UnreadableModel

CONFIG, INDEX = "config.json", "model.safetensors.index.json"
LARGEST_CONFIG, LARGEST_INDEX = 8 << 20, 64 << 20
MOST_FILES = 2000


def open_folder(path: Path, defaults: Defaults) -> Model:
    """The model of a config.json, or of the folder that holds one. Raises UnreadableModel."""
    config_path = path / CONFIG if path.is_dir() else path
    folder = config_path.parent
    if not config_path.is_file():
        raise UnreadableModel(f"{shown(path)} holds no {CONFIG}{_instead(path)}.")
    config = read_json(config_path, LARGEST_CONFIG)
    total = index_bytes(folder / INDEX)
    counted: Counted | None = None
    # Weights whose headers cannot be read leave the configuration as it is; its own figures are used.
    with contextlib.suppress(UnreadableModel):
        counted = counted_weights(folder, bits_of(stored_format(config)))
    try:
        return model_of_config(config, name_of(folder), defaults, counted, total)
    except LlmfitError as problem:
        told = _told(counted, total)
        raise UnreadableModel(f"{shown(config_path)}: {str(problem).rstrip('.')}{told}.") from problem


def name_of(folder: Path) -> str:
    """What a folder's model is called: `org/name` in the Hugging Face cache, else the folder's name."""
    for part in (folder, *folder.parents):
        if part.name.startswith("models--"):
            return part.name.removeprefix("models--").replace("--", "/", 1)
    return folder.resolve().name or "model"


def read_json(path: Path, largest: int) -> dict[str, Any]:
    """A JSON object of at most `largest` bytes; NaN and infinities count as null. Raises UnreadableModel."""
    try:
        size = path.stat().st_size
        if size > largest:
            raise UnreadableModel(
                f"{shown(path)} has {size:,} bytes; a file of its kind has at most {largest >> 20} MiB."
            )
        found = json.loads(path.read_bytes(), parse_constant=lambda _: None)
    except (ValueError, RecursionError) as problem:
        reason = "it is nested too deeply" if isinstance(problem, RecursionError) else str(problem)
        raise UnreadableModel(
            f"{shown(path)} is not JSON: {printable(reason)[:200].rstrip('.')}."
        ) from problem
    except OSError as problem:
        raise UnreadableModel(
            f"{shown(path)} cannot be read: {(problem.strerror or 'unreadable').lower()}."
        ) from problem
    if not isinstance(found, dict):
        raise UnreadableModel(f"{shown(path)}: a JSON object was expected, not a {type(found).__name__}.")
    return cast("dict[str, Any]", found)


class _Totals(msgspec.Struct):
    total_size: float | None = None


class _Index(msgspec.Struct):
    """model.safetensors.index.json; its map of weights is not looked at."""

    metadata: _Totals | None = None


def index_bytes(path: Path) -> int | None:
    """Bytes of all weights by their index; None where there is none, or it does not say."""
    try:
        if not path.is_file() or path.stat().st_size > LARGEST_INDEX:
            return None
        index = msgspec.json.decode(path.read_bytes(), type=_Index)
    except (OSError, msgspec.DecodeError, RecursionError):
        return None
    total = index.metadata.total_size if index.metadata else None
    return round(total) if total is not None and 0 < total < 1 << 60 else None


def counted_weights(folder: Path, bits: float | None) -> Counted | None:
    """Parameters and bytes by the headers of the folder's safetensors files; None where it has none."""
    files = sorted(folder.glob("*.safetensors"))[:MOST_FILES]
    # The same weights in other layouts (Mistral's consolidated, diffusers') would be counted twice.
    chosen = [path for path in files if path.name.startswith("model")] or files
    if not chosen:
        return None
    return count([_header(path) for path in chosen], round(bits) if bits and bits >= 1 else None)


_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])


def _header(path: Path) -> dict[str, SafeTensor]:
    try:
        with path.open("rb", buffering=0) as file:
            size = int.from_bytes(file.read(8), "little")
            if not 0 < size <= min(LONGEST_HEADER, path.stat().st_size):
                raise UnreadableModel(
                    f"{shown(path)} is no safetensors file: its header would take {size:,} bytes."
                )
            raw = _decoder.decode(file.read(size))
            return {
                name: msgspec.json.decode(record, type=SafeTensor)
                for name, record in raw.items()
                if name != "__metadata__"
            }
    except (OSError, msgspec.DecodeError, RecursionError) as problem:
        raise UnreadableModel(
            f"{shown(path)} is no safetensors file: {printable(str(problem))[:200]}."
        ) from problem


def shown(path: Path) -> str:
    """A path in an error."""
    return quoted(str(path), 200)


def _instead(folder: Path) -> str:
    """A hint at what a folder without a configuration does hold."""
    ggufs = sorted(folder.glob("*.gguf"))[:3] if folder.is_dir() else []
    return f"; name one of its files, such as {quoted(ggufs[0].name, 120)}" if ggufs else ""


def _told(counted: Counted | None, total: int | None) -> str:
    """What is known although the configuration cannot be used."""
    told: list[str] = []
    if counted is not None and counted.parameters:
        told.append(f"{counted.parameters:,} parameters by the shapes of its weights")
    size = total or (counted.tensor_bytes if counted is not None else None)
    if size:
        told.append(f"{size:,} bytes of weights")
    return f"; what can be told: {', '.join(told)}" if told else ""
