"""Sentences in lines: one each, and a second one where there is room to spare."""

from collections.abc import Sequence
from textwrap import wrap

from llmfit_tui.core.errors import printable
from llmfit_tui.panes.painted import Line, Span, cells, sentence

INDENT = "  "


def after(label: Span, text: str, tone: str, width: int) -> list[Line]:
    """A label and what it says; what does not fit goes on in the next line."""
    head = f"{label[0]} · "
    first, *rest = wrap(printable(text), max(width - cells(head), 12)) or [""]
    lines: list[Line] = [(label, (f" · {first}", tone))]
    return [*lines, _going_on(rest, tone, width)] if rest else lines


def in_room(told: Sequence[Span], width: int, room: int) -> list[Line]:
    """Each in one line, cut where it must be; those that are too long in two, while lines are left."""
    spare = room - len(told)
    made: list[Line] = []
    for text, tone in told:
        first, *rest = wrap(printable(text), max(width, 12)) or [""]
        if rest and spare > 0:
            spare -= 1
            made += [((first, tone),), _going_on(rest, tone, width)]
        else:
            made.append(((sentence([text], width), tone),))
    return made


def _going_on(rest: Sequence[str], tone: str, width: int) -> Line:
    """The second line, cut where that is not enough."""
    return ((INDENT + sentence([" ".join(rest)], width - len(INDENT)), tone),)
