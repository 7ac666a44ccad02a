"""The key that has another engine run the model: llama.cpp, Ollama, vLLM, MLX."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.engines.formats import runs_format
from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.scenario import Scenario, within_own_context
from llmfit_tui.format.engine_names import ENGINE_NAMES
from llmfit_tui.screens.explorer_base import ExplorerBase

ENGINES = tuple(Engine)


def next_of(engines: Sequence[Engine], engine: Engine) -> Engine:
    """The one after; after the last the first."""
    return engines[(engines.index(engine) + 1) % len(engines)]


def _loading(quant: Quant) -> list[Engine]:
    return [engine for engine in ENGINES if runs_format(engine, quant)]


class EngineActions(ExplorerBase):
    """An engine sees a machine its own way, so every row of the hardware changes with it."""

    _left: Mapping[Engine, Quant] = {}
    """The format each engine ran last."""
    _put: Quant | None = None
    """The format that came with an engine, and goes with it."""

    def action_engine(self) -> None:
        """The next engine that can run this model here; why not, of those passed over."""
        now = self.scenario
        if now is None:
            return
        passed: list[str] = []
        engine = now.settings.engine
        while (engine := next_of(ENGINES, engine)) is not now.settings.engine:
            try:
                there = self._under(now, engine)
            except LlmfitError as problem:
                passed.append(str(problem).removeprefix("--engine ").rstrip("."))
                continue
            self._take(there)
            said = f"in {ENGINE_NAMES[engine]}"
            if there.quant is not now.quant:
                loads = runs_format(engine, now.quant)
                said += "" if loads else f", which does not load {now.quant.name}"
                said += f": {there.quant.name} in its place"
            passed.insert(0, said)
            break
        self.say("; ".join(passed))

    def _under(self, now: Scenario, engine: Engine) -> Scenario:
        """The scenario run by the engine, in a format it loads. Raises LlmfitError where it cannot."""
        from llmfit_tui.core.engines.machines import for_engine
        from llmfit_tui.core.estimate import estimate

        machine = for_engine(self._plain(now), engine, self.catalog.links)
        there = replace(now.with_settings(engine=engine), machine=machine)
        if now.quant is self._put or not runs_format(engine, now.quant):
            there = replace(there, quant=self._left.get(engine) or self._recommended(there))
        estimate(within_own_context(there), self.catalog.evidence)
        return there

    def _recommended(self, there: Scenario) -> Quant:
        from llmfit_tui.core.answers.recommend import recommended

        best = recommended(within_own_context(there), self.catalog.quants, self.catalog.evidence)
        return best.scenario.quant if best else there.quant

    def _plain(self, now: Scenario) -> Machine:
        """The machine as nobody's engine sees it: the one under the cursor, or one that is in no row."""
        index = self.hardware.resting_index
        if index is not None and now.machine is self.hardware.machine(index):
            return self.hardware.plain_machine(index) or now.machine
        left_free = now.settings.engine is Engine.OLLAMA
        return replace(now.machine, margin_bytes=0) if left_free else now.machine

    def _take(self, there: Scenario) -> None:
        """Lists and scenario as the engine has them."""
        now, index = self.scenario, self.hardware.resting_index
        if now is not None and now.quant is not self._put:
            self._left = {**self._left, **dict.fromkeys(_loading(now.quant), now.quant)}
        if now is not None and there.quant is not now.quant:
            self._put = there.quant
        in_row = now is not None and index is not None and now.machine is self.hardware.machine(index)
        self.hardware.set_engine(there.settings.engine)
        if in_row and index is not None and (machine := self.hardware.machine(index)):
            there = replace(there, machine=machine)
        self.quants.put_cursor(self.quants.quants.index(there.quant))
        self.scenario = there
        self.hardware.forget()
