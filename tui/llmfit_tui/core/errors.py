"""Errors we expect: each is one sentence a person can act on."""

from collections.abc import Sequence


class LlmfitError(Exception):
    """Something the person can put right; shown as one sentence, never as a traceback."""


class BadValue(LlmfitError):
    """A value that is not what was expected."""


class UnknownName(LlmfitError):
    """A name nothing answers to; carries the nearest names."""

    def __init__(self, what: str, text: str, nearest: Sequence[str]) -> None:
        hint = f" Did you mean {or_list(nearest)}?" if nearest else ""
        super().__init__(f"No {what} is called {quoted(text)}.{hint}")
        self.nearest = tuple(nearest)


class AmbiguousName(LlmfitError):
    """A name several things answer to; carries the candidates."""

    def __init__(self, what: str, text: str, candidates: Sequence[str]) -> None:
        shown = list(candidates[:8])
        rest = f" and {len(candidates) - len(shown)} more" if len(candidates) > len(shown) else ""
        super().__init__(f"{quoted(text)} fits more than one {what}: {', '.join(shown)}{rest}.")
        self.candidates = tuple(candidates)


def printable(text: str) -> str:
    """The text with control characters escaped, so that no name can drive a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def quoted(text: str, longest: int = 60) -> str:
    """The text in quotes, control characters escaped, shortened where it is very long."""
    shown = printable(text)
    return f'"{shown if len(shown) <= longest else shown[: longest - 1] + "…"}"'


def sentence(text: str) -> str:
    """The text with a full stop, where it does not end in one or in a question."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def or_list(names: Sequence[str]) -> str:
    """'a', 'a or b', 'a, b or c'."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
