"""The explorer: three panes that ask, and this screen that decides.

The screen owns the scenario and is the only place that replaces it; the panes follow.
"""

from dataclasses import replace
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.reactive import var
from textual.screen import Screen
from textual.widgets import Static

from llmfit_tui.core.errors import LlmfitError, printable
from llmfit_tui.core.estimate import Estimate, estimate
from llmfit_tui.core.hardware import GIB
from llmfit_tui.core.kvcache import KVType
from llmfit_tui.core.limits import max_context
from llmfit_tui.core.machine import ASSUMED_HOST_BYTES
from llmfit_tui.core.profile import Profile
from llmfit_tui.core.scenario import Scenario, Settings, within_own_context
from llmfit_tui.core.steps import context_step, step_through
from llmfit_tui.messages.choices import MachineChosen, ModelChosen, ProfileBroken, QuantChosen
from llmfit_tui.panes.estimate import EstimatePane
from llmfit_tui.panes.figures import FigureList
from llmfit_tui.panes.hardware import HardwarePane
from llmfit_tui.panes.models import ModelPane
from llmfit_tui.panes.quants import QuantPane
from llmfit_tui.panes.summary import KeyHints, Summary
from llmfit_tui.screens.keys import bindings, hints
from llmfit_tui.screens.profile_keys import ProfileKeys
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.places import Places

WIDE = 100
"""Columns from which the three panes stand side by side."""
LEAST_SIZE = (60, 15)
KV_TYPES = (KVType.F16, KVType.Q8_0, KVType.Q5_1, KVType.Q4_0)
SLOTS = (1, 2, 4, 8, 16, 32)
HOST_GIB = (16, 32, 64, 96, 128, 192, 256, 512, 1024)


