"""What the header of a GGUF file says."""

from collections.abc import Mapping
from math import prod
from typing import Any

from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.record import record
from llmfit_tui.core.tensors.ggml import BLOCKS


class BadHeader(LlmfitError):
    """A header that cannot be read; says where, what was expected and what can still be told."""

    unreadable = True


@record
class TensorInfo:
    """One tensor's record."""

    name: str
    shape: tuple[int, ...]
    """(ne0, ne1, ...): ne0 is a row."""
    type: str
    offset: int
    """From the start of the data."""

    @property
    def values(self) -> int:
        """Values of the tensor."""
        return prod(self.shape)

    @property
    def bytes(self) -> int:
        """Bytes of its data, without padding."""
        block, size = BLOCKS[self.type]
        return self.values // block * size


@record
class Header:
    """Everything before the tensor data, less what is long and decides nothing here."""

    version: int
    metadata: Mapping[str, Any]
    """Numbers, booleans, texts and short arrays (as tuples) by key; what is longer is left out."""
    lengths: Mapping[str, int]
    """Entries of every array by key: the size of the vocabulary is one of them."""
    tensors: tuple[TensorInfo, ...]
    data_offset: int
    """Bytes before the first tensor."""
    total: int
    """Bytes of the file."""
    alignment: int

    @property
    def data_end(self) -> int:
        """Bytes the file must have for all tensors to be whole."""
        return self.data_offset + max((one.offset + one.bytes for one in self.tensors), default=0)
