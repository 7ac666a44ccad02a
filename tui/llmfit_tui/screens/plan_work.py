"""The plan for the present model, tried device by device while other keys may come."""

from collections.abc import Iterator
from dataclasses import replace
from time import perf_counter

from llmfit_tui.core.quant import Quant
from llmfit_tui.core.ranking.choice import Wanted
from llmfit_tui.core.ranking.plan import Attempt, Plan, attempt, plan_of
from llmfit_tui.core.ranking.stepup import Step, StepUp, steps_up
from llmfit_tui.core.ranking.wish import wish_of
from llmfit_tui.core.scenario import within_own_context
from llmfit_tui.format.page.page import Page
from llmfit_tui.format.page.plan import plan_page
from llmfit_tui.screens.explorer_base import ExplorerBase

A_SLICE_S = 0.012
"""Time spent on trying before a key may come in between."""
STEPPING = -1


class PlanWork:
    """Devices first, then the steps up from the present machine."""

    def __init__(self, explorer: ExplorerBase, wanted: Wanted, named: Quant | None) -> None:
        assert explorer.scenario is not None
        scenario = within_own_context(explorer.scenario)
        settings = replace(
            scenario.settings, gpu_layers=None, cpu_moe_layers=None, tensor_split=(), planned=False
        )
        catalog = explorer.catalog
        self.wish = wish_of(
            scenario.model, catalog.quants, settings, catalog.evidence, wanted, named, catalog.links
        )
        self.machine, self.devices, self.wishes = scenario.machine, catalog.devices, explorer.hardware.wishes
        self._tried: list[Attempt] = []
        self._steps: list[Step] = []
        self._stepping = True
        self.own = StepUp(None, None)

    def work(self) -> Iterator[None]:
        """A slice of time each."""
        found = self.wish.on(self.machine)
        self.own = StepUp(found, self.wish.missing(found))
        yield
        until = perf_counter() + A_SLICE_S
        for _ in self._all():
            if perf_counter() >= until:
                yield
                until = perf_counter() + A_SLICE_S
        self._stepping = False
        yield

    def _all(self) -> Iterator[None]:
        for device in self.devices:
            self._tried.append(attempt(self.wish, device, self.wishes))
            yield
        if self.own.missing is None:
            return
        for step in steps_up(self.wish, self.machine, self.devices, self.plan()):
            if step is not None:
                self._steps.append(step)
            yield

    def plan(self) -> Plan:
        """As far as it is tried."""
        return plan_of(self._tried)

    def stepped(self) -> StepUp:
        """The present machine, and the steps found so far."""
        return replace(self.own, steps=tuple(self._steps))

    def page(self, most: int | None) -> Page:
        """So many rows of each group."""
        left = len(self.devices) - len(self._tried)
        return plan_page(
            self.wish,
            self.plan(),
            self.stepped(),
            self.machine.name,
            left or (STEPPING if self._stepping else 0),
            most,
        )
