"""The ranking: every model on the present hardware, best first, by what a person wants of it."""

from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.binding import BindingType

from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.ranking.rank import Ranking
from llmfit_tui.core.ranking.view import SORTS, RankingView
from llmfit_tui.format import ranking as shown_as
from llmfit_tui.messages.choices import FilterTold
from llmfit_tui.messages.views import Picked
from llmfit_tui.panes.fieldbar import FieldBar
from llmfit_tui.panes.ranking import COLUMNS, RankingPane
from llmfit_tui.screens.explorer_base import ExplorerBase
from llmfit_tui.screens.exporting import export_view
from llmfit_tui.screens.fielded import Fielded
from llmfit_tui.screens.keys.bindings import view_bindings
from llmfit_tui.screens.name_form import NameForm
from llmfit_tui.screens.ranking_fields import fields_for, shown
from llmfit_tui.screens.ranking_kept import KeptViews
from llmfit_tui.screens.ranking_work import RankingWork, rows_of
from llmfit_tui.screens.showing import show_scenario

SHOWN_EVERY = 6
"""Slices of work after which the list is painted anew."""


class RankingScreen(Fielded):
    """Up and down choose a model, left and right change a field, Tab takes the next one."""

    view = "Ranking"
    shown_every = SHOWN_EVERY
    BINDINGS: ClassVar[list[BindingType]] = view_bindings("Ranking")
    body: RankingPane

    def __init__(self, explorer: ExplorerBase) -> None:
        self.asked = RankingView()
        self.kept_as = ""
        """Of the view, where it is as it was kept."""
        self.fields = fields_for(explorer.models.models)
        self.kept = KeptViews(explorer.profiles.where)
        self.bar = FieldBar(shown(self.fields, self.asked, ""))
        self.ranking = Ranking(())
        self._begin(explorer)
        super().__init__(explorer)

    def make(self) -> RankingPane:
        """Empty; the first rows come with the first slice."""
        return RankingPane()

    def _begin(self, explorer: ExplorerBase) -> None:
        self.work = RankingWork(explorer, self.asked.wanted)
        self.begin(self.work.work())

    def on_mount(self) -> None:
        """The first rows."""
        self._fit_bar()
        self.set_focus(self.body)
        self.show_more()

    def on_resize(self) -> None:
        """The fields may take another line."""
        self._fit_bar()

    def _fit_bar(self) -> None:
        rows = self.bar.rows(self.size.width - 2)
        if self.bar.styles.height is None or self.bar.styles.height.value != rows:
            self.bar.styles.height = rows

    def follow(self) -> None:
        """Other settings or other hardware: judged anew."""
        scenario = self.explorer.scenario
        if scenario is not None and not self.work.serves(scenario, self.asked.wanted):
            self._begin(self.explorer)
            self.go_on()
        self.show_more()

    def show_more(self) -> None:
        """The rows judged by now, in the order asked for."""
        self.ranking = self.work.ranking(self.asked)
        rows = rows_of(self.ranking, self.asked)
        falls = SORTS[self.asked.column][1] is not self.asked.turned
        left = self.work.left
        out = sorted(self.ranking.left_out.items(), key=lambda pair: -pair[1])
        notes = [f"{left} still to be judged"] if left else [f"{reason}: {count}" for reason, count in out]
        self.body.show(rows, self.asked.column, falls, notes)
        self.bar.show(shown(self.fields, self.asked, self.kept_as), self.field)
        self._fit_bar()

    def _ask(self, asked: RankingView, name: str = "") -> None:
        """Another view of the ranking."""
        text, self.asked, self.kept_as = self.asked.filter, asked, name
        if asked.filter != text:
            self.body.apply_filter(asked.filter)
        self.follow()

    def action_change(self, steps: int) -> None:
        """Another value of the field that takes them."""
        if self.field < len(self.fields):
            self._ask(self.fields[self.field].step(self._with_filter(), steps))
        else:
            self._next_view(steps)

    def action_turn(self) -> None:
        """The other way round."""
        self._ask(replace(self._with_filter(), turned=not self.asked.turned))

    def _with_filter(self) -> RankingView:
        return replace(self.asked, filter=self.body.filter_text)

    def _next_view(self, steps: int) -> None:
        if not self.kept.views:
            self.say("no view is kept yet; n keeps this one under a name")
            return
        name, view = self.kept.after(self.kept_as, steps)
        self._ask(view, name)

    def action_keep(self) -> None:
        """Keep this view under a name."""
        if self.kept.where is None:
            self.say("there is no settings file to keep it in")
            return
        form = NameForm("Keep this view", "Its use, filters and order, in settings.toml.", self.kept_as)
        self.app.push_screen(form, self._keep)  # pyright: ignore[reportUnknownMemberType]

    def _keep(self, name: str | None) -> None:
        if name:
            view = self._with_filter()
            try:
                said = self.kept.keep(name, view)
            except LlmfitError as problem:
                self.say(str(problem))
                return
            self._ask(view, name)
            self.say(said)

    def action_forget(self) -> None:
        """Keep the view no longer."""
        gone, said = self.kept.forget(self.kept_as)
        if gone:
            self._ask(self.asked)
        self.say(said)

    def action_take(self) -> None:
        """Go to the model, at the quantization chosen for it."""
        row, scenario = self.body.chosen, self.explorer.scenario
        if row is not None and scenario is not None:
            found = row.estimate.scenario
            settings = replace(self.work.settings, context=scenario.settings.context)
            show_scenario(
                self.explorer, replace(scenario, model=found.model, quant=found.quant, settings=settings)
            )
            self.dismiss()

    def action_why(self) -> None:
        """A second click on a row."""
        self.action_take()

    def action_filter(self) -> None:
        """Type a filter."""
        self.body.start_filter()

    def action_export(self) -> None:
        """The ranking to a file."""
        rows = tuple(self.body.rows[i] for i in self.body.shown)
        ranking = Ranking(rows, self.ranking.left_out)
        export_view(self, "ranking", lambda kind: shown_as.as_text(ranking, self.asked.wanted.use, kind))

    @on(Picked)
    def take_picked(self, message: Picked) -> None:
        """A click on the title of a column."""
        column = COLUMNS[message.place].key
        if column not in SORTS:
            return
        turned = not self.asked.turned if column == self.asked.column else False
        self._ask(replace(self._with_filter(), column=column, turned=turned))

    @on(FilterTold)
    def tell_filter(self, message: FilterTold) -> None:
        """What can be said in the filter."""
        self.key_hints.said = message.text
