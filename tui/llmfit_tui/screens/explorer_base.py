"""What every group of keys may rely on: the scenario, its estimate, the panes, and a line to speak on."""

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.reactive import Reactive, var
from textual.screen import Screen
from textual.widget import Widget

from llmfit_tui.core.errors import printable
from llmfit_tui.core.hardware.device import GIB
from llmfit_tui.core.hardware.machine import ASSUMED_HOST_BYTES
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.panes.estimate import EstimatePane
from llmfit_tui.panes.estimates import Estimates
from llmfit_tui.panes.figures import FigureList
from llmfit_tui.panes.hardware import HardwarePane
from llmfit_tui.panes.models import ModelPane
from llmfit_tui.panes.quants import QuantPane
from llmfit_tui.panes.summary import KeyHints, Summary
from llmfit_tui.screens.keys.bindings import STAYING, explorer_hints
from llmfit_tui.screens.keys.keymap import Keymap
from llmfit_tui.screens.profile_keys import ProfileKeys
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.places import Places

if TYPE_CHECKING:
    from llmfit_tui.core.estimate import Estimate


class ExplorerBase(Screen[None]):
    """Owns the scenario. Groups of keys derive from it, and the explorer from all of them.

    To add keys: a row for each in `keys/explorer.py`, and `action_NAME` in the group it belongs to. A new
    group is a class in its own module, named among the bases of `ExplorerScreen`.
    """

    scenario: var[Scenario | None] = var[Scenario | None](None)
    """As asked for: its context may be more than the model's own."""
    found: "Estimate | None" = None
    """The estimate of the scenario, by the closed formula until the cursor rests; None where a size is
    unknown."""
    focused: Reactive[Widget | None] = Reactive[Widget | None](None, repaint=False)
    """As in every screen; here panes paint what changes with the keys, and not the whole screen."""

    def __init__(
        self, catalog: Catalog, start: Scenario, where: Places | None = None, keymap: Keymap | None = None
    ) -> None:
        super().__init__()
        self.keymap = keymap or Keymap()
        self.catalog = catalog
        self.start = start
        first = [model for model in catalog.models if model.id == start.model.id]
        models = [*first, *(model for model in catalog.models if model.id != start.model.id)]
        name = start.machine.gpus[0].name if start.machine.gpus else ""
        devices = sorted(catalog.devices, key=lambda device: device.name != name)
        self.estimates = Estimates(lambda: catalog.evidence)
        self.models = ModelPane(models, self.estimates)
        self.quants = QuantPane(catalog.quants, self.estimates)
        self.hardware = HardwarePane(devices, self.estimates, lambda: catalog.links)
        self.summary, self.panel = Summary(id="summary"), EstimatePane(id="estimate")
        self.key_hints = KeyHints(explorer_hints(self.keymap), STAYING)
        self.panes: tuple[FigureList, ...] = (self.models, self.quants, self.hardware)
        self.in_front: FigureList = self.models
        """The pane that has the keys, or gets them back."""
        self.profiles = ProfileKeys(catalog, where, self.hardware)
        self.answers: list[Scenario] = []
        """Scenarios before an answer was taken, the last one first to come back."""
        self.host_gib = ASSUMED_HOST_BYTES // GIB

    def say(self, text: str) -> None:
        """Say something in place of the key hints, until the next key."""
        self.key_hints.said = printable(text)

    def in_the_way(self, scenario: Scenario) -> str:
        """What in use on this machine keeps the scenario from fitting, in words; empty: nothing does."""
        del scenario
        return ""

    def hush(self) -> None:
        """The key hints again."""
        self.key_hints.said = ""

    def change(self, **changes: object) -> None:
        """Another scenario: some of model, quant, machine, settings."""
        if self.scenario:
            self.scenario = replace(self.scenario, **changes)  # pyright: ignore[reportArgumentType]

    def change_settings(self, **changes: object) -> None:
        """The scenario with some of its settings changed, by their names in `Settings`."""
        if self.scenario:
            self.scenario = self.scenario.with_settings(**changes)

    def put_machine(self, name: str) -> None:
        """The hardware cursor on the machine of this name: a profile, or a device of the catalog."""
        for index in range(self.hardware.row_count()):
            device, own = self.hardware.device(index), self.hardware.own_machine(index)
            if (device.name if device else own and own.name) == name:
                self.hardware.show_row(index)
                return

    def rested(self) -> None:
        """The cursor rests: the present scenario is one that was looked at."""

    def rest_later(self) -> None:
        """What is not known yet is worked out once the cursor has rested for a while from now."""
        raise NotImplementedError

    def settled(self) -> "Estimate | None":
        """The estimate with its compute buffers planned, without waiting for the cursor to rest."""
        raise NotImplementedError

    def make_room(self) -> None:
        """Forget what is not on screen, where so much is kept that memory would go on growing."""
        raise NotImplementedError

    def front(self, pane: FigureList) -> None:
        """Give a pane the keys."""
        raise NotImplementedError
