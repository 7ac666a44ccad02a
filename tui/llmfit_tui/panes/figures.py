"""What the three lists have in common: an estimate behind every row, and its rating as mark and word."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.engines.formats import runs_format
from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.scenario import Scenario, within_own_context
from llmfit_tui.format import amounts
from llmfit_tui.panes.estimates import Estimates
from llmfit_tui.panes.filtered import FilteredList
from llmfit_tui.panes.marks import ENGINE_LABELS, SHORT_LABELS, Marks
from llmfit_tui.panes.painted import Line, Span

if TYPE_CHECKING:
    from llmfit_tui.core.estimate import Estimate
    from llmfit_tui.core.speed.evidence import Evidence

RATING_WIDTH = 6
NO_SIZE = "no size"
NOT_THERE = "no"
"""The engine does not run on this machine, or not with these settings."""


class FigureList(FilteredList):
    """A list whose rows are estimates of the present scenario with one thing changed.

    It opens with what is known without an estimate; the figures come with the next frame.
    """

    facts: ClassVar[frozenset[str]] = frozenset({"name"})
    """Columns that take no estimate."""

    def __init__(self, name: str, estimates: Estimates, *, id: str) -> None:  # noqa: A002
        super().__init__(name, id=id)
        self.scenario: Scenario | None = None
        self.estimates = estimates
        self.opens = True
        """Whether no figure was asked for yet."""
        self.behind = False
        """Whether the rows on screen are those of an earlier scenario."""
        self._estimates: dict[int, Estimate | None] = {}

    def forget_unseen(self) -> None:
        """Keep the estimates of rows in view alone."""
        seen = set(self.in_view)
        self._estimates = {index: found for index, found in self._estimates.items() if index in seen}

    def scenario_of(self, index: int) -> Scenario:
        """The present scenario with this row's thing in it."""
        raise NotImplementedError

    def rests_on(self, scenario: Scenario) -> tuple[object, ...]:
        """What the figures of all rows depend on."""
        raise NotImplementedError

    def follow(self, new: Scenario) -> None:
        """Figures are stale, unless only this pane's own choice changed.

        Rows on screen stay as they are until `work` has made those of the new scenario.
        """
        old, self.scenario = self.scenario, new
        if old is None or any(
            a is not b for a, b in zip(self.rests_on(old), self.rests_on(new), strict=True)
        ):
            self.behind = True
            self._estimates.clear()
            self.figures_changed()
            self.forget_rows()

    def begin(self) -> None:
        """From now on rows have figures."""
        self.opens, self.behind = False, True
        self.forget_rows()

    def work(self) -> Iterator[None]:
        """Make what the rows in view need, a row at a time."""
        for index in self.in_view:
            self.estimate_of(index)
            yield

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """The list at the present scenario."""
        self.behind = False
        return super().lines(width, height)

    def estimate_of(self, index: int) -> "Estimate | None":
        """The row's estimate; None where its size is unknown."""
        if self.opens:
            return None
        if index not in self._estimates:
            try:
                self._estimates[index] = self.estimates.of(self.scenario_of(index))
            except LlmfitError:
                self._estimates[index] = None
        return self._estimates[index]

    def cell_now(self, index: int, column: str) -> Span:
        """Blank where a figure is still to come, in a row that is not dim for lack of it."""
        if not self.opens:
            return self.cell(index, column)
        return (self.cell(index, column)[0] if column in self.facts else "", "text")

    def common_cell(self, index: int, column: str) -> Span:
        """Rating mark, speed, rating word: alike in every list."""
        found = self.estimate_of(index)
        match column:
            case "mark":
                return mark(found, self.marks)
            case "speed":
                return speed(found, self.marks)
            case _:
                return label(found) if found else (self._why_none(index), "dim")

    def _why_none(self, index: int) -> str:
        """A row without an estimate, in one short word."""
        try:
            scenario = self.scenario_of(index)
        except LlmfitError:
            return NO_SIZE
        if scenario.settings.engine is Engine.LLAMA_CPP:
            return NO_SIZE
        loads = runs_format(scenario.settings.engine, scenario.quant)
        return NOT_THERE if loads else other_engine(scenario.quant)


def tried(scenario: Scenario, evidence: "Evidence") -> "Estimate | None":
    """An estimate at no more than the model's own context; None where a size is unknown."""
    from llmfit_tui.core.estimate import estimate

    try:
        return estimate(within_own_context(scenario), evidence)
    except LlmfitError:
        return None


def mark(found: "Estimate | None", marks: Marks) -> Span:
    """The rating's mark."""
    if found is None:
        return marks.dash, "dim"
    if not runs_format(found.scenario.settings.engine, found.scenario.quant):
        return marks.other_engine, "dim"
    return marks.levels[found.rating.level], level_tone(found)


def label(found: "Estimate | None") -> Span:
    """The rating in one short word; the engine's name where llama.cpp does not run it."""
    if found is None:
        return NO_SIZE, "dim"
    quant = found.scenario.quant
    if not runs_format(found.scenario.settings.engine, quant):
        return other_engine(quant), "dim"
    return SHORT_LABELS[found.rating.level], level_tone(found)


def other_engine(quant: Quant) -> str:
    """The engine that runs a format, shortened."""
    engine = quant.engines[0] if quant.engines else "none"
    return ENGINE_LABELS.get(engine, engine)


def level_tone(found: "Estimate") -> str:
    """A rating's colour; a row that does not run is dim all over."""
    return f"level-{found.rating.level}" if found.rating.level else "dim"


def plain(found: "Estimate | None", text: str) -> Span:
    """A fact of the row, dimmed where it does not run."""
    return text, "text" if found is not None and found.rating.level else "dim"


def figure(found: "Estimate | None", text: "Callable[[Estimate], str]", marks: Marks) -> Span:
    """A figure, dimmed where the row does not run, a dash where there is none."""
    if found is None:
        return marks.dash, "dim"
    return text(found), "text" if found.rating.level else "dim"


def speed(found: "Estimate | None", marks: Marks) -> Span:
    """Tokens per second; a dash where it does not run."""
    if found is None or not found.rating.level:
        return marks.dash, "dim"
    return amounts.rate(found.speed.decode_tok_s), "text"
