"""The ranking of the present machine, judged model by model while other keys may come."""

from collections.abc import Iterator
from dataclasses import replace
from time import perf_counter

from llmfit_tui.core.answers.recommend import choices
from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.ranking.choice import Chooser, Wanted
from llmfit_tui.core.ranking.rank import Judged, Ranked, Ranking, judged, ranked
from llmfit_tui.core.ranking.view import RankingView, sorted_rows
from llmfit_tui.core.scenario import Scenario, Settings
from llmfit_tui.screens.explorer_base import ExplorerBase

A_SLICE_S = 0.012
"""Time spent on judging before a key may come in between."""


class RankingWork:
    """All models are judged by the speed and the quality that are wanted; the rest only sifts them."""

    def __init__(self, explorer: ExplorerBase, wanted: Wanted) -> None:
        scenario = explorer.scenario
        assert scenario is not None
        self.machine, self.settings = scenario.machine, _ranked_settings(scenario.settings)
        self.models = explorer.models.models
        self.wanted = Wanted(min_tok_s=wanted.min_tok_s, min_agree_percent=wanted.min_agree_percent)
        quants = choices(explorer.catalog.quants, self.settings.engine)
        evidence = explorer.catalog.evidence
        self._chooser = Chooser(quants, self.machine, self.settings, evidence, self.wanted)
        self._judged: list[tuple[Model, Judged]] = []

    def serves(self, scenario: Scenario, wanted: Wanted) -> bool:
        """Whether what is judged already is what another scenario or wish needs."""
        same = (wanted.min_tok_s, wanted.min_agree_percent) == (
            self.wanted.min_tok_s,
            self.wanted.min_agree_percent,
        )
        return (
            same and scenario.machine is self.machine and _ranked_settings(scenario.settings) == self.settings
        )

    @property
    def left(self) -> int:
        """Models still to be judged."""
        return len(self.models) - len(self._judged)

    def work(self) -> Iterator[None]:
        """A slice of time each."""
        until = perf_counter() + A_SLICE_S
        for model in self.models:
            self._judged.append((model, self._judge(model)))
            if perf_counter() >= until:
                yield
                until = perf_counter() + A_SLICE_S
        yield

    def _judge(self, model: Model) -> Judged:
        try:
            return judged(model, self._chooser, self.wanted)
        except LlmfitError:
            return "its shape cannot be read"

    def ranking(self, view: RankingView) -> Ranking:
        """As far as it is judged."""
        return ranked(self._judged, view.wanted)


def rows_of(ranking: Ranking, view: RankingView) -> list[Ranked]:
    """In the order asked for."""
    return sorted_rows(ranking.rows, view.column, view.turned)


def _ranked_settings(settings: Settings) -> Settings:
    """Without what only one model or one placement can have."""
    return replace(
        settings, gpu_layers=None, cpu_moe_layers=None, tensor_split=(), variant=None, parts=(), planned=False
    )
