"""The line of a profile, or of a key in it, for errors that a person looks up in an editor."""

import re
from collections.abc import Sequence
from functools import lru_cache

from llmfit_tui.core.profiles.read import Spot
from llmfit_tui.storage.toml_text import Piece, key_lines, line_at, loose_pieces

PROFILES = ("profiles",)
_OPENING = re.compile(r"\{")


@lru_cache(maxsize=2)
def _pieces(text: str) -> list[Piece]:
    return loose_pieces(text)


def line_of_table(text: str, key: str, below: Sequence[str] = PROFILES, last: bool = False) -> int:
    """The line of a table's header, or of the key that holds it."""
    path = (*below, key)
    found = _pieces(text)
    headers = [line_at(text, piece.start) for piece in found if piece.path[: len(path)] == path]
    for piece in found:
        if piece.path in ((), tuple(below)):
            headers += key_lines(text, piece.start, piece.end, key)
    return (max if last else min)(headers, default=1)


def line_of_spot(text: str, name: str, spot: Spot) -> int:
    """The line of a key of a profile or of an entry of its list, else of the profile."""
    found = _pieces(text)
    path = (*PROFILES, name)
    own = [piece for piece in found if piece.path == path]
    if spot.table is not None and spot.inner is not None:
        line = _line_in_entry(text, found, (*path, spot.key), spot.table, spot.inner)
        if line is not None:
            return line
    if not own:
        start = line_of_table(text, name)
        places = [piece for piece in found if piece.path in ((), PROFILES)]
        lines = (line for piece in places for line in key_lines(text, piece.start, piece.end, spot.key))
        return next((line for line in lines if line >= start), start)
    piece = own[0]
    subtable = next((p for p in found if p.path == (*path, spot.key)), None)
    first = line_at(text, subtable.start if subtable else piece.start)
    return next(key_lines(text, piece.start, piece.end, spot.key), first)


def _line_in_entry(
    text: str, found: list[Piece], path: tuple[str, ...], number: int, inner: str
) -> int | None:
    """A key in the how-manieth table of a list, written as [[tables]] or in line."""
    entries = [piece for piece in found if piece.path == path]
    if len(entries) >= number:
        entry = entries[number - 1]
        return next(key_lines(text, entry.start, entry.end, inner), line_at(text, entry.start))
    own = next((piece for piece in found if piece.path == path[:-1]), None)
    if own is None:
        return None
    listed = re.search(rf"^[ \t]*[\"']?{re.escape(path[-1])}[\"']?\s*=", text[own.start : own.end], re.M)
    if listed is None:
        return None
    start = own.start + listed.end()
    openings = [match.start() for match in _OPENING.finditer(text, start, own.end)]
    if len(openings) < number:
        return line_at(text, start)
    begin = openings[number - 1]
    end = openings[number] if len(openings) > number else own.end
    return next(key_lines(text, begin, end, inner), line_at(text, begin))
