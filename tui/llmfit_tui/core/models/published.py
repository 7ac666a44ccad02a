"""The GGUF files of a repository: what each is by its name, and which quantization."""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum

from llmfit_tui.core.quant import Quant
from llmfit_tui.core.record import record

MOST_PARTS = 1000


class FileKind(Enum):
    """What a GGUF file holds."""

    MODEL = "model"
    PROJECTOR = "mmproj"
    DRAFT = "draft"
    """A model that guesses ahead of the one it lies beside."""
    ADAPTER = "lora"
    OTHER = "other"
    """An importance matrix, a vocabulary."""


@record
class PublishedFile:
    """One file of a repository, or one that is split into several."""

    name: str
    """The first part's path in the repository, without `.gguf` and the number of the part."""
    parts: tuple[str, ...]
    bytes: int
    """Of all parts."""
    kind: FileKind = FileKind.MODEL
    quant: str | None = None
    """The quantization its name ends in, in capitals; None where it names none."""

    @property
    def path(self) -> str:
        """What an engine is told to load."""
        return self.parts[0]


_SPLIT = re.compile(r"(?P<stem>.*)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf", re.IGNORECASE)
_QUANT = re.compile(
    r"(?<![a-z0-9])((?:ud-)?(?:i?q|tq)\d(?:_[a-z0-9]+)*|bf16|f16|fp16|f32|fp32|mxfp4(?:_moe)?|nvfp4)(?![a-z0-9])",
    re.IGNORECASE,
)
_SAME = {"FP16": "F16", "FP32": "F32"}
_KINDS = (
    (FileKind.PROJECTOR, ("mmproj",)),
    (FileKind.OTHER, ("imatrix", "vocab")),
    (FileKind.DRAFT, ("draft", "eagle", "eagle3")),
    (FileKind.ADAPTER, ("lora", "adapter")),
)
"""Kinds by the words of a file's own name, as publishers use them."""


def published_files(sizes: Mapping[str, int]) -> tuple[PublishedFile, ...]:
    """The GGUF files among a repository's files, split ones as one; `sizes` is path to bytes."""
    return tuple(_files(sizes))


def _files(sizes: Mapping[str, int]) -> Iterator[PublishedFile]:
    for path in sorted(sizes):
        if not path.lower().endswith(".gguf"):
            continue
        match = _SPLIT.fullmatch(path)
        if match is not None and int(match["number"]) != 1:
            continue
        stem = match["stem"] if match else path[:-5]
        parts = _parts(match["stem"], match["count"]) if match else (path,)
        total = sum(sizes.get(part, 0) for part in parts)
        yield PublishedFile(stem, parts, total, _kind(stem), quant_in(stem))


def _parts(stem: str, count: str) -> tuple[str, ...]:
    return tuple(f"{stem}-{n:05}-of-{count}.gguf" for n in range(1, min(int(count), MOST_PARTS) + 1))


def _kind(stem: str) -> FileKind:
    own = stem.rsplit("/", 1)[-1].lower()
    words = frozenset(re.split(r"[-._ ]", own))
    for kind, marks in _KINDS:
        # A projector's name is often joined to others, and never part of another word.
        if any(mark in words or (mark == "mmproj" and mark in own) for mark in marks):
            return kind
    return FileKind.MODEL


def quant_in(stem: str) -> str | None:
    """The quantization a file's name ends in, else the one its folder is called."""
    for part in reversed(stem.split("/")):
        found = _QUANT.findall(part)
        if found:
            name = str(found[-1]).upper()
            return _SAME.get(name, name)
    return None


def models_in(files: Sequence[PublishedFile]) -> tuple[PublishedFile, ...]:
    """Those that are language models."""
    return tuple(one for one in files if one.kind is FileKind.MODEL)


def published_as(files: Sequence[PublishedFile], quant: Quant) -> PublishedFile | None:
    """The model file of a quantization; of several the one with the shortest name."""
    names = {name.upper() for name in (quant.name, *quant.aliases)}
    meant = [one for one in models_in(files) if one.quant in names]
    return min(meant, key=lambda one: len(one.name)) if meant else None
