"""Keys that change how the model is run: context, KV cache, slots, flash attention, host memory."""

from dataclasses import replace

from llmfit_tui.core.answers.steps import context_step, step_through
from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.hardware.device import GIB
from llmfit_tui.core.hardware.machine import ASSUMED_HOST_BYTES
from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.core.scenario import Settings, within_own_context
from llmfit_tui.screens.explorer_base import ExplorerBase

KV_TYPES = (KVType.F16, KVType.Q8_0, KVType.Q5_1, KVType.Q4_0)
"""Those of llama.cpp worth a key; of other engines, those they keep."""
SLOTS = (1, 2, 4, 8, 16, 32)
HOST_GIB = (16, 32, 64, 96, 128, 192, 256, 512, 1024)


class ScenarioActions(ExplorerBase):
    """Each replaces the scenario, and everything follows."""

    def action_context(self, direction: int) -> None:
        """Half or twice the context, up to the model's own."""
        if self.scenario:
            shown = within_own_context(self.scenario)
            context = context_step(shown.settings.context, shown.model.context_max, direction)
            self.change_settings(context=context)

    def action_kv_type(self, direction: int) -> None:
        """The next type, for keys and values alike."""
        if self.scenario:
            from llmfit_tui.core.engines.caches import CACHES

            settings = self.scenario.settings
            own = KV_TYPES if settings.engine is Engine.LLAMA_CPP else CACHES[settings.engine]
            kind = step_through(own, settings.kv_type_k, direction)
            self.change_settings(kv_type_k=kind, kv_type_v=kind)

    def action_slots(self, direction: int) -> None:
        """More or fewer slots."""
        if self.scenario:
            self.change_settings(parallel=step_through(SLOTS, self.scenario.settings.parallel, direction))

    def action_flash(self) -> None:
        """Flash attention on or off."""
        if self.scenario:
            off = self.scenario.settings.flash_attention is False
            self.change_settings(flash_attention=None if off else False)

    def action_host_memory(self, direction: int) -> None:
        """More or less host memory beside the cards."""
        self.host_gib = step_through(HOST_GIB, self.host_gib, direction)
        self._set_host(self.host_gib * GIB)

    def _set_host(self, ram_bytes: int | None) -> None:
        self.hardware.set_host_memory(ram_bytes)
        index = self.hardware.resting_index
        machine = self.hardware.machine(index) if index is not None else None
        if self.scenario and machine is not None:
            self.change(machine=machine)
        self.hardware.forget()
        self.rest_later()
        said = f"host memory {self.host_gib} GiB"
        if self.hardware.own_machine(index):
            said += " beside catalog cards; a profile has its own, e edits it"
        if self.scenario and self.scenario.machine.unified:
            said += "; this machine shares its own between CPU and GPU"
        self.say(said)

    def action_reset(self) -> None:
        """Settings as at the start."""
        if self.scenario:
            self.host_gib = ASSUMED_HOST_BYTES // GIB
            self.scenario = replace(self.scenario, settings=Settings())
            self._set_host(None)
