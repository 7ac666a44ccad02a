"""The Quantization pane: the table of a compatibility page, live for the chosen model and hardware."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from llmfit_tui.core.identity import Kept
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.format import amounts
from llmfit_tui.messages.choices import QuantChosen
from llmfit_tui.panes.columns import Column
from llmfit_tui.panes.estimates import Estimates
from llmfit_tui.panes.figures import RATING_WIDTH, FigureList, figure, plain
from llmfit_tui.panes.painted import Span

if TYPE_CHECKING:
    from llmfit_tui.core.estimate import Estimate
    from llmfit_tui.core.filters.field import Field


class QuantPane(FigureList):
    """Rows: rating, name, bits, file, VRAM, VRAM at full context, speed, quality, and a star."""

    least_name_width = 9
    generous_name_width = 10

    def __init__(self, quants: Sequence[Quant], estimates: Estimates) -> None:
        super().__init__("Quantization", estimates, id="quants")
        self.quants = [quant for quant in quants if quant.status != "removed"]
        self.shown = range(len(self.quants))
        self._index = {id(quant): index for index, quant in enumerate(self.quants)}
        self._stars = Kept[tuple[Quant | None]](most=512)

    def tallies(self) -> Sequence[str]:
        """What the star means, and the count."""
        rows = super().tallies()[0]
        return [f"{self.marks.star} recommended · {rows}", f"{self.marks.star} recommended", rows]

    def row_count(self) -> int:
        """Formats still made."""
        return len(self.quants)

    def filter_terms(self) -> "tuple[Sequence[Field], Sequence[str]]":
        """As of a quantization."""
        from llmfit_tui.core.filters.quants import FIELDS, WORDS

        return FIELDS, WORDS

    def row_words(self, index: int) -> str:
        """Name, container, family, engines."""
        from llmfit_tui.core.filters.quants import words_of  # not at the start

        return words_of(self.quants[index])

    def row(self, index: int) -> Quant:
        """The quantization."""
        return self.quants[index]

    def columns(self) -> Sequence[Column]:
        """With the model's own context length as a title."""
        own = self.scenario.model.context_max if self.scenario else None
        return (
            Column("mark", "", 1, right=False),
            Column("rating", "rating", RATING_WIDTH, right=False, drop=3),
            Column("name", "quant", 0, right=False),
            Column("star", "", 1, right=False),
            Column("bits", "bits", 5, drop=1),
            Column("file", "GB", 6, full_title="file GB"),
            Column("vram", "GiB", 5, full_title="VRAM GiB"),
            Column("full", f"@{amounts.tokens(own)}" if own else "@max", 6, drop=2),
            Column("speed", "tok/s", 5),
            Column("agree", "agree", 5),
        )

    def rests_on(self, scenario: Scenario) -> tuple[object, ...]:
        """Everything but the quantization."""
        return scenario.model, scenario.machine, scenario.settings

    def scenario_of(self, index: int) -> Scenario:
        """The present scenario with this quantization."""
        assert self.scenario is not None
        asked = self.scenario
        return Scenario(asked.model, self.quants[index], asked.machine, asked.settings)

    def work(self) -> Iterator[None]:
        """Estimates, what is taken at full context, and the star."""
        for index in self.in_view:
            self.estimate_of(index)
            if self.shows("full"):
                self.estimates.vram_at_full_context(self.scenario_of(index))
            yield
        _ = self.starred

    @property
    def starred(self) -> Quant | None:
        """The recommended quantization; None where nothing runs."""
        if self.scenario is None:
            return None
        made_from = self.rests_on(self.estimates.shown(self.scenario))
        kept = self._stars.get(*made_from)
        if kept is None:
            from llmfit_tui.core.answers.recommend import recommended

            best = recommended(self.scenario, self.quants, self.estimates.evidence, self._estimate_at)
            starred = best.scenario.quant if best and best.rating.level else None
            kept = self._stars.keep((starred,), *made_from)
        return kept[0]

    def _estimate_at(self, quant: Quant) -> "Estimate | None":
        return self.estimate_of(self._index[id(quant)])

    @property
    def starred_index(self) -> int | None:
        """The recommended quantization's row."""
        starred = self.starred
        return self._index[id(starred)] if starred else None

    def cell(self, index: int, column: str) -> Span:
        """One figure of a format."""
        quant, found = self.quants[index], self.estimate_of(index)
        match column:
            case "name":
                return plain(found, quant.name)
            case "star":
                return (self.marks.star, "accent") if quant is self.starred else (" ", "text")
            case "bits":
                return figure(found, lambda e: amounts.bits(e.weights.bits_per_weight), self.marks)
            case "file":
                return figure(found, _file, self.marks)
            case "vram":
                return figure(found, _vram, self.marks)
            case "full":
                full = self.estimates.vram_at_full_context(self.scenario_of(index))
                return plain(found, self.marks.dash if full is None else amounts.gib(full, unit=False))
            case "agree":
                return figure(found, _agreement, self.marks)
            case _:
                return self.common_cell(index, column)

    def choose(self, index: int) -> None:
        """Tell the screen."""
        self.tell(QuantChosen(self.quants[index]))


def _file(found: "Estimate") -> str:
    """Decimal gigabytes; a tilde where they are parameters x bits and not the tensors themselves."""
    size = found.weights.file_bytes / 1e9
    if found.weights.exact:
        return f"{size:,.2f}"
    return f"~{size:,.2f}" if size < 100 else f"~{size:,.0f}"


def _vram(found: "Estimate") -> str:
    return amounts.gib(found.vram_bytes, unit=False)


def _agreement(found: "Estimate") -> str:
    return amounts.agreement(found.quality.agree_percent if found.quality else None)
