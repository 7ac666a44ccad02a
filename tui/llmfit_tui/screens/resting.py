"""What takes longer than a key may is worked out once the cursor rests: plan, limits, advice, counts.

Until then the panel shows the estimate by the closed formula, which differs from the plan by less than one
per cent nearly always, and dashes for what is not known. Each step is a message of its own, so that a key
that comes meanwhile goes first, and ends the steps of the scenario it leaves.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.panes.direct import is_seen
from llmfit_tui.panes.estimate import Answers
from llmfit_tui.screens.answer_actions import NO_CHANGE
from llmfit_tui.screens.explorer_base import ExplorerBase
from llmfit_tui.screens.room import Room

if TYPE_CHECKING:
    from llmfit_tui.core.estimate import Estimate

RESTS_AFTER_S = 0.2
"""Without a key for so long, the cursor rests."""
MOST_KEPT = 256
Key = tuple[int, int, int, int]


class Resting(ExplorerBase):
    """Answers of scenarios one comes back to are known at once."""

    rests_after_s: float = RESTS_AFTER_S
    _timer_handle: asyncio.TimerHandle | None = None
    _steps: Iterator[None] | None = None
    """What is left to work out."""
    _foreseen: Iterator[None] | None = None
    """What is left to import for views nobody has opened yet."""
    _room: Room | None = None
    _answers: "dict[Key, tuple[Scenario, Estimate, Answers]]"

    def answer(self, asked: Scenario) -> None:
        """Show the estimate of another scenario, and the rest of it later."""
        shown = self.estimates.shown(asked)
        known = self._known().get(_key(shown))
        answers = Answers()
        if known is not None:
            _, self.found, answers = known
        else:
            self.found = self.estimates.of(shown)
        if self.found is None:
            self._steps = None
            self.panel.show(None, answers, _problem(shown, self))
        else:
            self.panel.show(self.found, answers)
            self._steps = self._worked_out(shown, answers)
        self.rest_later()

    def rest_later(self) -> None:
        """Go on once the cursor has rested for a while from now."""
        if self._timer_handle is not None:
            self._timer_handle.cancel()
        self._timer_handle = asyncio.get_running_loop().call_later(self.rests_after_s, self._rest)

    def settled(self) -> "Estimate | None":
        """The estimate with its compute buffers planned, without waiting for the cursor to rest."""
        if self._steps is not None and self.found is not None and not self.found.scenario.settings.planned:
            next(self._steps, None)
        return self.found

    def _rest(self) -> None:
        """The next step, as a message: keys that wait go before it. Behind a view the steps rest."""
        if not self.is_running:
            return
        self.rested()
        if is_seen(self):
            self.call_later(self._step, self._timer_handle)

    def _step(self, handle: asyncio.TimerHandle | None) -> None:
        if handle is not self._timer_handle:
            return  # another scenario since
        if self._steps is not None and next(self._steps, self) is not self:
            self.call_later(self._step, handle)
        else:
            self.hardware.count()
            for pane in self.panes:
                pane.sift_again()
            self._tidy_up()
            if self.rests_after_s:
                self.call_later(self._foresee, handle)

    def _foresee(self, handle: asyncio.TimerHandle | None) -> None:
        """One more of what may be asked for next, as long as no key comes."""
        if self._foreseen is None:
            from llmfit_tui.screens.foreseen import foreseen

            self._foreseen = foreseen()
        if handle is not self._timer_handle:
            return
        if next(self._foreseen, self) is not self:
            self.call_later(self._foresee, handle)
        elif self._room is None:
            self._room = Room()

    def _tidy_up(self) -> None:
        """What takes longer than a frame and can wait until the cursor rests."""
        if self._room is not None:
            self._room.sweep()
            self.make_room()

    def make_room(self) -> None:
        """Forget what is not on screen, where so much is kept that memory would go on growing."""
        if self._room is not None and self._room.is_full():
            for pane in self.panes:
                pane.forget_unseen()
            self.estimates.clear()
            self._known().clear()
            self._room.empty()

    def _worked_out(self, shown: Scenario, answers: Answers) -> Iterator[None]:
        """Each step shows what it found."""
        from llmfit_tui.core.answers.limits import max_context
        from llmfit_tui.core.estimate import estimate

        found = self.found
        assert found is not None
        if not found.scenario.settings.planned:
            found = estimate(shown.with_settings(planned=True), self.catalog.evidence)
            self._show_answers(shown, found, answers)
            yield
        if not answers.limited:
            answers = replace(answers, limited=True, most_context=max_context(found))
            self._show_answers(shown, found, answers)
            yield
        if not answers.advised:
            used = self.in_the_way(shown)
            answers = replace(answers, advised=True, helps=self._advice(found), used=used)
            self._show_answers(shown, found, answers)

    def _advice(self, found: "Estimate") -> str:
        from llmfit_tui.core.answers.advice import first_change
        from llmfit_tui.core.rating import BEST_LEVEL
        from llmfit_tui.format.advice import change_words

        if found.rating.level == BEST_LEVEL:
            return ""
        first = first_change(found, self.catalog.quants, self.catalog.devices)
        if first is None:
            return NO_CHANGE
        label = first.found.rating.label
        return f"{change_words(first)}: {label[:1].lower()}{label[1:]}"

    def _show_answers(self, shown: Scenario, found: "Estimate", answers: Answers) -> None:
        self.found = found
        kept = self._known()
        if len(kept) >= MOST_KEPT:
            del kept[next(iter(kept))]
        kept[_key(shown)] = shown, found, answers
        self.panel.show(found, answers)

    def _known(self) -> "dict[Key, tuple[Scenario, Estimate, Answers]]":
        if "_answers" not in self.__dict__:
            self._answers = {}
        return self._answers


def _key(shown: Scenario) -> Key:
    return id(shown.model), id(shown.quant), id(shown.machine), id(shown.settings)


def _problem(shown: Scenario, screen: ExplorerBase) -> str:
    """Why there is no estimate."""
    from llmfit_tui.core.estimate import estimate

    try:
        estimate(shown, screen.catalog.evidence)
    except LlmfitError as problem:
        return str(problem)
    return ""
