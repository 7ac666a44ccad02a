"""Finding a thing among many by a few letters: whole words before parts, parts before scattered letters."""

import re
from collections.abc import Sequence
from functools import lru_cache

from llmfit_tui.core.names import words
from llmfit_tui.core.record import record

_PART = re.compile(r"[a-z]+|[0-9.]+")
"""`rtx3060` as it is meant: rtx and 3060."""


@record
class Entry:
    """Something to be found."""

    kind: str
    """A word for what it is: model, hardware, command."""
    key: str
    """What it is remembered by; with the kind, unique."""
    name: str
    text: str
    """What is looked through, in lower case, the name first."""
    note: str = ""
    """Said beside it."""


def ranked(query: str, entries: Sequence[Entry], recent: Sequence[tuple[str, str]] = ()) -> list[Entry]:
    """The entries that match, best first: how well they match, then what was chosen before, the latest first,
    then the shortest name, then the order given. An empty query matches all.
    """
    last = {key: place for place, key in enumerate(recent)}
    never = len(last)
    typed, asked = query.strip().lower(), words(query)
    if not asked:
        return sorted(entries, key=lambda entry: last.get((entry.kind, entry.key), never))
    parts = tuple(_PART.findall(" ".join(asked)))
    found: list[tuple[int, int, int, int, int]] = []
    for place, entry in enumerate(entries):
        matched = _matched(typed, asked, parts, entry.text)
        if matched is not None:
            tier, span = matched
            before = last.get((entry.kind, entry.key), never)
            found.append((tier, before, span, len(entry.name), place))
    return [entries[place] for *_, place in sorted(found)]


def _matched(typed: str, asked: Sequence[str], parts: tuple[str, ...], text: str) -> tuple[int, int] | None:
    """How well a text matches, 0 the best, and over how many letters it does; None: not at all."""
    if text.startswith(typed):
        return 0, 0
    if all(word in text for word in asked):
        return (1 if all(_begins(word).search(text) for word in asked) else 3), 0
    if all(part in text for part in parts) and (found := _in_order(parts).search(text)):
        return 2, found.end() - found.start()
    found = _scattered("".join(asked)).search(text)
    return (4, found.end() - found.start()) if found else None


@lru_cache(maxsize=64)
def _in_order(parts: tuple[str, ...]) -> re.Pattern[str]:
    """Each part at the beginning of a word or right behind the one before, the whole as short as can be."""
    return re.compile(r"(?<![a-z0-9])" + r"(?:|.*?(?<![a-z0-9]))".join(map(re.escape, parts)))


@lru_cache(maxsize=64)
def _begins(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9.])\.*{re.escape(word)}")


@lru_cache(maxsize=64)
def _scattered(letters: str) -> re.Pattern[str]:
    """The letters in their order, the first at the beginning of a word, no more than a few apart."""
    return re.compile(r"(?<![a-z0-9])" + r".{0,6}?".join(map(re.escape, letters)))
