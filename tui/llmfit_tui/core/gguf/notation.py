"""Runs of tensors as words a person can read and change: `attn_q 4096x4096 Q4_K 0-31`."""

from collections.abc import Iterable

from llmfit_tui.core.errors import BadValue, quoted
from llmfit_tui.core.gguf.file import TensorRun
from llmfit_tui.core.gguf.tensors import MOST_BLOCKS
from llmfit_tui.core.tensors.ggml import BLOCKS

NO_BLOCKS = "file"
"""In place of blocks where the file has one such tensor."""
LARGEST = 1 << 40


def run_words(run: TensorRun) -> str:
    """Name, shape (ne0 first), type and blocks."""
    shape = "x".join(map(str, run.shape))
    return f"{run.name} {shape} {run.type} {_ranges(run.blocks) if run.blocks else NO_BLOCKS}"


def read_run(text: str) -> TensorRun:
    """A run from its words. Raises BadValue."""
    parts = text.rsplit(" ", 3)
    try:
        name, shape, kind, where = parts
        sizes = [int(n) for n in shape.split("x")]
        blocks: tuple[int, ...] = () if where == NO_BLOCKS else tuple(_blocks(where))
    except ValueError as problem:
        raise BadValue(
            f'a tensor such as "attn_q 4096x4096 Q4_K 0-31" was expected, not {quoted(text)}'
        ) from problem
    if kind not in BLOCKS or not name or not all(0 < n < LARGEST for n in sizes) or len(sizes) > 4:
        raise BadValue(f"{quoted(text)} is no tensor: its type, name or shape is unknown")
    if sizes[0] % BLOCKS[kind][0]:
        raise BadValue(f"{quoted(text)}: rows of {sizes[0]:,} are not whole blocks of {BLOCKS[kind][0]}")
    return TensorRun(name, tuple(sizes), kind, blocks)


def _ranges(blocks: Iterable[int]) -> str:
    """0-3,7,9-31."""
    found: list[list[int]] = []
    for block in sorted(blocks):
        if found and found[-1][1] == block - 1:
            found[-1][1] = block
        else:
            found.append([block, block])
    return ",".join(f"{first}-{last}" if last > first else f"{first}" for first, last in found)


def _blocks(text: str) -> list[int]:
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        start, end = int(first), int(last or first)
        if not 0 <= start <= end < MOST_BLOCKS:
            raise ValueError(part)
        found += range(start, end + 1)
    return found
