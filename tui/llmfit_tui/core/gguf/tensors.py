"""The tensors of a GGUF file as the plan that sizes are worked out from.

The plan of a file comes from its own records instead of a table, so it holds for architectures no table
knows, and other quantizations of the same model follow from it by llama-quantize's rules.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import cast

from llmfit_tui.core.gguf.file import GgufFile, TensorRun
from llmfit_tui.core.gguf.header import BadHeader, TensorInfo
from llmfit_tui.core.gguf.types import FILE_TYPES, GUESSED_FILE_TYPES
from llmfit_tui.core.tensors.blockclasses import BlockClasses
from llmfit_tui.core.tensors.keeping import kept_type
from llmfit_tui.core.tensors.plan import TensorGroup, TensorPlan, entries_of
from llmfit_tui.core.tensors.quantized import Ground, Piece, Quantized, Reason

MOST_BLOCKS = 1024
"""llama.cpp's LLAMA_MAX_LAYERS is 512."""
_BLOCK = re.compile(r"blk\.(\d{1,9})\.(.+)", re.DOTALL)


def runs_of(infos: Iterable[TensorInfo]) -> tuple[TensorRun, ...]:
    """Tensors that are alike but for their block, together. Raises BadHeader at a block past reason."""
    blocks: dict[tuple[str, tuple[int, ...], str], list[int]] = {}
    for info in infos:
        name, block = _split(info.name.removesuffix(".weight"))
        if block is not None and block >= MOST_BLOCKS:
            raise BadHeader(
                f"the tensor {name!r} is of block {block:,}; at most {MOST_BLOCKS:,} were expected"
            )
        found = blocks.setdefault((name, _trimmed(info.shape), info.type), [])
        if block is not None:
            found.append(block)
    return tuple(TensorRun(*alike, tuple(sorted(where))) for alike, where in blocks.items())


def _split(name: str) -> tuple[str, int | None]:
    match = _BLOCK.fullmatch(name)
    return (match[2], int(match[1])) if match else (name, None)


def _trimmed(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Without trailing dimensions of 1, which ggml drops too."""
    while len(shape) > 1 and shape[-1] == 1:
        shape = shape[:-1]
    return shape


def mix_of(metadata: object, runs: Sequence[TensorRun]) -> str:
    """The name of a file's mix of types: by `general.file_type`, else llama.cpp's guess."""
    if isinstance(metadata, int) and metadata in FILE_TYPES:
        return FILE_TYPES[metadata]
    counts: dict[str, int] = {}
    for run in runs:
        counts[run.type] = counts.get(run.type, 0) + run.count
    matrices = {kind: count for kind, count in counts.items() if kind != "F32"} or counts
    commonest = max(matrices, key=lambda kind: matrices[kind])
    return GUESSED_FILE_TYPES.get(commonest, commonest)


@lru_cache(maxsize=64)
def file_plan(key: "FileKey") -> TensorPlan:
    """The tensors of a file as a plan, types aside."""
    file = key.file
    groups: dict[tuple[str, tuple[int, ...]], list[int]] = {}
    for run in file.runs:
        groups.setdefault((run.name, run.shape), []).extend(run.blocks)
    declared = {entry.name: entry.keeps for entry in entries_of(file.architecture) or ()}
    made = tuple(
        TensorGroup(name, shape, tuple(sorted(blocks)), kept_type(name, shape, declared.get(name)))
        for (name, shape), blocks in groups.items()
    )
    heads = _first(file.own("attention.head_count"))
    kv_heads = _first(file.own("attention.head_count_kv"), heads)
    nextn = _whole(file.own("nextn_predict_layers"))
    return TensorPlan(
        architecture=file.architecture,
        groups=made,
        tied=not any(group.name == "output" for group in made),
        layers=max(_whole(file.own("block_count")) - nextn, 0),
        nextn_layers=nextn,
        heads=heads,
        kv_heads=kv_heads,
        gqa=heads // kv_heads if kv_heads else 0,
        experts=_whole(file.own("expert_count")),
        experts_used=_first(file.own("expert_used_count")),
        vocabulary=file.vocabulary,
    )


def stored(file: GgufFile) -> Quantized:
    """The file's tensors with the types they have in it."""
    plan = file_plan(FileKey(file))
    by_alike = {(group.name, group.shape): group for group in plan.groups}
    pieces = tuple(
        Piece(by_alike[run.name, run.shape], run.type, run.blocks, run.each, Reason.PUBLISHER)
        for run in file.runs
    )
    classes = BlockClasses((piece.blocks for piece in pieces), plan.layers)
    return Quantized.made(plan, file.mix, Ground((), classes, plan.parameters), pieces, file.imatrix)


class FileKey:
    """A file as a cache key: by identity, because hashing all its runs costs more than the work saved."""

    __slots__ = ("file",)

    def __init__(self, file: GgufFile) -> None:
        self.file = file

    def __hash__(self) -> int:
        return id(self.file)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FileKey) and other.file is self.file


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _first(value: object, default: int = 0) -> int:
    """Of layer 0 where a value is given layer by layer, which is what llama-quantize looks at."""
    if isinstance(value, (tuple, list)):
        numbers = cast("Sequence[object]", value)
        return _whole(numbers[0]) if numbers else default
    return default if value is None else _whole(value)
