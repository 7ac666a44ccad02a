"""The question turned round: what hardware runs the present model, and the smallest step to it."""

import json
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.binding import BindingType

from llmfit_tui.core.ranking.choice import Wanted
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.format import plans
from llmfit_tui.format.document import SCHEMA
from llmfit_tui.messages.views import Picked
from llmfit_tui.panes.fieldbar import BarField, FieldBar
from llmfit_tui.panes.page import PagePane
from llmfit_tui.screens.explorer_base import ExplorerBase
from llmfit_tui.screens.exporting import export_view
from llmfit_tui.screens.fielded import Fielded
from llmfit_tui.screens.keys.bindings import view_bindings
from llmfit_tui.screens.plan_work import PlanWork
from llmfit_tui.screens.showing import show_scenario

SPEEDS = (None, 10.0, 20.0, 50.0, 100.0, 2.0)
"""None: as fast as it takes to be rated usable."""
AGREES = (None, 90.0, 95.0, 98.0, 80.0)
"""None: as close to 16 bit as Q4_K_M."""
ROWS = (4, 12, None)
SHOWN_EVERY = 8
"""Slices of work after which the page is painted anew."""


class PlanScreen(Fielded):
    """Up and down choose hardware, left and right change a field, Tab takes the next one."""

    view = "Plan"
    shown_every = SHOWN_EVERY
    BINDINGS: ClassVar[list[BindingType]] = view_bindings("Plan")
    body: PagePane

    def __init__(self, explorer: ExplorerBase) -> None:
        self.places = [0, 0, 0, 0]
        """Of the value of each field among those it can have."""
        self._begin(explorer)
        self.bar = FieldBar(self._fields())
        super().__init__(explorer)

    def make(self) -> PagePane:
        """As far as the first step brings it."""
        return PagePane(self.work.page(ROWS[0]))

    def _begin(self, explorer: ExplorerBase) -> None:
        assert explorer.scenario is not None
        speed, agree, quant, _ = self.places
        wanted = Wanted(min_tok_s=SPEEDS[speed], min_agree_percent=AGREES[agree])
        self.scenario = explorer.scenario
        self.work = PlanWork(explorer, wanted, explorer.scenario.quant if quant else None)
        self.begin(self.work.work())

    def _fields(self) -> list[BarField]:
        speed, agree, quant, rows = self.places
        agrees, fast, most = AGREES[agree], SPEEDS[speed], ROWS[rows]
        return [
            BarField("e", "speed", f"from {fast:g} tok/s" if fast else "usable", bool(fast)),
            BarField("a", "agrees", f"from {agrees:g}%" if agrees else "as usual", bool(agrees)),
            BarField("u", "quant", self.scenario.quant.name if quant else "any", bool(quant)),
            BarField("o", "rows", f"{most} of each" if most else "all", bool(rows)),
        ]

    def follow(self) -> None:
        """Another model, context or machine."""
        if self.explorer.scenario is not self.scenario:
            self._begin(self.explorer)
            self.go_on()
        self.show_more()

    def show_more(self) -> None:
        """More of the plan."""
        self.body.show(self.work.page(ROWS[self.places[3]]))
        self.bar.show(self._fields(), self.field)

    def action_change(self, steps: int) -> None:
        """Another value of the field that takes them."""
        count = (len(SPEEDS), len(AGREES), 2, len(ROWS))[self.field]
        self.places[self.field] = (self.places[self.field] + steps) % count
        if self.field != len(self.places) - 1:
            self._begin(self.explorer)
            self.go_on()
        self.show_more()

    def action_move(self, rows: int) -> None:
        """Other hardware."""
        self.body.move(rows)

    def action_scroll_by(self, rows: int) -> None:
        """Through the page."""
        self.body.scroll(rows)

    def action_take(self) -> None:
        """Take the hardware under the cursor, with the quantization that serves there."""
        chosen = self.body.at
        if isinstance(chosen, Scenario) and self.explorer.scenario is not None:
            at = replace(self.explorer.scenario, machine=chosen.machine, quant=chosen.quant)
            placed = at.with_settings(gpu_layers=None, cpu_moe_layers=None, tensor_split=())
            show_scenario(self.explorer, placed)
            self.dismiss()
        else:
            self.say("↓ goes to the first hardware; Enter then takes it")

    def action_export(self) -> None:
        """The plan to a file."""
        work, found = self.work, self.work.plan()

        def text(kind: str) -> str:
            if kind == "json":
                document = {"schema": SCHEMA, **plans.plan_document(work.wish, found, work.stepped())}
                return json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n"
            return plans.as_csv(found) if kind == "csv" else plans.as_markdown(found)

        export_view(self, "plan", text)

    @on(Picked)
    def take_picked(self, message: Picked) -> None:
        """A click on hardware chooses it, a click on what is chosen takes it."""
        target = self.body.target(message.place)
        if target is self.body.at:
            self.action_take()
        else:
            self.body.at = target
            self.body.repaint()
