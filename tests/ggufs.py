"""Writing GGUF headers for tests: real shapes, holes for data, and whatever a header may lie about."""

import gzip
import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from llmfit_tui.core.gguf.types import FILE_TYPES, TENSOR_TYPES
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.tensors.ggml import padded
from llmfit_tui.core.tensors.plan import tensor_plan
from llmfit_tui.core.tensors.quantize import quantize
from llmfit_tui.core.tensors.quantized import Quantized
from llmfit_tui.core.tensors.variants import variants_of
from scenes import FIXTURES, model

TYPE_NUMBERS = {name: number for number, name in TENSOR_TYPES.items()}
FILE_TYPE_NUMBERS = {name: number for number, name in FILE_TYPES.items()}
Tensor = tuple[str, tuple[int, ...], int, int]
"""Name, shape, type number, bytes."""


def text(value: str | bytes) -> bytes:
    """A length and the bytes."""
    raw = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(raw)) + raw


def entry(key: str, value: Any) -> bytes:
    """A metadata entry of the type the value has in Python."""
    return text(key) + _typed(value)


def _typed(value: Any) -> bytes:
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<IQ", 10, value) if value >= 1 << 32 else struct.pack("<II", 4, value)
    if isinstance(value, float):
        return struct.pack("<If", 6, value)
    if isinstance(value, str):
        return struct.pack("<I", 8) + text(value)
    first = value[0] if value else 0
    if isinstance(first, str):
        return struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(text, value))
    code, kind = ("?", 7) if isinstance(first, bool) else ("I", 4)
    return struct.pack(f"<IIQ{len(value)}{code}", 9, kind, len(value), *value)


def header(
    metadata: Mapping[str, Any],
    tensors: Sequence[Tensor],
    *,
    magic: bytes = b"GGUF",
    version: int = 3,
    tensor_count: int | None = None,
    entry_count: int | None = None,
) -> bytes:
    """A header, aligned to 32 bytes; the counts can be made to lie."""
    out = [
        magic,
        struct.pack(
            "<IQQ",
            version,
            len(tensors) if tensor_count is None else tensor_count,
            len(metadata) if entry_count is None else entry_count,
        ),
        *(entry(key, value) for key, value in metadata.items()),
    ]
    offset = 0
    for name, shape, kind, size in tensors:
        out += [text(name), struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)]
        offset += padded(size)
    raw = b"".join(out)
    return raw + b"\0" * (padded(len(raw)) - len(raw))


def write(path: Path, metadata: Mapping[str, Any], tensors: Sequence[Tensor]) -> Path:
    """A file with a hole where its data would be."""
    raw = header(metadata, tensors)
    with path.open("wb") as file:
        file.write(raw)
        file.truncate(len(raw) + sum(padded(size) for *_, size in tensors))
    return path


def tensors_of(quantized: Quantized) -> list[Tensor]:
    """The records of a plan at a file type, block by block."""
    found: list[Tensor] = []
    for piece in quantized.pieces:
        name = piece.group.name
        suffix = "" if name.endswith((".bias", ".scale")) or name in {"ssm_a", "ssm_d"} else ".weight"
        for block in piece.blocks or (None,):
            full = f"{name}{suffix}" if block is None else f"blk.{block}.{name}{suffix}"
            found.append((full, piece.group.shape, TYPE_NUMBERS[piece.type], piece.each))
    return found


@cache
def converted() -> tuple[tuple[str, dict[str, Any]], ...]:
    """(model, the hyperparameters llama.cpp's converter writes for it), one of each architecture."""
    with gzip.open(FIXTURES / "gguf_metadata.jsonl.gz", "rt") as lines:
        rows = [json.loads(line) for line in lines]
    return tuple((row["id"], row["metadata"]) for row in rows)


def quantized_as(one: Model, name: str) -> Quantized:
    """A catalog model's tensors at a file type, as publishers make it."""
    plan = tensor_plan(one.config)
    assert plan is not None
    return quantize(plan, name, False, variants_of(plan, name)[0].practice)


def write_model(path: Path, name: str, file_type: str = "Q4_K_M", **extra: Any) -> Path:
    """A catalog model as a file of this type, with the metadata the converter writes."""
    metadata = dict(next(kept for id_, kept in converted() if id_ == name))
    metadata["general.file_type"] = FILE_TYPE_NUMBERS[file_type]
    return write(path, {**metadata, **extra}, tensors_of(quantized_as(model(name), file_type)))


def beginning(path: Path) -> bytes:
    """A file's first MiB, which its header is in; the hole behind it is not read."""
    with path.open("rb") as file:
        return file.read(1 << 20)


def one_of_each() -> Iterable[str]:
    """The models the fixture has."""
    return (name for name, _ in converted())
