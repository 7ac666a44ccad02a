"""Keys that take a ready answer: the most context, the most slots, what would help; one takes it back."""

from llmfit_tui.core.answers.advice import first_change
from llmfit_tui.core.answers.limits import max_context, max_parallel
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.format.advice import change_words
from llmfit_tui.panes.estimate import EstimatePane
from llmfit_tui.screens.explorer_base import ExplorerBase

BEST_LEVEL = 5


class AnswerActions(ExplorerBase):
    """Each answer replaces the scenario, and is kept to be taken back."""

    def action_most_context(self) -> None:
        """The most context that keeps the placement."""
        most = max_context(self.found) if self.found else None
        if self.found and most:
            self._take_answer(self.found.scenario.with_settings(context=most), f"{most:,} tokens")

    def action_most_slots(self) -> None:
        """The most slots, each with its present share of the context, that keep the placement."""
        most = max_parallel(self.found) if self.found else None
        if self.found and most:
            settings = self.found.scenario.settings
            each = max(settings.context // settings.parallel, 1)
            asked = self.found.scenario.with_settings(parallel=most, context=most * each)
            self._take_answer(asked, f"{most} slots of {each:,} tokens")

    def action_help_rating(self) -> None:
        """The cheapest change that makes it fit or lifts its rating."""
        if self.found is None:
            return
        first = first_change(self.found, self.catalog.quants, self.catalog.devices)
        if first is not None:
            self._take_answer(first.found.scenario, change_words(first))
        elif self.found.rating.level == BEST_LEVEL:
            self.say("it runs great already")
        else:
            self.say("no single change lifts this rating")

    def action_take_back(self) -> None:
        """The scenario before the last answer."""
        if not self.answers:
            self.say("no answer was taken")
            return
        self._show_scenario(self.answers.pop())
        self.say("the answer is taken back")

    def _take_answer(self, scenario: Scenario, words: str) -> None:
        if self.scenario is not None:
            scenario = scenario.with_settings(planned=self.scenario.settings.planned)
        if self.scenario is None or scenario == self.scenario:
            self.say(f"{words}: as it is")
            return
        self.answers.append(self.scenario)
        self._show_scenario(scenario)
        self.say(f"{words}; H takes it back")

    def _show_scenario(self, scenario: Scenario) -> None:
        """Another scenario, with the cursors on what it is made of."""
        before, self.scenario = self.scenario, scenario
        if before is None or before.quant is not scenario.quant:
            self.quants.put_cursor(self.quants.quants.index(scenario.quant))
            self.quants.repaint()
        if before is None or before.machine.name != scenario.machine.name:
            self.put_machine(scenario.machine.name)
            self.hardware.repaint()

    def look_for_help(self) -> None:
        """Say in the estimate panel what `help_rating` would take."""
        found = self.found
        if found is None or found.rating.level == BEST_LEVEL:
            return
        first = first_change(found, self.catalog.quants, self.catalog.devices)
        if first is not None:
            label = first.found.rating.label
            self.query_one(EstimatePane).helps = f"{change_words(first)}: {label[:1].lower()}{label[1:]}"
