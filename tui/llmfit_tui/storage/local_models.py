"""Models that are already on this machine: Ollama's store, LM Studio's and llama.cpp's folders, the
Hugging Face cache.

Only names and sizes are read here, of files that other programs keep; nothing is opened, changed or made.
Places are those the programs document; each can be moved by the variable named beside it.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from llmfit_tui.core.record import record
from llmfit_tui.storage.gguf import SPLIT
from llmfit_tui.storage.home import Home

MOST_FOUND = 2000
"""Of one store: a safeguard against a folder that is no store."""
DEEPEST = 4
LARGEST_MANIFEST = 1 << 20
MODEL_LAYER = "application/vnd.ollama.image.model"
PROJECTOR_LAYER = "application/vnd.ollama.image.projector"
NOT_MODELS = ("mmproj", "imatrix", "vocab")
"""GGUF files that lie beside models and are none, by their names."""


@record
class LocalModel:
    """A model on this machine."""

    name: str
    """As its store calls it: `llama3.2:3b`, `org/repo/file`."""
    store: str
    path: Path
    """What opens it: a GGUF file, or the folder of a checkpoint."""
    bytes: int
    """Of all its files of weights."""
    projector: Path | None = None
    """The projector for images that its store keeps with it."""


def local_models(home: Home) -> tuple[LocalModel, ...]:
    """Everything found, store by store; a store that cannot be read is passed over.

    A file that lies in two stores counts for the first; one store may call it by several names.
    """
    found: list[LocalModel] = []
    stores: dict[Path, str] = {}
    for look in (_ollama, _lm_studio, _llama_cpp, _hugging_face):
        try:
            models = list(look(home))
        except OSError:
            continue
        found += [one for one in models if stores.setdefault(one.path, one.store) == one.store]
    return tuple(found)


def _ollama(home: Home) -> Iterator[LocalModel]:
    """OLLAMA_MODELS, else ~/.ollama/models, else the folder of the Linux service."""
    named = home.variables.get("OLLAMA_MODELS")
    folders = [Path(named)] if named else [home.folder / ".ollama/models", _service(home)]
    for folder in folders:
        manifests = folder / "manifests"
        for manifest in _files(manifests, "*", DEEPEST + 1):
            model = _ollama_model(folder, manifest, manifest.relative_to(manifests).parts)
            if model is not None:
                yield model


def _service(home: Home) -> Path:
    """Where Ollama's Linux installer lets its service keep models."""
    return Path("/usr/share/ollama/.ollama/models") if home.platform == "linux" else home.folder / ".ollama"


def _ollama_model(folder: Path, manifest: Path, parts: tuple[str, ...]) -> LocalModel | None:
    if len(parts) < 3:
        return None
    layers = _layers(manifest)
    blob = _blob(folder, layers, MODEL_LAYER)
    if blob is None:
        return None
    host, *middle, tag = parts
    names = middle[1:] if host == "registry.ollama.ai" and middle[:1] == ["library"] else middle
    name = "/".join(names) if host == "registry.ollama.ai" else "/".join((host, *middle))
    size = sum(_int(layer.get("size")) for layer in layers if layer.get("mediaType") == MODEL_LAYER)
    return LocalModel(f"{name}:{tag}", "Ollama", blob, size, _blob(folder, layers, PROJECTOR_LAYER))


def _layers(manifest: Path) -> list[Mapping[str, Any]]:
    try:
        if manifest.stat().st_size > LARGEST_MANIFEST:
            return []
        found = json.loads(manifest.read_bytes())
    except (OSError, ValueError, RecursionError):
        return []
    layers = cast("Mapping[str, Any]", found).get("layers") if isinstance(found, Mapping) else None
    entries = cast("list[Any]", layers) if isinstance(layers, list) else []
    return [cast("Mapping[str, Any]", one) for one in entries if isinstance(one, Mapping)]


def _blob(folder: Path, layers: list[Mapping[str, Any]], kind: str) -> Path | None:
    for layer in layers:
        digest = layer.get("digest")
        if layer.get("mediaType") == kind and isinstance(digest, str) and digest.startswith("sha256:"):
            hexadecimal = digest.removeprefix("sha256:")
            path = folder / "blobs" / f"sha256-{hexadecimal}"
            if hexadecimal.isalnum() and path.is_file():
                return path
    return None


