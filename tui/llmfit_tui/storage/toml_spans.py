"""Tables as stretches of a text, each with the comment right above its header: cut out, or renamed."""

from dataclasses import replace

from llmfit_tui.core.record import record
from llmfit_tui.storage.toml_text import pieces, without_comments


@record
class Span:
    """A table in the text: from the comment right above its header to the end of its last line."""

    path: tuple[str, ...]
    head: int
    start: int
    end: int


def spans(text: str) -> list[Span]:
    """Every table; comments further above or below belong to none."""
    bare = without_comments(text)
    found: list[Span] = []
    done = 0
    for piece in pieces(text):
        head = piece.start
        while head > done and text[text.rfind("\n", 0, head - 1) + 1 : head].lstrip(" \t").startswith("#"):
            head = text.rfind("\n", 0, head - 1) + 1
        head = max(head, done)
        last = piece.start + len(bare[piece.start : piece.end].rstrip())
        done = text.find("\n", last) + 1 or len(text)
        if not bare[piece.start : piece.end].strip():
            done = piece.start
        found.append(Span(piece.path, head, piece.start, done))
    return found


def runs(found: list[Span], path: tuple[str, ...]) -> list[Span]:
    """The tables at and below a path; those that follow each other as one."""
    made: list[Span] = []
    follows = False
    for span in found:
        own = span.path[: len(path)] == path
        if own and follows:
            made[-1] = replace(made[-1], end=span.end)
        elif own:
            made.append(span)
        follows = own
    return made


def cut(text: str, span: Span) -> str:
    """The text without a table, one blank line between its neighbours."""
    above, below = text[: span.head], text[span.end :]
    if not above or above.endswith("\n\n"):
        below = below.lstrip("\n")
    return above + below if below else above.rstrip("\n") + ("\n" if above.strip("\n") else "")


def renamed(text: str, old: str, new: str) -> str:
    """A profile's tables with another name in every header."""
    for span in reversed(spans(text)):
        if span.path[:2] != ("profiles", old):
            continue
        line_end = text.find("\n", span.start)
        header = text[span.start : line_end if line_end >= 0 else len(text)]
        size = len(without_comments(header).rstrip())
        brackets = 2 if header.lstrip().startswith("[[") else 1
        path = ".".join(_key(key) for key in ("profiles", new, *span.path[2:]))
        text = text[: span.start] + "[" * brackets + path + "]" * brackets + text[span.start + size :]
    return text


def _key(key: str) -> str:
    import tomlkit

    return tomlkit.key(key).as_string()