class ExplorerScreen(Screen[None]):
    """Models, quantizations, hardware, and what follows."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]
    scenario: var[Scenario | None] = var[Scenario | None](None)
    """As asked for: its context may be more than the model's own."""
    found: var[Estimate | None] = var[Estimate | None](None)

    def __init__(self, catalog: Catalog, start: Scenario, where: Places | None = None) -> None:
        super().__init__()
        self.catalog = catalog
        self.start = start
        first = [model for model in catalog.models if model.id == start.model.id]
        models = [*first, *(model for model in catalog.models if model.id != start.model.id)]
        name = start.machine.gpus[0].name if start.machine.gpus else ""
        devices = sorted(catalog.devices, key=lambda device: device.name != name)
        fit = catalog.quality_fit
        self.models = ModelPane(models, fit)
        self.quants = QuantPane(catalog.quants, fit)
        self.hardware = HardwarePane(devices, fit)
        self.profiles = ProfileKeys(catalog, where, self.hardware)
        self.panes: tuple[FigureList, ...] = (self.models, self.quants, self.hardware)
        self.host_gib = ASSUMED_HOST_BYTES // GIB

    def compose(self) -> ComposeResult:
        """Summary, three panes, estimate, keys."""
        yield Summary(id="summary").data_bind(ExplorerScreen.scenario)
        with Horizontal(id="lists"):
            for pane in self.panes:
                yield pane.data_bind(ExplorerScreen.scenario)
        yield EstimatePane(id="estimate").data_bind(ExplorerScreen.found)
        yield KeyHints(hints())
        yield Static("llmfit-tui needs a terminal of at least 60 x 15.", id="small")

    def on_mount(self) -> None:
        """Open on the scenario given."""
        self.scenario = self.start
        self.quants.put_cursor(self.quants.quants.index(self.start.quant))
        self.set_focus(self.models)
        wrong = self.profiles.read()
        self._put_machine(self.start.machine.name)
        if wrong:
            self.query_one(KeyHints).said = printable(wrong)

    def _put_machine(self, name: str) -> None:
        """The hardware cursor on the machine of this name: a profile, or a device of the catalog."""
        for index in range(self.hardware.row_count()):
            device, own = self.hardware.device(index), self.hardware.own_machine(index)
            if (device.name if device else own and own.name) == name:
                self.hardware.put_cursor(index)
                return

    def watch_scenario(self, scenario: Scenario | None) -> None:
        """The estimate follows."""
        if scenario is None:
            return
        try:
            self.found = estimate(within_own_context(scenario), self.catalog.quality_fit)
        except LlmfitError as problem:
            self.query_one(EstimatePane).problem = str(problem)
            self.found = None

    @on(ModelChosen)
    def take_model(self, message: ModelChosen) -> None:
        """Another model."""
        if self.scenario:
            self.scenario = replace(self.scenario, model=message.model)

    @on(QuantChosen)
    def take_quant(self, message: QuantChosen) -> None:
        """Another quantization."""
        if self.scenario:
            self.scenario = replace(self.scenario, quant=message.quant)

    @on(MachineChosen)
    def take_machine(self, message: MachineChosen) -> None:
        """Another machine."""
        if self.scenario:
            self.scenario = replace(self.scenario, machine=message.machine)

    @on(ProfileBroken)
    def tell_broken(self, message: ProfileBroken) -> None:
        """A profile that makes no machine says why; the scenario stays."""
        self.query_one(KeyHints).said = printable(message.problem)

    def _set(self, **changes: object) -> None:
        if self.scenario:
            self.scenario = self.scenario.with_settings(**changes)

    def action_context(self, direction: int) -> None:
        """Half or twice the context, up to the model's own."""
        if self.scenario:
            shown = within_own_context(self.scenario)
            self._set(context=context_step(shown.settings.context, shown.model.context_max, direction))

    def action_most_context(self) -> None:
        """The most context that keeps the placement."""
        most = max_context(self.found) if self.found else None
        if most:
            self._set(context=most)

    def action_kv_type(self, direction: int) -> None:
        """The next type, for keys and values alike."""
        if self.scenario:
            kind = step_through(KV_TYPES, self.scenario.settings.kv_type_k, direction)
            self._set(kv_type_k=kind, kv_type_v=kind)

    def action_slots(self, direction: int) -> None:
        """More or fewer slots."""
        if self.scenario:
            self._set(parallel=step_through(SLOTS, self.scenario.settings.parallel, direction))

    def action_flash(self) -> None:
        """Flash attention on or off."""
        if self.scenario:
            self._set(flash_attention=None if self.scenario.settings.flash_attention is False else False)

    def action_host_memory(self, direction: int) -> None:
        """More or less host memory beside the cards."""
        self.host_gib = step_through(HOST_GIB, self.host_gib, direction)
        self._set_host(self.host_gib * GIB)

    def _set_host(self, ram_bytes: int | None) -> None:
        self.hardware.set_host_memory(ram_bytes)
        index = self.hardware.chosen_index
        machine = self.hardware.machine(index) if index is not None else None
        if self.scenario and machine is not None:
            self.scenario = replace(self.scenario, machine=machine)
            self.hardware.forget()
        said = f"host memory {self.host_gib} GiB"
        if self.hardware.own_machine(index):
            said += " beside catalog cards; a profile has its own, e edits it"
        if self.scenario and self.scenario.machine.unified:
            said += "; this machine shares its own between CPU and GPU"
        self.query_one(KeyHints).said = said

    def action_star(self) -> None:
        """The cursor to the recommended quantization."""
        index = self.quants.starred_index
        if index is not None:
            self.quants.put_cursor(index)
            self.quants.repaint()
            self.quants.choose(index)

    def action_reset(self) -> None:
        """Settings as at the start."""
        if self.scenario:
            self.host_gib = ASSUMED_HOST_BYTES // GIB
            self.scenario = replace(self.scenario, settings=Settings())
            self._set_host(None)

    def action_filter(self) -> None:
        """Filter the pane that has the keys."""
        if isinstance(self.focused, FigureList):
            self.focused.start_filter()

    def action_pane(self, direction: int) -> None:
        """The next pane."""
        here = self.panes.index(self.focused) if self.focused in self.panes else 0  # pyright: ignore[reportArgumentType]
        self._front(self.panes[(here + direction) % len(self.panes)])

    def action_show_pane(self, name: str) -> None:
        """A pane by name."""
        self._front(next(pane for pane in self.panes if pane.id == name))

    def _front(self, pane: FigureList) -> None:
        """Give a pane the keys; in a narrow terminal it is the one on screen."""
        wide = self.size.width >= WIDE
        for number, other in enumerate(self.panes, start=1):
            shown = wide or other is pane
            if other.display != shown:
                other.display = shown
            elsewhere = [f"{n} {p.heading}" for n, p in enumerate(self.panes, 1) if n != number]
            other.neighbours = () if wide else elsewhere
        self.set_focus(pane)

    def action_model_facts(self) -> None:
        """Estimate or specifications, where there is no room for both."""
        panel = self.query_one(EstimatePane)
        panel.shows_model = not panel.shows_model

    def action_profile(self, what: str) -> None:
        """Make, edit, copy, delete or bring back a profile."""
        keys, kept = self.profiles, self.profiles.chosen()
        match what:
            case "new":
                profile = keys.from_row()
                said = keys.save(profile) + "; e edits it" if profile else "no hardware is highlighted"
            case "copy":
                profile = keys.from_row()
                said = keys.save(profile) if profile and kept else "only a profile can be copied; p makes one"
            case "delete":
                said = keys.delete()
            case "undo":
                said = keys.undo()
            case "edit" if kept is None:
                said = "only a profile can be edited; p makes one of this hardware"
            case "edit" if kept is not None and not kept.own:
                said = f"{kept.profile.name} comes from {kept.path}; d copies it to your own"
            case _:
                self._open_form(kept.profile if kept and what == "edit" else None)
                return
        self.query_one(KeyHints).said = printable(said)

    def _open_form(self, before: Profile | None) -> None:
        from llmfit_tui.screens.profile_form import ProfileForm  # a tenth of the start-up, and seldom needed

        scenario = self.scenario
        assert scenario is not None
        keys = self.profiles
        blank = Profile(keys.free_name("my machine"))
        form = ProfileForm(before or blank, self.catalog, lambda machine: keys.preview(scenario, machine))

        def done(profile: Profile | None) -> None:
            if profile is not None:
                self.query_one(KeyHints).said = printable(keys.save(profile, before))

        self.app.push_screen(form, done)  # pyright: ignore[reportUnknownMemberType]

    def on_key(self, event: events.Key) -> None:
        """A message stays until the next key."""
        del event
        self.query_one(KeyHints).said = ""

    def on_resize(self, event: events.Resize) -> None:
        """Three panes side by side, or one at a time."""
        size = event.size
        self.set_class(size.width < LEAST_SIZE[0] or size.height < LEAST_SIZE[1], "-small")
        self.set_class(size.width < WIDE, "-narrow")
        self._front(self.focused if isinstance(self.focused, FigureList) else self.models)
