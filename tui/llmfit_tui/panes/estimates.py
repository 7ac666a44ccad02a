"""Estimates made once: a row, the panel and the way back to a scenario ask for the same ones.

By the closed formula for compute buffers, which costs a hundredth of a plan. What estimates take is loaded
with the first one, which the first picture does not wait for.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.identity import Kept
from llmfit_tui.core.scenario import Scenario, with_context, within_own_context

if TYPE_CHECKING:
    from llmfit_tui.core.estimate import Estimate
    from llmfit_tui.core.speed.evidence import Evidence

MOST_KEPT = 2048
"""Some forty screens of rows."""
ROOM_EVERY = 32


class Estimates:
    """Kept for a while; the oldest go first."""

    def __init__(self, evidence: "Callable[[], Evidence]") -> None:
        self._evidence = evidence
        self._kept: Kept[tuple[Estimate | None]] = Kept(MOST_KEPT)
        self._at_full_context = Kept[tuple[int | None]](MOST_KEPT)
        self.made = 0
        """How many were not known before."""
        self.make_room: Callable[[], None] = lambda: None
        """Called now and then, between two estimates."""

    @property
    def evidence(self) -> "Evidence":
        """What they are made with."""
        return self._evidence()

    def of(self, asked: Scenario) -> "Estimate | None":
        """At no more than the model's own context; None where a size is unknown."""
        scenario = self.shown(asked)
        made_from = scenario.model, scenario.quant, scenario.machine, scenario.settings
        kept = self._kept.get(*made_from)
        if kept is None:
            from llmfit_tui.core.estimate import estimate

            self._count()
            try:
                found = estimate(scenario, self.evidence)
            except LlmfitError:
                found = None
            kept = self._kept.keep((found,), *made_from)
        return kept[0]

    def vram_at_full_context(self, asked: Scenario) -> int | None:
        """VRAM bytes at the model's own context; None where that or a size is unknown."""
        own = asked.model.context_max
        if own is None:
            return None
        settings = with_context(asked.settings, own)
        made_from = asked.model, asked.quant, asked.machine, settings
        kept = self._at_full_context.get(*made_from)
        if kept is None:
            from llmfit_tui.core.estimate import placed

            self._count()
            try:
                found = placed(Scenario(*made_from), self.evidence).vram_bytes
            except LlmfitError:
                found = None
            kept = self._at_full_context.keep((found,), *made_from)
        return kept[0]

    def clear(self) -> None:
        """Forget all of them."""
        self._kept.clear()
        self._at_full_context.clear()

    def _count(self) -> None:
        self.made += 1
        if self.made % ROOM_EVERY == 0:
            self.make_room()

    def shown(self, asked: Scenario) -> Scenario:
        """The scenario as it is estimated."""
        return within_own_context(asked)
