"""What comes from the terminal, told apart: keys and mouse for Textual, its answers, and what is pasted.

Textual reads a paste letter by letter, and waits for its end for ever. Here a paste is one text, cut where
nobody wants more, and over when nothing follows. Many letters at once are a paste as well, from a terminal
that does not mark one: nobody types that fast, and none of them is to act as a key.
"""

import re
from collections.abc import Iterator

from llmfit_tui.core.record import record

ANSWER = "\x1b[0n"
BEGINS, ENDS = "\x1b[200~", "\x1b[201~"
INTERRUPT = "\x03"
"""Ctrl-C, which terminals take out of what is pasted: whoever presses it in a paste wants to leave."""
MARKS = (ANSWER, BEGINS, ENDS, INTERRUPT)
_MARK = re.compile("|".join(map(re.escape, MARKS)))
MOST_PASTED = 1 << 16
"""Characters of a paste that are kept."""
FLOOD = 1000
"""Characters without an escape in one read that are no typing."""
PATIENCE = 10
"""Rounds without input after which a paste is over."""


@record
class Pasted:
    """A pasted text."""

    text: str


class Answered:
    """The terminal says that it is in order, which it was asked for."""


Item = str | Pasted | Answered


class Typed:
    """The stream of input, in which a mark may be cut in two."""

    def __init__(self) -> None:
        self._cut = ""
        self._pasted: str | None = None
        self._idle = 0

    def feed(self, text: str, answer_due: bool = False) -> Iterator[Item]:
        """What this text brings. Where an answer is due, an escape at its end may be the beginning of it."""
        text, self._idle = self._cut + text, 0
        end = _begun_mark(text, answer_due or self._pasted is not None)
        text, self._cut = text[:end], text[end:]
        at = 0
        for mark in _MARK.finditer(text):
            yield from self._plain(text[at : mark.start()])
            at = mark.end()
            yield from self._marked(mark[0])
        yield from self._plain(text[at:])

    def tick(self) -> Iterator[Item]:
        """Nothing came for a while."""
        self._idle += 1
        if self._cut:
            cut, self._cut = self._cut, ""
            yield from self._plain(cut)
        if self._pasted is not None and self._idle > PATIENCE:
            yield from self._over()

    def _plain(self, text: str) -> Iterator[Item]:
        if self._pasted is not None:
            self._pasted += text[: MOST_PASTED - len(self._pasted)]
        elif len(text) >= FLOOD and "\x1b" not in text:
            yield Pasted(text)
        elif text:
            yield text

    def _marked(self, mark: str) -> Iterator[Item]:
        if mark == ANSWER:
            yield Answered()
        elif mark == BEGINS:
            yield from self._over()
            self._pasted = ""
        else:
            ended = self._pasted is not None
            yield from self._over()
            if mark == INTERRUPT or not ended:
                yield mark

    def _over(self) -> Iterator[Item]:
        pasted, self._pasted = self._pasted, None
        if pasted:
            yield Pasted(pasted.replace("\0", ""))


def _begun_mark(text: str, escape_counts: bool) -> int:
    """Where a mark begins that is cut off at the end; the length of the text where there is none."""
    start = text.rfind("\x1b")
    tail = text[start:] if start >= 0 else ""
    begun = any(mark.startswith(tail) and mark != tail for mark in MARKS)
    return start if tail and begun and (tail != "\x1b" or escape_counts) else len(text)
