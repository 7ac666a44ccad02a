"""Reading a filter: words, comparisons, `name:text`, words with a meaning; a minus in front turns one round.

    filter      = { ["-"] ( comparison | text | word ) }
    comparison  = [ name ] ( "<" | "<=" | ">" | ">=" | "=" ) number     without a name the unit says which
    text        = name ":" text { "," text }
    word        = a word with a meaning (`fits`), or the beginning of a word of the row

Blanks may stand around a sign. Terms are joined by "and".
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from llmfit_tui.core.errors import BadValue, or_list, quoted
from llmfit_tui.core.filters.field import Field, Value
from llmfit_tui.core.names import words
from llmfit_tui.core.record import record

if TYPE_CHECKING:
    from llmfit_tui.core.estimate import Estimate

_WORD = re.compile(r'"[^"]*"?|[^\s<>=≤≥:"]*')
_SIGN = re.compile(r"\s*(<=|>=|≤|≥|<|>|=|:)\s*")
_VALUE = re.compile(r'"[^"]*"?|[^\s<>=≤≥"]*')
_ASCII = {"≤": "<=", "≥": ">=", ":": "="}
ALIKE = 0.75
"""How like a name must be to one that is known, of 1, to be taken for a slip."""
NEAR = 0.02
"""Equal means within this share: a model called 7B has 7.1 thousand million parameters or so."""


class FilterError(BadValue):
    """What does not parse, where, and what was expected there."""

    def __init__(self, start: int, expected: str) -> None:
        super().__init__(f"at {start + 1}: {expected}")
        self.start, self.expected = start, expected


@record
class Term:
    """One condition."""

    field: Field
    holds: Callable[[Value], bool]

    def passes(self, row: object, found: "Estimate | None") -> bool:
        """Whether it holds of a row."""
        return self.holds(self.field.of(row, found))


@record
class Filter:
    """What is asked for. Empty: everything passes."""

    words: tuple[re.Pattern[str], ...] = ()
    """Each is found in the row's text, at the beginning of a word."""
    without: tuple[re.Pattern[str], ...] = ()
    """None is."""
    facts: tuple[Term, ...] = ()
    estimates: tuple[Term, ...] = ()
    """Those that need the row's estimate."""

    def __bool__(self) -> bool:
        """Whether it asks for anything."""
        return bool(self.words or self.without or self.facts or self.estimates)

    def passes_facts(self, row: object, text: str) -> bool:
        """Whether a row passes as far as it can be said without its estimate; its text in lower case."""
        if not all(one.search(text) for one in self.words) or any(one.search(text) for one in self.without):
            return False
        return all(term.passes(row, None) for term in self.facts)

    def passes_estimate(self, row: object, found: "Estimate | None") -> bool:
        """Whether the rest holds too."""
        return all(term.passes(row, found) for term in self.estimates)


def parse(text: str, fields: Sequence[Field]) -> Filter:
    """The filter a text asks for. Raises FilterError."""
    has: list[re.Pattern[str]] = []
    without: list[re.Pattern[str]] = []
    terms: list[Term] = []
    for minus, found in _Reader(text, fields):
        if isinstance(found, Term):
            terms.append(_turned(found) if minus else found)
        else:
            (without if minus else has).extend(map(_beginning, words(found)))
    return Filter(
        tuple(has),
        tuple(without),
        tuple(term for term in terms if not term.field.estimated),
        tuple(term for term in terms if term.field.estimated),
    )


