"""Keys that change what is looked at: which pane, which rows, which half of the panel."""

from llmfit_tui.core.scenario import Scenario
from llmfit_tui.panes.figures import FigureList
from llmfit_tui.screens.explorer_base import ExplorerBase

MOST_PINS = 4
FIRST_FIGURES = {"models": "rating", "quants": "weights", "hardware": "decode"}

FIRST_VIEWS = {
    "map": "fit_map",
    "why": "why",
    "compare": "compare",
    "charts": "charts",
    "page": "model_page",
    "ranking": "ranking",
    "plan": "plan",
}
"""Views a scenario line may name, and the actions that open them."""
IN_A_LINE = {
    "Fit map": "map",
    "Why": "why",
    "Compare": "compare",
    "Charts": "charts",
    "Model": "page",
    "Ranking": "ranking",
    "Plan": "plan",
}
"""What a scenario line calls a view."""


class ViewActions(ExplorerBase):
    """None of them touches the scenario."""

    notice = ""
    """Said once the lists stand."""
    first_view = ""
    """Opened once they do."""
    _pins: tuple[Scenario, ...] = ()
    """Scenarios kept to be compared."""

    def action_filter(self) -> None:
        """Filter the pane that has the keys."""
        if isinstance(self.focused, FigureList):
            self.focused.start_filter()

    def action_pane(self, direction: int) -> None:
        """The next pane."""
        here = self.panes.index(self.focused) if self.focused in self.panes else 0  # pyright: ignore[reportArgumentType]
        self.front(self.panes[(here + direction) % len(self.panes)])

    def action_show_pane(self, name: str) -> None:
        """A pane by name."""
        self.front(next(pane for pane in self.panes if pane.id == name))

    def action_model_facts(self) -> None:
        """Estimate or specifications, where there is no room for both."""
        self.panel.shows_model = not self.panel.shows_model

    def action_why(self, figure: str = "") -> None:
        """Where the figures come from, beginning with the one that matters where the keys are."""
        from llmfit_tui.screens.why import WhyScreen

        if self.found:
            pane = self.in_front.id or ""
            screen = WhyScreen(self, figure or FIRST_FIGURES.get(pane, "rating"))
            self.app.push_screen(screen)  # pyright: ignore[reportUnknownMemberType]

    def action_fit_map(self) -> None:
        """Every quantization at every context, and the same on other hardware."""
        from llmfit_tui.screens.fitmap import FitMapScreen

        if self.scenario:
            self.app.push_screen(FitMapScreen(self))  # pyright: ignore[reportUnknownMemberType]

    def action_charts(self) -> None:
        """Memory, speed, quality and models as charts."""
        from llmfit_tui.screens.charts import ChartsScreen

        if self.found:
            self.app.push_screen(ChartsScreen(self))  # pyright: ignore[reportUnknownMemberType]

    def action_model_page(self) -> None:
        """Everything about the model on one page."""
        from llmfit_tui.screens.page import PageScreen

        if self.found:
            self.app.push_screen(PageScreen(self))  # pyright: ignore[reportUnknownMemberType]

    def action_ranking(self) -> None:
        """Every model on this hardware, best first."""
        from llmfit_tui.screens.ranking import RankingScreen

        if self.scenario:
            self.app.push_screen(RankingScreen(self))  # pyright: ignore[reportUnknownMemberType]

    def action_plan(self) -> None:
        """What hardware runs this model."""
        from llmfit_tui.screens.plan import PlanScreen

        if self.found:
            self.app.push_screen(PlanScreen(self))  # pyright: ignore[reportUnknownMemberType]

    def action_pin(self) -> None:
        """Keep the scenario to be compared, or no longer."""
        scenario = self.scenario
        if scenario is None or self.found is None:
            return
        if scenario in self._pins:
            self._pins = tuple(one for one in self._pins if one != scenario)
            self.say(f"no longer pinned; {len(self._pins)} are")
        elif len(self._pins) == MOST_PINS:
            self.say("four are pinned already; = shows them, x there takes one away")
        else:
            self._pins = (*self._pins, scenario)
            self.say(f"pinned, {len(self._pins)} of {MOST_PINS}; = compares")

    def action_compare(self) -> None:
        """Pinned scenarios beside the present one."""
        from llmfit_tui.screens.compare import CompareScreen

        if self.found is None:
            return
        pins = list(self._pins)

        def done(_: None) -> None:
            self._pins = tuple(pins)

        self.app.push_screen(CompareScreen(self, pins), done)  # pyright: ignore[reportUnknownMemberType]

    def action_take_away(self) -> None:
        """Texts to copy; the line of the scenario opens the view one is in."""
        from llmfit_tui.screens.takeaway import TakeawayScreen

        if self.found:
            view = IN_A_LINE.get(getattr(self.app.screen, "view", ""), "")  # pyright: ignore[reportUnknownMemberType]
            self.app.push_screen(TakeawayScreen(self, view))  # pyright: ignore[reportUnknownMemberType]

    def action_export(self) -> None:
        """The rows of the list that has the keys, or a picture of the screen, to a file."""
        from llmfit_tui.screens.export_form import ExportForm

        pane = self.in_front
        picture = self.app.export_screenshot(title="llmfit-tui")  # pyright: ignore[reportUnknownMemberType]

        def text(kind: str) -> str:
            from llmfit_tui.format.export import exported

            if kind == "svg":
                return picture
            return exported([found for i in pane.shown if (found := pane.estimate_of(i))], kind)

        def done(said: str | None) -> None:
            if said:
                self.say(said)

        form = ExportForm(f"llmfit-{pane.id}.json", text)
        self.app.push_screen(form, done)  # pyright: ignore[reportUnknownMemberType]

    def action_tensors(self) -> None:
        """What the chosen quantization is made of."""
        from llmfit_tui.format.tensors import tensor_details
        from llmfit_tui.screens.tensors import TensorScreen

        found = self.settled()
        if found:
            screen = TensorScreen(tensor_details(found))
            self.app.push_screen(screen)  # pyright: ignore[reportUnknownMemberType]
