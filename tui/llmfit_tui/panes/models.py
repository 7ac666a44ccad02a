"""The Models pane: every model rated at the chosen quantization on the chosen hardware."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from llmfit_tui.core.models.model import Model
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.format import amounts
from llmfit_tui.messages.choices import ModelChosen
from llmfit_tui.panes.columns import Column
from llmfit_tui.panes.estimates import Estimates
from llmfit_tui.panes.figures import RATING_WIDTH, FigureList, figure, plain
from llmfit_tui.panes.painted import Span

if TYPE_CHECKING:
    from llmfit_tui.core.filters.field import Field

COLUMNS = (
    Column("mark", "", 1, right=False),
    Column("rating", "rating", RATING_WIDTH, right=False, drop=2),
    Column("name", "model", 0, right=False),
    Column("size", "size", 5, drop=1),
    Column("vram", "GiB", 5, full_title="VRAM GiB"),
    Column("speed", "tok/s", 5),
)


class ModelPane(FigureList):
    """Rows: rating, name, parameters, VRAM, speed."""

    facts = frozenset({"name", "size"})

    least_name_width = 15

    def __init__(self, models: Sequence[Model], estimates: Estimates) -> None:
        super().__init__("Models", estimates, id="models")
        self.catalog = models
        self.models = models
        self.beside = 0
        """Models at the top that are not the catalog's: one's own, this machine's, those opened."""
        self.shown = range(len(models))
        self._own_quants: Mapping[int, Quant] = {}

    def set_own(self, own: Sequence[Model], quants: Mapping[int, Quant]) -> None:
        """Other models above the catalog's; the cursor stays on its row, and that row where it is on screen.

        `quants`, by the identity of a model: the quantization its own files are in.
        """
        index = self.resting_index if self.resting_index is not None else self.chosen_index
        resting = self.models[index] if index is not None else None
        shift, self.beside = len(own) - self.beside, len(own)
        self.models, self._own_quants = (*own, *self.catalog), quants
        self._estimates.clear()
        self.other_rows()
        place = next((i for i, model in enumerate(self.models) if model is resting), None)
        if place is not None and place in self.shown:
            self.resting_index = place
            self.cursor = self.shown.index(place)
            self.top = max(self.top + shift, 0)
            self.keep_in_view()
        self.forget()

    def take_model(self, model: Model) -> None:
        """The cursor on a model, which is chosen."""
        index = next(i for i, one in enumerate(self.models) if one is model)
        self.apply_filter("")
        self.put_cursor(index)
        self.repaint()
        self.choose(index)

    def tallies(self) -> Sequence[str]:
        """How many there are, and how many of them are not the catalog's."""
        rows = super().tallies()
        return [f"{self.beside} of yours · {rows[0]}", *rows] if self.beside else rows

    def row_count(self) -> int:
        """All models."""
        return len(self.models)

    def filter_terms(self) -> "tuple[Sequence[Field], Sequence[str]]":
        """As of a model."""
        from llmfit_tui.core.filters.models import FIELDS, WORDS

        return FIELDS, WORDS

    def row_words(self, index: int) -> str:
        """Name, id, publisher, family and capabilities."""
        from llmfit_tui.core.filters.models import words_of  # not at the start

        return words_of(self.models[index])

    def row(self, index: int) -> Model:
        """The model."""
        return self.models[index]

    def columns(self) -> Sequence[Column]:
        """Fixed."""
        return COLUMNS

    def rests_on(self, scenario: Scenario) -> tuple[object, ...]:
        """Everything but the model."""
        return scenario.quant, scenario.machine, scenario.settings

    def scenario_of(self, index: int) -> Scenario:
        """The present scenario with this model."""
        assert self.scenario is not None
        model = self.models[index]
        own = self._own_quants.get(id(model))
        if own is None or model is self.scenario.model:
            own = self.scenario.quant
        return Scenario(model, own, self.scenario.machine, self.scenario.settings)

    def cell(self, index: int, column: str) -> Span:
        """Rating, name, parameters, VRAM or speed."""
        model, found = self.models[index], self.estimate_of(index)
        match column:
            case "name":
                return plain(found, f"{self.marks.own} {model.name}" if index < self.beside else model.name)
            case "size":
                return plain(found, amounts.count(model.parameters))
            case "vram":
                return figure(found, lambda e: amounts.gib(e.vram_bytes, unit=False), self.marks)
            case _:
                return self.common_cell(index, column)

    def choose(self, index: int) -> None:
        """Tell the screen."""
        self.tell(ModelChosen(self.models[index]))