def _lm_studio(home: Home) -> Iterator[LocalModel]:
    """~/.lmstudio/models, of older versions ~/.cache/lm-studio/models; publisher/repository/file."""
    pointer = home.folder / ".lmstudio-home-pointer"
    roots = [home.folder / ".lmstudio", home.folder / ".cache/lm-studio"]
    if pointer.is_file() and pointer.stat().st_size < 4096:
        roots.insert(0, Path(pointer.read_text(encoding="utf-8", errors="replace").strip()))
    for folder in dict.fromkeys(root / "models" for root in roots):
        yield from _gguf_files(folder, "LM Studio")


def _llama_cpp(home: Home) -> Iterator[LocalModel]:
    """LLAMA_CACHE, else llama.cpp under the platform's folder for caches; files by themselves."""
    named = home.variables.get("LLAMA_CACHE")
    if named:
        yield from _gguf_files(Path(named), "llama.cpp")
        return
    if home.platform == "darwin":
        cache = home.folder / "Library/Caches"
    elif home.platform == "win32":
        cache = Path(home.variables.get("LOCALAPPDATA") or home.folder / "AppData/Local")
    else:
        cache = Path(home.variables.get("XDG_CACHE_HOME") or home.folder / ".cache")
    yield from _gguf_files(cache / "llama.cpp", "llama.cpp")


def _hugging_face(home: Home) -> Iterator[LocalModel]:
    """HF_HUB_CACHE, else HF_HOME/hub, else ~/.cache/huggingface/hub; the newest snapshot of each model."""
    variables = home.variables
    cache = variables.get("XDG_CACHE_HOME") or home.folder / ".cache"
    base = Path(variables.get("HF_HOME") or Path(cache) / "huggingface")
    hub = Path(variables.get("HF_HUB_CACHE") or variables.get("HUGGINGFACE_HUB_CACHE") or base / "hub")
    for repository in sorted(hub.glob("models--*"))[:MOST_FOUND]:
        name = repository.name.removeprefix("models--").replace("--", "/", 1)
        snapshots = sorted((repository / "snapshots").glob("*"), key=_changed, reverse=True)
        for snapshot in snapshots[:1]:
            yield from _gguf_files(snapshot, "Hugging Face", name)
            weights = sum(_size(path) for path in snapshot.glob("*.safetensors"))
            if weights and (snapshot / "config.json").is_file():
                yield LocalModel(name, "Hugging Face", snapshot, weights)


def _gguf_files(folder: Path, store: str, prefix: str = "") -> Iterator[LocalModel]:
    """The GGUF models below a folder, split ones as one, each with the projector that lies beside it."""
    files = list(_files(folder, "*.gguf", DEEPEST))
    for path in files:
        if any(word in path.name.lower() for word in NOT_MODELS):
            continue
        match = SPLIT.fullmatch(path.name)
        if match and int(match["number"]) != 1:
            continue
        stem = match["stem"] if match else path.stem
        parts = [one for one in files if one.parent == path.parent and one.name.startswith(f"{stem}-0")]
        size = sum(_size(one) for one in parts) if match else _size(path)
        beside = [one for one in files if one.parent == path.parent and "mmproj" in one.name.lower()]
        inner = path.relative_to(folder).parent.as_posix()
        name = "/".join(part for part in (prefix, "" if inner == "." else inner, stem) if part)
        yield LocalModel(name, store, path, size, beside[0] if beside else None)


def _files(folder: Path, pattern: str, deepest: int) -> Iterator[Path]:
    """Files below a folder, no deeper than a store is and no more than it could hold; links are followed."""
    left = MOST_FOUND
    waiting, entered = [(folder, 0)], {_identity(folder)}
    while waiting:
        here, depth = waiting.pop()
        try:
            entries = sorted(here.iterdir())
        except OSError:
            continue
        for entry in entries:
            if entry.is_dir():
                # A link to a folder above would be followed round and round.
                if depth < deepest and (which := _identity(entry)) not in entered:
                    entered.add(which)
                    waiting.append((entry, depth + 1))
            elif entry.match(pattern) and left:
                left -= 1
                yield entry


def _identity(folder: Path) -> tuple[int, int] | None:
    """The folder itself, whatever it is called; None where it is gone."""
    try:
        found = folder.stat()
    except OSError:
        return None
    # Windows has no numbers for folders on some drives.
    return (found.st_dev, found.st_ino) if found.st_ino else (hash(folder), 0)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _int(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