class _Reader:
    """Goes through a text once."""

    def __init__(self, text: str, fields: Sequence[Field]) -> None:
        self.text, self.fields = text, fields
        self.named = {name: field for field in fields for name in field.names}

    def __iter__(self) -> Iterator[tuple[bool, Term | str]]:
        """Words and conditions, and whether a minus stands before them."""
        at = 0
        while at < len(self.text):
            if self.text[at].isspace():
                at += 1
                continue
            minus = self.text[at] == "-"
            found, at = self._next(at + minus)
            yield minus, found

    def _next(self, at: int) -> tuple[Term | str, int]:
        """What begins here, and where it ends."""
        word = _WORD.match(self.text, at)
        assert word is not None
        name, end = word.group().strip('"'), word.end()
        field = self.named.get(name.lower())
        sign = _SIGN.match(self.text, end)
        apart = sign is not None and self.text[end].isspace()
        if sign is None or (name and apart and field is None):
            return self._word(name, field), end
        if field is None and sign.group(1) == ":" and name and not self._like(name):
            value = _VALUE.match(self.text, sign.end())
            assert value is not None
            return f"{name} {value.group()}", value.end()
        return self._condition(name, field, at, sign)

    def _word(self, name: str, field: Field | None) -> Term | str:
        if field is not None and field.unit is None and not field.is_text:
            return Term(field, lambda value: value is True)
        return name

    def _like(self, name: str) -> list[str]:
        """Names this one may be meant for."""
        import difflib  # only where a name is wrong

        return difflib.get_close_matches(name.lower(), self.named, 3, ALIKE)

    def _condition(self, name: str, field: Field | None, at: int, sign: re.Match[str]) -> tuple[Term, int]:
        value = _VALUE.match(self.text, sign.end())
        assert value is not None
        text, end = value.group().strip('"'), value.end()
        if not name:
            field = self._by_unit(text, sign.end())
        elif field is None:
            known = self._like(name) or [one.name for one in self.fields if one.unit]
            raise FilterError(at, f"{or_list(known)} was expected, not {quoted(name)}")
        assert field is not None
        meant = _ASCII.get(sign.group(1), sign.group(1))
        if field.unit is not None:
            interval = field.unit.interval(text)
            if interval is None:
                raise FilterError(sign.end(), f"a number such as {field.unit.example} was expected")
            return Term(field, _comparison(meant, interval)), end
        if not field.is_text:
            raise FilterError(sign.start(1), f"{quoted(name)} stands alone, with nothing behind it")
        if meant != "=":
            raise FilterError(sign.start(1), f"{field.name}: was expected, with a text behind it")
        choices = [asked for part in text.split(",") if (asked := words(part))]
        if not choices:
            raise FilterError(sign.end(), f"a text was expected behind {field.name}:")
        return Term(field, _holding(choices)), end

    def _by_unit(self, text: str, at: int) -> Field:
        """The field that the unit of a number without a name means."""
        unit = text.lower().lstrip("0123456789.,_")
        for field in self.fields:
            if unit and unit in field.bare:
                return field
        examples = [field.unit.example for field in self.fields if field.bare and field.unit]
        raise FilterError(at, f"a number with its unit was expected, such as {or_list(examples)}")


def _beginning(word: str) -> re.Pattern[str]:
    """Finds the word, or what begins with it, as `words` splits a text: a search costs less than to split."""
    return re.compile(rf"(?<![a-z0-9.])\.*{re.escape(word)}")


def _comparison(sign: str, interval: tuple[float, float]) -> Callable[[Value], bool]:
    low, high = interval

    def holds(value: Value) -> bool:
        if value is None or isinstance(value, str):
            return False
        match sign:
            case "<":
                return value < low
            case "<=":
                return value <= high
            case ">":
                return value > high
            case ">=":
                return value >= low
            case _:
                return low * (1 - NEAR) <= value <= high * (1 + NEAR)

    return holds


def _holding(choices: Sequence[Sequence[str]]) -> Callable[[Value], bool]:
    """One of the texts, by the beginnings of its words."""

    def holds(value: Value) -> bool:
        own = words(value) if isinstance(value, str) else []
        return any(all(any(word.startswith(one) for word in own) for one in asked) for asked in choices)

    return holds


def _turned(term: Term) -> Term:
    """The opposite, of what is known."""
    return Term(term.field, lambda value: value is not None and not term.holds(value))
