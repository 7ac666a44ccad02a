"""Decoding a GGUF header piece by piece.

`decode` is a generator: it yields the offset it wants to read on from, and is sent the bytes found there
(as many as the giver likes; none at the end of the file). Long texts and arrays are jumped over, so it
never holds more than one piece, however large the file and its vocabulary are. Everything a header claims
is checked against the size of the file before anything is made from it.
"""

from collections.abc import Generator, Mapping
from struct import Struct
from typing import Any

from llmfit_tui.core.errors import printable, quoted
from llmfit_tui.core.gguf.header import BadHeader, Header, TensorInfo
from llmfit_tui.core.gguf.others import what_it_is
from llmfit_tui.core.gguf.types import (
    ARRAY,
    REMOVED_TYPES,
    STRING,
    TENSOR_TYPES,
    VALUE_FORMATS,
)
from llmfit_tui.core.tensors.ggml import BLOCKS

VERSIONS = (2, 3)
MOST_RECORDS = 1 << 15
"""Metadata entries, and tensors: the largest models have some thousand of each."""
MOST_STRINGS = 1 << 21
"""Texts of all arrays: more than twice the tokens and merges of the largest vocabularies."""
LONGEST_NAME = 1 << 10
LONGEST_TEXT = 1 << 16
"""Longer texts (chat templates) are jumped over."""
LONGEST_ARRAY = 1 << 12
MOST_DIMENSIONS = 4
MOST_VALUES = 1 << 62
MOST_BYTES = 1 << 50
"""A pebibyte: no model is as large, so a header that claims it lies."""

Reads = Generator[int, bytes, Any]


def decode(total: int) -> Generator[int, bytes, Header]:
    """Decode the header of a file of `total` bytes. Raises BadHeader, which says what can still be told."""
    metadata: dict[str, Any] = {}
    lengths: dict[str, int] = {}
    tensors: dict[str, TensorInfo] = {}
    try:
        return (yield from _decode(_Reader(total), metadata, lengths, tensors))
    except BadHeader as problem:
        told = what_is_told(metadata, tensors, total)
        raise BadHeader(f"{problem}; {told}" if told else str(problem)) from None


