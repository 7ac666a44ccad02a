"""Which rows of a list pass a filter: at once by facts, slice by slice where it takes estimates."""

from collections import deque
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING

from llmfit_tui.core.filters import complete
from llmfit_tui.core.filters.complete import Values
from llmfit_tui.core.filters.field import Field
from llmfit_tui.core.filters.grammar import Filter, FilterError, parse

if TYPE_CHECKING:
    from llmfit_tui.core.estimate import Estimate

A_SLICE_S = 0.006
"""Time spent on estimates before a key may come in between."""


class Sieve:
    """Keeps the last filter that could be read, so that a list stands while a term is being typed."""

    def __init__(
        self,
        fields: Sequence[Field],
        known_words: Sequence[str],
        row: Callable[[int], object],
        row_words: Callable[[int], str],
        estimate: "Callable[[int], Estimate | None]",
    ) -> None:
        self.fields, self.known_words = fields, known_words
        self._row, self._row_words, self._estimate = row, row_words, estimate
        self._texts: dict[int, str] = {}
        self.filter = Filter()
        self.problem = ""
        """Where the text does not parse, and what was expected."""
        self.wrong_from = 0
        """The letter from which it does not."""
        self._open: deque[int] = deque()
        """Rows whose estimates are still to be looked at."""

    def ask(self, text: str) -> bool:
        """Another filter; False where it cannot be read, and the one before still holds."""
        try:
            self.filter, self.problem = parse(text, self.fields), ""
        except FilterError as problem:
            self.problem, self.wrong_from = str(problem), problem.start
        return not self.problem

    def without_begun(self, text: str) -> str:
        """The text without a last word that may become a name."""
        return complete.without_begun(text, self.fields)

    def rest_of(self, text: str, values: Values) -> str:
        """What completes the last word."""
        return complete.rest_of(text, self.fields, self.known_words, values)

    def hint_for(self, text: str, values: Values) -> str:
        """What can be said next, or what is wrong."""
        return complete.hint_for(text, self.fields, self.known_words, values)

    def forget_words(self) -> None:
        """There are other rows."""
        self._texts.clear()

    def begin(self, count: int) -> Sequence[int]:
        """Rows that pass; those that take an estimate follow from `more`."""
        self._open.clear()
        if not self.filter:
            return range(count)
        passing = [i for i in range(count) if self.filter.passes_facts(self._row(i), self._text(i))]
        if not self.filter.estimates:
            return passing
        self._open.extend(passing)
        return self.more()

    def more(self) -> list[int]:
        """The next rows that pass."""
        until = perf_counter() + A_SLICE_S
        found: list[int] = []
        while self._open and perf_counter() < until:
            row = self._open.popleft()
            if self.filter.passes_estimate(self._row(row), self._estimate(row)):
                found.append(row)
        return found

    @property
    def is_open(self) -> bool:
        """Whether more rows may pass."""
        return bool(self._open)

    def _text(self, index: int) -> str:
        if index not in self._texts:
            self._texts[index] = self._row_words(index).lower()
        return self._texts[index]
