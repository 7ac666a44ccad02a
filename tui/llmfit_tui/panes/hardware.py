"""The Hardware pane: every device rated for the chosen model and quantization."""

from collections.abc import Sequence
from dataclasses import replace

from llmfit_tui.core.counting import Counts, count_running
from llmfit_tui.core.hardware import Device, DeviceKind
from llmfit_tui.core.machine import Machine
from llmfit_tui.core.machines import Wishes, machine_of
from llmfit_tui.core.quality import QualityFit
from llmfit_tui.core.scenario import Scenario, within_own_context
from llmfit_tui.format.devices import memory_label, short_name
from llmfit_tui.messages.choices import MachineChosen
from llmfit_tui.panes.columns import Column
from llmfit_tui.panes.figures import RATING_WIDTH, FigureList, plain
from llmfit_tui.panes.painted import Span

COLUMNS = (
    Column("mark", "", 1, right=False),
    Column("rating", "rating", RATING_WIDTH, right=False, drop=1),
    Column("name", "hardware", 0, right=False),
    Column("memory", "memory", 6),
    Column("bandwidth", "GB/s", 5, drop=2),
    Column("speed", "tok/s", 5),
)


class HardwarePane(FigureList):
    """Rows: rating, name, memory, bandwidth, speed; below, how many devices can run it."""

    def __init__(self, devices: Sequence[Device], fit: QualityFit) -> None:
        super().__init__("Hardware", fit, id="hardware")
        self.devices = devices
        self.shown = range(len(devices))
        self.wishes = Wishes()
        self._machines: dict[int, Machine] = {}
        self._counts: Counts | None = None

    def row_count(self) -> int:
        """Every memory option of every device."""
        return len(self.devices)

    def row_words(self, index: int) -> str:
        """Name, aliases, vendor and kind."""
        device = self.devices[index]
        aliases = " ".join(device.aliases)
        return f"{device.name} {aliases} {device.vendor} {device.kind.value} {device.architecture}"

    def columns(self) -> Sequence[Column]:
        """Fixed."""
        return COLUMNS

    def rests_on(self, scenario: Scenario) -> tuple[object, ...]:
        """Everything but the machine."""
        return scenario.model, scenario.quant, scenario.settings

    def machine(self, index: int) -> Machine:
        """The machine this device makes with the present host."""
        if index not in self._machines:
            device = self.devices[index]
            wishes = self.wishes if device.kind is not DeviceKind.UNIFIED else Wishes()
            self._machines[index] = machine_of(device.name, (device,), wishes)
        return self._machines[index]

    def set_host_memory(self, ram_bytes: int | None) -> None:
        """Give every machine a host of this much memory."""
        self.wishes = Wishes(ram_bytes=ram_bytes)
        self._machines.clear()
        self._estimates.clear()

    def scenario_of(self, index: int) -> Scenario:
        """The present scenario on this machine."""
        assert self.scenario is not None
        return replace(self.scenario, machine=self.machine(index))

    def forget(self) -> None:
        """Figures on screen first; the counts right after."""
        super().forget()
        self.call_after_refresh(self._count)

    def _count(self) -> None:
        if self.scenario is None:
            return
        machines = [self.machine(i) for i in range(len(self.devices))]
        self._counts = count_running(within_own_context(self.scenario), machines)
        self.repaint()

    def tallies(self) -> Sequence[str]:
        """How many can run the scenario, or how many pass the filter."""
        counts = self._counts
        if counts is None or len(self.shown) < len(self.devices):
            return super().tallies()
        return [
            f"{counts.gpus:,} GPUs and {counts.unified:,} unified run it",
            f"{counts.gpus:,} GPUs, {counts.unified:,} unified run it",
            f"{counts.gpus:,} + {counts.unified:,} run it",
        ]

    def cell(self, index: int, column: str) -> Span:
        """Rating, name, memory, bandwidth or speed."""
        device, found = self.devices[index], self.estimate_of(index)
        match column:
            case "name":
                return plain(found, short_name(device))
            case "memory":
                return plain(found, memory_label(device))
            case "bandwidth":
                return plain(found, f"{(device.bandwidth_bytes_per_s or 0) / 1e9:,.0f}")
            case _:
                return self.common_cell(found, column)

    def choose(self, index: int) -> None:
        """Tell the screen."""
        self.post_message(MachineChosen(self.machine(index)))
