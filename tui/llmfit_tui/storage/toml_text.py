"""A TOML file as text: where its tables begin, which key stands on which line, and which of them are damaged.

Lines are counted from 1, as editors do.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from llmfit_tui.core.record import record

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*|[\[\]{}\n]",
    re.DOTALL,
)
MOST_DUPLICATES = 20
"""Of one header; past that its tables are not read at all."""
_BOM = "\ufeff"
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")


@record
class FileText:
    """A file's text with plain line ends, and how to write it back as it was."""

    text: str
    crlf: bool = False
    bom: bool = False

    def as_file(self, text: str) -> str:
        """Another text with this file's line ends and mark."""
        ends = text.replace("\n", "\r\n") if self.crlf else text
        return f"{_BOM}{ends}" if self.bom else ends


def read_file(path: Path) -> FileText:
    """The file's text. Raises OSError or UnicodeDecodeError."""
    text = path.read_bytes().decode("utf-8")
    bom = text.startswith(_BOM)
    crlf = "\r\n" in text and text.count("\r\n") == text.count("\n")
    plain = text[1:] if bom else text
    return FileText(plain.replace("\r\n", "\n") if crlf else plain, crlf, bom)


@record
class Piece:
    """A table's header and what stands below it, up to the next header."""

    path: tuple[str, ...]
    """Of keys, as the header has it; empty for what stands above the first header."""
    start: int
    end: int


def pieces(text: str) -> list[Piece]:
    """Every table of a text that is TOML; brackets inside texts and lists are none of them."""
    starts: list[int] = []
    depth = 0
    for match in _TOKEN.finditer(text):
        sign = match.group()
        if sign in "[{":
            line = text.rfind("\n", 0, match.start()) + 1
            if sign == "[" and depth == 0 and not text[line : match.start()].strip(" \t"):
                starts.append(line)
            depth += 1
        elif sign in "]}":
            depth -= 1
    return _between(text, starts)


def loose_pieces(text: str) -> list[Piece]:
    """Tables of a damaged text: every line that looks like a header begins one."""
    return _between(text, [match.start() for match in re.finditer(r"^[ \t]*\[", text, re.MULTILINE)])


def _between(text: str, starts: list[int]) -> list[Piece]:
    ends = [*starts, len(text)]
    head = [Piece((), 0, ends[0])]
    return head + [Piece(_path(text, start), start, end) for start, end in zip(starts, ends[1:], strict=True)]


def _path(text: str, start: int) -> tuple[str, ...]:
    end = text.find("\n", start)
    try:
        table: Any = tomllib.loads(text[start : end if end >= 0 else len(text)])
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return ("",)
    path: list[str] = []
    while table:
        key, table = next(iter(cast("dict[str, Any]", table).items()))
        path.append(key)
        if isinstance(table, list):
            table = cast("list[Any]", table)[0]
    return tuple(path)


def sound_documents(text: str) -> tuple[list[dict[str, Any]], list[tuple[int, str]]]:
    """What can be read of a damaged text: a document for each table, and (line, reason) of what is left out.

    Tables below one name belong together: where one of them is damaged none is read, so that nothing is
    read by halves. Of two with the same header the first counts.
    """
    groups: dict[tuple[str, ...], list[Piece]] = {}
    for number, piece in enumerate(loose_pieces(text)):
        unreadable = (str(number), *piece.path)
        groups.setdefault(unreadable if piece.path == ("",) else piece.path[:2], []).append(piece)
    documents: list[dict[str, Any]] = []
    dropped: list[tuple[int, str]] = []
    for group in groups.values():
        document = _document(text, group, dropped)
        if document is not None:
            documents.append(document)
    return documents, dropped


def _document(text: str, group: list[Piece], dropped: list[tuple[int, str]]) -> dict[str, Any] | None:
    """The document of these pieces alone; None where one of them is damaged."""
    kept = list(group)
    for _ in range(MOST_DUPLICATES):
        try:
            return tomllib.loads("".join(_whole_lines(text, piece) for piece in kept))
        except (tomllib.TOMLDecodeError, RecursionError, ValueError) as problem:
            at, line, said = _place(text, kept, str(problem))
        piece = kept[at]
        dropped.append((line, said))
        if _fails(_whole_lines(text, piece)):
            return None
        depth = len(piece.path)
        after = next((i for i in range(at + 1, len(kept)) if len(kept[i].path) <= depth), len(kept))
        del kept[at:after]
    return None


def _place(text: str, kept: list[Piece], said: str) -> tuple[int, int, str]:
    """Which piece an error is in, its line in the whole text, and the bare reason."""
    line, bare = line_and_reason(said)
    if line is not None:
        for number, piece in enumerate(kept):
            lines = _whole_lines(text, piece).count("\n")
            if line <= lines or number == len(kept) - 1:
                return number, line_at(text, piece.start) + line - 1, bare
            line -= lines
    worst = next((i for i, piece in enumerate(kept) if _fails(_whole_lines(text, piece))), 0)
    return worst, line_at(text, kept[worst].start), bare


def line_and_reason(said: str) -> tuple[int | None, str]:
    """What the reader of TOML said, taken apart."""
    match = _AT_LINE.search(said)
    return int(match.group(1)) if match else None, re.sub(r" ?\(at [^)]*\)", "", said)


def _whole_lines(text: str, piece: Piece) -> str:
    found = text[piece.start : piece.end]
    return found if found.endswith("\n") or not found else f"{found}\n"


def _fails(text: str) -> bool:
    try:
        tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return True
    return False


def line_at(text: str, place: int) -> int:
    """Number of the line a place is on."""
    return text.count("\n", 0, place) + 1


def without_comments(text: str) -> str:
    """The text with blanks in place of comments, every letter where it was."""
    return _TOKEN.sub(lambda m: " " * len(m.group()) if m.group()[0] == "#" else m.group(), text)


_KEY_FOLLOWS = re.compile(r"[ \t]*(?:=|\.|\])")


def _without_values(text: str) -> str:
    """The text with blanks in place of comments and of texts that are values."""

    def blank(match: re.Match[str]) -> str:
        sign = match.group()
        if sign[0] not in "\"'#" or (sign[0] != "#" and _KEY_FOLLOWS.match(text, match.end())):
            return sign
        return "".join("\n" if letter == "\n" else " " for letter in sign)

    return _TOKEN.sub(blank, text)


def key_lines(text: str, start: int, end: int, key: str) -> Iterator[int]:
    """Lines between two places on which a key is given a value."""
    first = line_at(text, start)
    bare = _without_values(text[start:end])
    wanted = re.compile(
        rf"(?:^|[\s.{{,\"'\[])[\"']?{re.escape(key)}[\"']?\s*(?:=|\.[^=\n]*=|\]\s*$)", re.MULTILINE
    )
    for match in wanted.finditer(bare):
        yield first + bare.count("\n", 0, match.start() + (match.group()[0] == "\n"))