def _decode(
    reader: "_Reader", metadata: dict[str, Any], lengths: dict[str, int], tensors: dict[str, TensorInfo]
) -> Generator[int, bytes, Header]:
    yield from reader.magic()
    version = yield from reader.version()
    tensor_count = yield from reader.count("tensors", 24)
    entry_count = yield from reader.count("metadata entries", 13)
    for number in range(entry_count):
        key = yield from reader.name(f"metadata key {number + 1} of {entry_count}")
        if key in metadata or key in lengths:
            raise BadHeader(f"the metadata key {quoted(key)} is there twice")
        value, length = yield from reader.value(key)
        if length is not None:
            lengths[key] = length
        metadata[key] = value
    alignment = metadata.get("general.alignment", 32)
    if not isinstance(alignment, int) or not 0 < alignment <= 1 << 20 or alignment & (alignment - 1):
        raise BadHeader(f"general.alignment: a power of 2 was expected, not {quoted(str(alignment))}")
    promised = 0
    for number in range(tensor_count):
        info = yield from reader.tensor(number, tensor_count)
        if info.name in tensors:
            raise BadHeader(f"the tensor {quoted(info.name)} is there twice")
        if info.offset % alignment:
            raise BadHeader(
                f"the tensor {quoted(info.name)} starts at {info.offset}, not at a multiple of {alignment}"
            )
        promised += info.bytes
        if promised > MOST_BYTES or info.offset > MOST_BYTES:
            raise BadHeader(f"its tensors would take more than a pebibyte (at {quoted(info.name)})")
        tensors[info.name] = info
    data_offset = -(-reader.position // alignment) * alignment
    kept = {key: value for key, value in metadata.items() if value is not None}
    return Header(version, kept, lengths, tuple(tensors.values()), data_offset, reader.total, alignment)


def what_is_told(metadata: Mapping[str, Any], tensors: Mapping[str, TensorInfo], total: int) -> str:
    """What the part of a header that could be read says, in words; empty where that is nothing."""
    told: list[str] = []
    name = metadata.get("general.architecture")
    if isinstance(name, str):
        blocks = metadata.get(f"{name}.block_count")
        told.append(f"architecture {printable(name[:40])}")
        if isinstance(blocks, int):
            told.append(f"{blocks:,} blocks")
    if tensors:
        values = sum(one.values for one in tensors.values())
        told.append(f"{values:,} parameters in the first {len(tensors):,} tensors")
    if told:
        told.append(f"a file of {total:,} bytes")
    return f"what can be told: {', '.join(told)}" if told else ""


class _Reader:
    """The bytes at hand, and where in the file they are."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.data = b""
        self.at = 0
        self.start = 0
        """Offset of `data` in the file."""
        self.order = "<"
        self.strings_left = MOST_STRINGS
        self.u32, self.u64 = Struct("<I"), Struct("<Q")
        self.tensor_record = Struct("<IQ")

    @property
    def position(self) -> int:
        """Offset in the file of what is read next."""
        return self.start + self.at

    def need(self, size: int, what: str) -> Reads:
        """Have `size` bytes at hand."""
        if self.position + size > self.total:
            raise BadHeader(f"it ends within {what}, after {self.total:,} bytes")
        if self.at > len(self.data):
            self.start, self.data, self.at = self.position, b"", 0
        while len(self.data) - self.at < size:
            more = yield self.start + len(self.data)
            if not more:
                raise BadHeader(f"it ends within {what}, after {self.start + len(self.data):,} bytes")
            self.data = self.data[self.at :] + more
            self.start, self.at = self.start + self.at, 0

    def skip(self, size: int, what: str) -> None:
        """Jump over `size` bytes."""
        if self.position + size > self.total:
            raise BadHeader(
                f"{what} would take {size:,} bytes, of which the file has {self.total - self.position:,}"
            )
        self.at += size

    def take(self, form: Struct, what: str) -> Reads:
        """One number."""
        yield from self.need(form.size, what)
        (value,) = form.unpack_from(self.data, self.at)
        self.at += form.size
        return value

    def magic(self) -> Reads:
        """The four letters a GGUF file starts with."""
        if self.total < 24:
            raise BadHeader(f"it has {self.total} bytes, a GGUF header has at least 24")
        yield from self.need(24, "its first bytes")
        first = self.data[:24]
        if first[:4] != b"GGUF":
            raise BadHeader(f"it is no GGUF file: {what_it_is(first)}")
        self.at = 4

    def version(self) -> Reads:
        """2 or 3; a file for a big-endian machine has it the other way round."""
        version = yield from self.take(self.u32, "its version")
        if version & 0xFFFF == 0:
            self.order = ">"
            self.u32, self.u64, self.tensor_record = Struct(">I"), Struct(">Q"), Struct(">IQ")
            version = int.from_bytes(version.to_bytes(4, "little"), "big")
        if version == 1:
            raise BadHeader("it is of GGUF version 1 (August 2023), which llama.cpp no longer reads")
        if version not in VERSIONS:
            raise BadHeader(f"it is of GGUF version {version}; versions 2 and 3 are known")
        return version

    def count(self, what: str, least: int) -> Reads:
        """How many records of at least `least` bytes follow."""
        count = yield from self.take(self.u64, f"the number of {what}")
        if count > MOST_RECORDS or count * least > self.total:
            raise BadHeader(f"it claims {count:,} {what} in {self.total:,} bytes")
        return count

    def text(self, what: str, longest: int) -> Reads:
        """A text, or None where it is longer than is kept."""
        size = yield from self.take(self.u64, what)
        if size > longest:
            self.skip(size, what)
            return None
        yield from self.need(size, what)
        raw = self.data[self.at : self.at + size]
        self.at += size
        return raw.decode("utf-8", errors="replace")

    def name(self, what: str) -> Reads:
        """The name of a key or a tensor."""
        found = yield from self.text(what, LONGEST_NAME)
        if not found:
            raise BadHeader(f"{what}: a name of 1 to {LONGEST_NAME:,} bytes was expected")
        return found

    def value(self, key: str) -> Reads:
        """(value, or None where it is too long to keep; length, or None where it is no array)."""
        what = f"the value of {quoted(key)}"
        kind = yield from self.take(self.u32, what)
        if kind == STRING:
            found = yield from self.text(what, LONGEST_TEXT)
            return found, None
        if kind != ARRAY:
            found = yield from self.take(self._form(kind, key), what)
            return found, None
        kind = yield from self.take(self.u32, what)
        if kind == ARRAY:
            raise BadHeader(f"{what} is an array of arrays, which GGUF readers do not take")
        length = yield from self.take(self.u64, what)
        if kind == STRING:
            yield from self.strings(length, what)
            return None, length
        form = self._form(kind, key)
        if length * form.size > self.total:
            raise BadHeader(f"{what} claims {length:,} entries in {self.total:,} bytes")
        if length > LONGEST_ARRAY:
            self.skip(length * form.size, what)
            return None, length
        yield from self.need(length * form.size, what)
        many = Struct(f"{self.order}{length}{form.format[-1]}")
        found = many.unpack_from(self.data, self.at)
        self.at += many.size
        return found, length

    def _form(self, kind: int, key: str) -> Struct:
        if kind not in VALUE_FORMATS:
            raise BadHeader(f"the value of {quoted(key)} is of type {kind}, which GGUF does not have")
        return Struct(self.order + VALUE_FORMATS[kind])

    def strings(self, count: int, what: str) -> Reads:
        """Jump over an array of texts: a vocabulary, its merges. The loop most of the time goes into."""
        if count > self.strings_left or count * 8 > self.total:
            raise BadHeader(f"{what} claims {count:,} texts in {self.total:,} bytes")
        self.strings_left -= count
        unpack = self.u64.unpack_from
        while count:
            data, at = self.data, self.at
            last = len(data) - 8
            while count and at <= last:
                at += 8 + unpack(data, at)[0]
                count -= 1
            self.at = at
            if self.position > self.total:
                raise BadHeader(f"a text of {what} would go beyond the {self.total:,} bytes of the file")
            if count:
                yield from self.need(8, what)

    def tensor(self, number: int, count: int) -> Reads:
        """One tensor's record."""
        name = yield from self.name(f"the name of tensor {number + 1} of {count}")
        what = f"the record of tensor {quoted(name)}"
        dimensions = yield from self.take(self.u32, what)
        if not 0 < dimensions <= MOST_DIMENSIONS:
            raise BadHeader(f"{what} has {dimensions:,} dimensions, 1 to {MOST_DIMENSIONS} were expected")
        yield from self.need(8 * dimensions + 12, what)
        shape = Struct(f"{self.order}{dimensions}Q").unpack_from(self.data, self.at)
        kind, offset = self.tensor_record.unpack_from(self.data, self.at + 8 * dimensions)
        self.at += 8 * dimensions + 12
        values = 1
        for n in shape:
            values *= n
        if not 0 < values < MOST_VALUES:
            raise BadHeader(
                f"{what} has the shape {list(shape)}, more (or fewer) values than a file can hold"
            )
        return TensorInfo(name, shape, _type(kind, name, shape), offset)


def _type(kind: int, name: str, shape: tuple[int, ...]) -> str:
    found = TENSOR_TYPES.get(kind)
    if found is None:
        known = (
            f"{REMOVED_TYPES[kind]}, which llama.cpp no longer reads" if kind in REMOVED_TYPES else "unknown"
        )
        raise BadHeader(f"the tensor {quoted(name)} of shape {list(shape)} is of type {kind} ({known})")
    block = BLOCKS[found][0]
    if shape[0] % block:
        raise BadHeader(
            f"the tensor {quoted(name)} is {found}: its rows of {shape[0]:,} are not whole blocks of {block}"
        )
    return found
