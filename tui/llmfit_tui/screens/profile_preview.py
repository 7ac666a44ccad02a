"""What another machine would change in the ratings, worked out while somebody types."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.scenario import Scenario, within_own_context
from llmfit_tui.format import amounts
from llmfit_tui.panes.figures import tried
from llmfit_tui.storage.catalogs import Catalog

LEVELS = ((5, "great"), (4, "well"), (3, "usably"))
AT_ONCE = 20
"""Models between two chances for a key to be heard."""


class Preview:
    """The present scenario beside the same one on another machine."""

    def __init__(self, scenario: Scenario, catalog: Catalog, make_room: Callable[[], None]) -> None:
        self.scenario = scenario
        self._make_room = make_room
        self.catalog = catalog
        self._now: dict[int, int] | None = None

    def choice(self, machine: Machine) -> str:
        """What becomes of the present model and quantization."""
        now = self._rated(self.scenario)
        then = self._rated(replace(self.scenario, machine=machine))
        change = now if now == then else f"{now} → {then}"
        return f"{self.scenario.model.name} {self.scenario.quant.name}: {change}."

    def _rated(self, scenario: Scenario) -> str:
        found = tried(within_own_context(scenario), self.catalog.evidence)
        if found is None:
            return "not known"
        label = found.rating.label[:1].lower() + found.rating.label[1:]
        speed = found.speed.decode_tok_s if found.rating.level else None
        return f"{label}, {amounts.rate(speed)} tok/s" if speed else label

    def counted(self, machine: Machine) -> Iterator[str | None]:
        """How many models run how well, before and here; None where a pause is welcome, the answer last."""
        if self._now is None:
            counts: dict[int, int] = {}
            yield from self._count(self.scenario.machine, counts)
            self._now = counts
        here: dict[int, int] = {}
        yield from self._count(machine, here)
        parts = [f"{word} {self._now.get(level, 0)} → {here.get(level, 0)}" for level, word in LEVELS]
        yield f"Of {len(self.catalog.models)} models run {', '.join(parts)}."

    def _count(self, machine: Machine, counts: dict[int, int]) -> Iterator[None]:
        for number, model in enumerate(self.catalog.models):
            found = tried(replace(self.scenario, model=model, machine=machine), self.catalog.evidence)
            if found is not None:
                counts[found.rating.level] = counts.get(found.rating.level, 0) + 1
            if number % AT_ONCE == AT_ONCE - 1:
                self._make_room()
                yield None
