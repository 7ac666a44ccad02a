"""Reading the header of a GGUF file on disk, and of all the files it is split into."""

import re
from collections.abc import Callable
from pathlib import Path

from llmfit_tui.core.errors import LlmfitError, printable, quoted
from llmfit_tui.core.gguf.decode import decode
from llmfit_tui.core.gguf.header import BadHeader, Header

CHUNK_BYTES = 1 << 20
SPLIT = re.compile(r"(?P<stem>.*)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf", re.IGNORECASE | re.DOTALL)
"""How llama-gguf-split names the parts of a file."""
MOST_PARTS = 1000


class UnreadableModel(LlmfitError):
    """A model file that could not be read."""

    unreadable = True


def read_headers(path: Path) -> tuple[tuple[Path, Header], ...]:
    """The header of a file, or of every part of a split one, first part first. Raises UnreadableModel."""
    parts = parts_of(path)
    missing = [part for part in parts if not part.is_file()]
    if missing and len(parts) > 1 and path.is_file():
        named = ", ".join(printable(part.name) for part in missing[:3])
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        raise UnreadableModel(
            f"{quoted(str(path))} is one of {len(parts)} parts, of which {named}{more} are missing;"
            f" the others have {sum(p.stat().st_size for p in parts if p.is_file()):,} bytes."
        )
    return tuple((part, read_header(part)) for part in parts)


def parts_of(path: Path) -> tuple[Path, ...]:
    """The files a split file consists of, by its name; else the file alone."""
    match = SPLIT.fullmatch(path.name)
    count = int(match["count"]) if match else 0
    if match is None or not 1 < count <= MOST_PARTS or not 1 <= int(match["number"]) <= count:
        return (path,)
    return tuple(path.with_name(f"{match['stem']}-{n:05}-of-{count:05}.gguf") for n in range(1, count + 1))


def read_header(path: Path) -> Header:
    """The header of one file; its data is never read. Raises UnreadableModel."""
    try:
        with path.open("rb", buffering=0) as file:
            total = file.seek(0, 2)

            def read(offset: int) -> bytes:
                file.seek(offset)
                return file.read(CHUNK_BYTES)

            return drive(total, read)
    except BadHeader as problem:
        raise UnreadableModel(f"{quoted(str(path), 200)}: {problem}.") from problem
    except (OSError, ValueError) as problem:
        reason = (getattr(problem, "strerror", None) or str(problem)).lower()
        raise UnreadableModel(f"{quoted(str(path), 200)} cannot be read: {printable(reason)}.") from problem


def drive(total: int, read: Callable[[int], bytes]) -> Header:
    """Decode a header whose bytes `read` gives from an offset on. Raises BadHeader and what `read` raises."""
    decoding = decode(total)
    try:
        wanted = next(decoding)
        while True:
            wanted = decoding.send(read(wanted))
    except StopIteration as done:
        header: Header = done.value
        return header
