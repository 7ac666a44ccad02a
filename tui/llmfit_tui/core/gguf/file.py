"""A GGUF file as a value: its hyperparameters, and its tensors in runs of blocks that are alike.

Small enough to keep in a file of one's own and to hand on: a model of 600 tensors is about 30 runs.
"""

from collections.abc import Mapping
from dataclasses import field
from math import prod
from typing import Any

from llmfit_tui.core.record import record
from llmfit_tui.core.tensors.ggml import BLOCKS


@record
class TensorRun:
    """Tensors of one name, shape and type."""

    name: str
    """Without `blk.N.` and `.weight`: attn_q, ffn_down_exps, attn_q.bias."""
    shape: tuple[int, ...]
    """(ne0, ne1, ...): ne0 is a row."""
    type: str
    """ggml's name of the type."""
    blocks: tuple[int, ...] = ()
    """The blocks that have one; empty: the file has one."""

    @property
    def each(self) -> int:
        """Bytes of one tensor, without padding."""
        block, size = BLOCKS[self.type]
        return prod(self.shape) // block * size

    @property
    def count(self) -> int:
        """Tensors of the run."""
        return len(self.blocks) or 1


@record
class GgufFile:
    """What the headers of a GGUF file (all its parts) say about memory."""

    metadata: Mapping[str, Any]
    """Keys of `general.*` and of the architecture, numbers and short arrays alone."""
    runs: tuple[TensorRun, ...]
    header_bytes: int
    """Bytes before the tensors, over all parts."""
    file_bytes: int
    """Bytes of all parts as they lie on the disk."""
    mix: str
    """The file type its tensors are a mix of: `general.file_type`, else the commonest tensor type."""
    vocabulary: int = 0
    """Tokens of its tokenizer."""
    imatrix: bool = False
    """Made with an importance matrix, by its own account."""
    missing_bytes: int = 0
    """Bytes of tensors that the header promises and the file does not have."""
    paths: tuple[str, ...] = field(default=(), compare=False)
    """Where its parts are, the first one being what an engine is given."""

    @property
    def architecture(self) -> str:
        """`general.architecture`."""
        return str(self.metadata["general.architecture"])

    def own(self, key: str) -> Any:
        """A value of the architecture's own keys, such as `block_count`; None where it is missing."""
        return self.metadata.get(f"{self.architecture}.{key}")
