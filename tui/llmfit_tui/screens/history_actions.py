"""Keys that go back: to the scenario before, to one looked at lately, to one marked as a favourite."""

import asyncio
from collections.abc import Callable, Sequence

from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.screens.explorer_base import ExplorerBase
from llmfit_tui.screens.showing import show_scenario

MOST_STEPS = 50
STAYS_AFTER_S = 4.0
"""A scenario somebody looked at for so long is one to come back to."""
MOST_RECENT = 12


class HistoryActions(ExplorerBase):
    """A step is from one scenario the cursor rested on to the next: what it ran past does not count."""

    recent: tuple[str, ...] = ()
    """Scenarios looked at, as lines, the latest first."""
    favourites: tuple[str, ...] = ()
    found_before: Sequence[tuple[str, str]] = ()
    """Kind and key of what was chosen in the palette, the latest first."""
    reopen: Callable[[str], tuple[Scenario, str]] | None = None
    """The scenario of a line, and what of the line is not known here, in a sentence."""
    learned: set[str] | None = None
    """Hints that were followed; None: no hints are given."""
    stays_after_s: float = STAYS_AFTER_S
    _past: tuple[Scenario, ...] = ()
    _rested_on: Scenario | None = None
    _stay: asyncio.TimerHandle | None = None

    def rested(self) -> None:
        """The present scenario is a step."""
        now = self.scenario
        if now is None or now is self._rested_on:
            return
        if self._rested_on is not None and now != self._rested_on:
            self._past = (*self._past, self._rested_on)[-MOST_STEPS:]
        self._rested_on = now
        if self._stay is not None:
            self._stay.cancel()
        self._stay = asyncio.get_running_loop().call_later(self.stays_after_s, self.keep_recent)

    def keep_recent(self) -> None:
        """The present scenario is one to come back to."""
        if self.scenario is not None:
            line = _line(self.scenario)
            self.recent = (line, *(one for one in self.recent if one != line))[:MOST_RECENT]

    def learn(self, action: str) -> None:
        """An action ran: a hint that told of it has done its work."""
        from llmfit_tui.screens.tips import learned_by, tip_after

        if self.learned is not None and (tip := learned_by(action)) and tip not in self.learned:
            self.learned.add(tip)
            for pane in (self.summary, self.panel):
                pane.show_tip(*tip_after(self.learned, self.keymap))

    def show_tips(self, learned: Sequence[str]) -> None:
        """Hints for a first visit, but for those that were followed once."""
        from llmfit_tui.screens.tips import tip_after

        self.learned = set(learned)
        self.summary.tip = self.panel.tip = tip_after(self.learned, self.keymap)

    def keep_found(self, kind: str, key: str) -> None:
        """Something was chosen in the palette."""
        others = (one for one in self.found_before if one != (kind, key))
        self.found_before = ((kind, key), *others)[:MOST_RECENT]

    def action_undo(self) -> None:
        """The scenario before the last change."""
        if self._rested_on is not None and self.scenario != self._rested_on:
            target = self._rested_on
        elif self._past:
            *rest, target = self._past
            self._past = tuple(rest)
        else:
            self.say("nothing was changed")
            return
        self._rested_on = target
        show_scenario(self, target)
        more = f"; {len(self._past)} more" if self._past else ""
        self.say(f"taken back: {_words(_line(target))}{more}")

    def action_favourite(self) -> None:
        """Mark the scenario as a favourite, or no longer."""
        if self.scenario is None:
            return
        line = _line(self.scenario)
        marked = line not in self.favourites
        try:
            if self.profiles.where is not None:
                from llmfit_tui.storage.remembered import mark_favourite

                self.favourites = mark_favourite(self.profiles.where, line, marked)
            else:
                others = (one for one in self.favourites if one != line)
                self.favourites = (line, *others) if marked else tuple(others)
        except LlmfitError as problem:
            self.say(str(problem))
            return
        key = self.keymap.first_of("view.kept")
        self.say(f"a favourite now; {key} lists them" if marked else "no favourite any more")

    def open_line(self, line: str) -> None:
        """Go to the scenario of a line, as far as it is known here."""
        if self.reopen is None:
            return
        scenario, problem = self.reopen(line)
        show_scenario(self, scenario)
        self.say(problem or _words(line))


def _line(scenario: Scenario) -> str:
    from llmfit_tui.format.scenario_line import scenario_line  # not before the first paint

    return scenario_line(scenario)


def _words(line: str) -> str:
    from llmfit_tui.format.scenario_line import line_words

    return line_words(line)
