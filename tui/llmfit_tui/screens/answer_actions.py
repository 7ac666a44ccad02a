"""Keys that take a ready answer: the most context, the most slots, what would help; one takes it back."""

from dataclasses import replace

from llmfit_tui.core.scenario import Scenario
from llmfit_tui.screens.explorer_base import ExplorerBase

NO_CHANGE = "no single change lifts this rating"


class AnswerActions(ExplorerBase):
    """Each answer replaces the scenario, and is kept to be taken back."""

    def action_most_context(self) -> None:
        """The most context that keeps the placement; from there the most, wherever layers then go."""
        from llmfit_tui.core.answers.limits import max_context, max_context_anywhere

        found = self.settled()
        most = max_context(found) if found else None
        if found is None or most is None:
            return
        words = f"{most:,} tokens"
        if most == found.scenario.settings.context:
            anywhere = max_context_anywhere(found) or most
            if anywhere > most:
                most, words = anywhere, f"{anywhere:,} tokens, the most wherever the layers then go"
        self._take_answer(found.scenario.with_settings(context=most), words)

    def action_star(self) -> None:
        """The quantization with the best quality of those that run best at this context."""
        starred = self.quants.starred
        if starred is not None and self.scenario is not None:
            self._take_answer(replace(self.scenario, quant=starred), f"{starred.name}, the starred one")

    def action_most_slots(self) -> None:
        """The most slots, each with its present share of the context, that keep the placement."""
        from llmfit_tui.core.answers.limits import max_parallel

        found = self.settled()
        most = max_parallel(found) if found else None
        if found and most:
            settings = found.scenario.settings
            each = max(settings.context // settings.parallel, 1)
            asked = found.scenario.with_settings(parallel=most, context=most * each)
            self._take_answer(asked, f"{most} slots of {each:,} tokens")

    def action_help_rating(self) -> None:
        """The cheapest change that makes it fit or lifts its rating."""
        from llmfit_tui.core.answers.advice import first_change
        from llmfit_tui.core.rating import BEST_LEVEL
        from llmfit_tui.format.advice import change_words

        found = self.settled()
        if found is None:
            return
        first = first_change(found, self.catalog.quants, self.catalog.devices)
        if first is not None:
            self._take_answer(first.found.scenario, change_words(first))
        elif found.rating.level == BEST_LEVEL:
            self.say("it runs great already")
        else:
            self.say(NO_CHANGE)

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
