"""What may be said next in a filter, and how a name that was begun goes on."""

import re
from collections.abc import Callable, Iterable, Sequence

from llmfit_tui.core.filters.field import Field
from llmfit_tui.core.filters.grammar import FilterError, parse

LEAST = 2
"""Letters before a name is offered: one begins too many."""
_LAST = r'-?([^\s<>=≤≥:"]*)(?:(<=|>=|≤|≥|<|>|=|:)([^\s"]*))?$'
Values = Callable[[Field], Iterable[str]]
"""What the rows have in a field of text."""


def rest_of(text: str, fields: Sequence[Field], known: Sequence[str], values: Values) -> str:
    """What completes the last word, as it would stand behind the text; empty where nothing does.

    `known`: words of rows that are worth offering.
    """
    name, sign, value = _last(text)
    if sign is None:
        offered = [*(_as_begun(field) for field in fields), *known]
        return _rest(name, offered) if len(name) >= LEAST else ""
    field = next((one for one in fields if name.lower() in one.names and one.is_text), None)
    if field is None:
        return ""
    return _rest(value.rpartition(",")[2], values(field))


def without_begun(text: str, fields: Sequence[Field]) -> str:
    """The text without a last word that may become a name: `qwen ct` on the way to `qwen ctx>=32k`."""
    name, sign, _ = _last(text)
    if sign is None and name and any(one.startswith(name.lower()) for field in fields for one in field.names):
        return text[: -len(name)].removesuffix("-")
    return text


def hint_for(text: str, fields: Sequence[Field], known: Sequence[str], values: Values) -> str:
    """One line: what is wrong and where, how the last word may go on, or what can be said at all."""
    name, sign, value = _last(text)
    if sign is None and len(name) >= LEAST:
        begun = [one for one in fields if any(n.startswith(name.lower()) for n in one.names)]
        if begun:
            return "   ".join(f"{one.example}  {one.says}" for one in begun)
    if sign is not None:
        field = next((one for one in fields if name.lower() in one.names), None)
        if field is not None and field.is_text:
            begins = value.rpartition(",")[2].lower()
            return f"{field.says}: " + "  ".join(v for v in values(field) if v.lower().startswith(begins))
    try:
        parse(text, fields)
    except FilterError as problem:
        return str(problem)
    return "words, " + "  ".join([*(one.example for one in fields), *known])


def _last(text: str) -> tuple[str, str | None, str]:
    """Name, sign and value of the last word, as far as they are there."""
    match = re.search(_LAST, text)
    return (match.group(1), match.group(2), match.group(3) or "") if match else ("", None, "")


def _as_begun(field: Field) -> str:
    if field.unit is not None:
        return f"{field.name}>="
    return f"{field.name}:" if field.is_text else field.name


def _rest(begun: str, offered: Iterable[str]) -> str:
    """Of the first that begins so."""
    for one in offered:
        if one.lower().startswith(begun.lower()) and len(one) > len(begun):
            return one[len(begun) :]
    return ""
