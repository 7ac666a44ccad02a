"""What the page of the present scenario says, worked out a portion at a time."""

from collections.abc import Iterator
from dataclasses import replace

from llmfit_tui.core.answers.needs import needed_bytes, roomy
from llmfit_tui.core.engines.formats import runs_format
from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.models.related import relations_of
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.scenario import within_own_context
from llmfit_tui.format.page.about import architecture_words, description, facts
from llmfit_tui.format.page.answers import answers
from llmfit_tui.format.page.links import related, sources
from llmfit_tui.format.page.page import Page
from llmfit_tui.format.page.tables import Pair, hardware, quantizations
from llmfit_tui.screens.explorer_base import ExplorerBase
from llmfit_tui.storage.related import related as related_file

A_FRAME = 16
"""Estimates made before what there is is shown."""
SHOWN_EVERY = 6
"""Portions of the hardware after which its tally is painted anew."""


class PageContent:
    """Quantizations first, then the hardware; the answers that rest on either come with it."""

    def __init__(self, explorer: ExplorerBase) -> None:
        assert explorer.scenario is not None
        assert explorer.found is not None
        self.explorer = explorer
        self.scenario = within_own_context(explorer.scenario)
        self.present = explorer.found
        self.evidence = explorer.catalog.evidence
        self.found: list[Estimate] = []
        self.devices: list[Pair] = []
        self.recommended: Quant | None = None
        self._room = roomy(self.scenario.machine)
        engine = self.scenario.settings.engine
        self._kinds = [kind for kind in explorer.quants.quants if runs_format(engine, kind)]
        self._kinds_left = len(self._kinds)
        file = related_file()
        model, models = self.scenario.model, explorer.models.models
        self.relations = relations_of(model, models, file.repositories, file.bases)
        self._to_try = len(explorer.hardware.devices)
        self._needs: dict[tuple[str, int], int | None] = {}

    def work(self) -> Iterator[None]:
        """Each step brings more of the page."""
        yield
        for start in range(0, len(self._kinds), A_FRAME):
            scenarios = [replace(self.scenario, quant=kind) for kind in self._kinds[start : start + A_FRAME]]
            self.found += [found for one in scenarios if (found := self.explorer.estimates.of(one))]
            self._kinds_left -= len(scenarios)
            yield
        self.recommended = self.explorer.quants.starred
        yield
        pane = self.explorer.hardware
        for number, device in enumerate(pane.devices):
            found = pane.estimate_of(len(pane.own) + number)
            if found is not None:
                self.devices.append((device, found))
            self._to_try -= 1
            if number % A_FRAME == A_FRAME - 1:
                yield
        yield

    def page(self) -> Page:
        """As far as it is worked out."""
        scenario, arch = self.scenario, self.present.arch
        own = scenario.model.context_max
        best = next((one for one in self.found if one.scenario.quant is self.recommended), None)
        left = self._kinds_left
        asked = answers(
            self.present,
            self.found if not left else (),
            best,
            self._need(self.present, scenario.settings.context),
            self._need(self.present, own) if own else None,
            None if self._to_try else self.devices,
        )
        top = (description(scenario.model, arch), asked)
        words = (
            facts(scenario.model, arch),
            architecture_words(arch),
            sources(scenario.model, self.relations),
        )
        table = quantizations(self.found, self._need, self.recommended, scenario.quant, left)
        tables = (table, *hardware(self.devices, self._to_try), related(self.relations))
        return Page((*top, *words), tables, (*top, *tables, *words))

    def _need(self, found: Estimate, context: int) -> int | None:
        key = found.scenario.quant.name, context
        if key not in self._needs:
            at = found.scenario.with_settings(context=context)
            self._needs[key] = needed_bytes(at, self._room, self.evidence)
        return self._needs[key]
