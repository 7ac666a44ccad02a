"""The Models pane: every model rated at the chosen quantization on the chosen hardware."""

from collections.abc import Sequence
from dataclasses import replace

from llmfit_tui.core.evidence import Evidence
from llmfit_tui.core.model import Model
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.format import amounts
from llmfit_tui.messages.choices import ModelChosen
from llmfit_tui.panes.columns import Column
from llmfit_tui.panes.figures import RATING_WIDTH, FigureList, figure, plain
from llmfit_tui.panes.painted import Span

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

    least_name_width = 15

    def __init__(self, models: Sequence[Model], evidence: Evidence) -> None:
        super().__init__("Models", evidence, id="models")
        self.models = models
        self.shown = range(len(models))
        self._words = [f"{m.name} {m.id} {m.publisher} {m.family} {' '.join(m.capabilities)}" for m in models]

    def row_count(self) -> int:
        """All models."""
        return len(self.models)

    def row_words(self, index: int) -> str:
        """Name, id, publisher, family and capabilities."""
        return self._words[index]

    def columns(self) -> Sequence[Column]:
        """Fixed."""
        return COLUMNS

    def rests_on(self, scenario: Scenario) -> tuple[object, ...]:
        """Everything but the model."""
        return scenario.quant, scenario.machine, scenario.settings

    def scenario_of(self, index: int) -> Scenario:
        """The present scenario with this model."""
        assert self.scenario is not None
        return replace(self.scenario, model=self.models[index])

    def cell(self, index: int, column: str) -> Span:
        """Rating, name, parameters, VRAM or speed."""
        model, found = self.models[index], self.estimate_of(index)
        match column:
            case "name":
                return plain(found, model.name)
            case "size":
                return plain(found, amounts.count(model.parameters))
            case "vram":
                return figure(found, lambda e: amounts.gib(e.vram_bytes, unit=False), self.marks)
            case _:
                return self.common_cell(found, column)

    def choose(self, index: int) -> None:
        """Tell the screen."""
        self.post_message(ModelChosen(self.models[index]))
