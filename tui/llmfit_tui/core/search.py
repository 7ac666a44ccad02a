"""Finding a thing among many by a few letters: whole words before parts, parts before scattered letters."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from llmfit_tui.core.names import words

_PART = re.compile(r"[a-z]+|[0-9.]+")
"""`rtx3060` as it is meant: rtx and 3060."""


@dataclass(frozen=True, slots=True)
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
    parts = _PART.findall(" ".join(asked))
    found: list[tuple[int, int, int, int]] = []
    for place, entry in enumerate(entries):
        tier = _tier(typed, asked, parts, entry.text)
        if tier is not None:
            found.append((tier, last.get((entry.kind, entry.key), never), len(entry.name), place))
    return [entries[place] for *_, place in sorted(found)]


def _tier(typed: str, asked: Sequence[str], parts: Sequence[str], text: str) -> int | None:
    """How well a text matches, 0 the best; None: not at all."""
    if text.startswith(typed):
        return 0
    if all(word in text for word in asked):
        return 1 if all(_begins(word).search(text) for word in asked) else 3
    if all(part in text and _begins(part).search(text) for part in parts):
        return 2
    scattered = _scattered("".join(asked)).search(text)
    return 4 + scattered.end() - scattered.start() if scattered else None


@lru_cache(maxsize=64)
def _begins(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9.])\.*{re.escape(word)}")


@lru_cache(maxsize=64)
def _scattered(letters: str) -> re.Pattern[str]:
    """The letters in their order, the first at the beginning of a word, no more than a few apart."""
    return re.compile(r"(?<![a-z0-9])" + r".{0,6}?".join(map(re.escape, letters)))
