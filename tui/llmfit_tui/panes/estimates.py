"""Estimates made once: a row, the panel and the way back to a scenario ask for the same ones.

By the closed formula for compute buffers, which costs a hundredth of a plan. Kept by the identity of model,
type and machine, and of one object for all settings that are equal.
"""

from dataclasses import replace

from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.estimate import Estimate, estimate
from llmfit_tui.core.scenario import Scenario, Settings
from llmfit_tui.core.speed.evidence import Evidence

MOST_KEPT = 2048
"""Some forty screens of rows."""
MOST_SETTINGS = 512


class Estimates:
    """Kept for a while; the oldest go first."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self._found: dict[tuple[int, int, int, int], tuple[Scenario, Estimate | None]] = {}
        self._settings: dict[Settings, Settings] = {}
        self._within: dict[tuple[int, int], tuple[Settings, Settings]] = {}
        self.made = 0
        """How many were not known before."""

    def of(self, asked: Scenario) -> Estimate | None:
        """At no more than the model's own context; None where a size is unknown."""
        scenario = self.shown(asked)
        key = id(scenario.model), id(scenario.quant), id(scenario.machine), id(scenario.settings)
        entry = self._found.get(key)
        if entry is None:
            self.made += 1
            try:
                found = estimate(scenario, self.evidence)
            except LlmfitError:
                found = None
            if len(self._found) >= MOST_KEPT:
                del self._found[next(iter(self._found))]
            entry = self._found[key] = scenario, found
        return entry[1]

    def shown(self, asked: Scenario) -> Scenario:
        """The scenario as it is estimated: within the model's own context, its settings the kept object."""
        own = asked.model.context_max or 0
        key = id(asked.settings), own
        entry = self._within.get(key)
        if entry is None:
            settings = asked.settings
            if own and settings.context > own:
                settings = replace(settings, context=own)
            if len(self._settings) >= MOST_SETTINGS or len(self._within) >= MOST_KEPT:
                # Together: estimates are found by the objects that go.
                self._settings.clear()
                self._within.clear()
                self._found.clear()
            kept = self._settings.setdefault(settings, settings)
            entry = self._within[key] = asked.settings, kept
        kept = entry[1]
        return asked if kept is asked.settings else replace(asked, settings=kept)
