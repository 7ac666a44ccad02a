"""The Hardware pane: every device rated for the chosen model and quantization."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.hardware.device import GIB, Device, DeviceKind
from llmfit_tui.core.hardware.link import Link
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.hardware.machines import Wishes, machine_of
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import Scenario, within_own_context
from llmfit_tui.format.devices import THIS_MACHINE, memory_label, rate_label, short_name
from llmfit_tui.messages.choices import MachineChosen, ProfileBroken
from llmfit_tui.panes.columns import Column
from llmfit_tui.panes.estimates import Estimates
from llmfit_tui.panes.figures import RATING_WIDTH, FigureList, plain
from llmfit_tui.panes.painted import Span

if TYPE_CHECKING:
    from llmfit_tui.core.counting import Counts, Group
    from llmfit_tui.core.filters.field import Field

COLUMNS = (
    Column("mark", "", 1, right=False),
    Column("rating", "rating", RATING_WIDTH, right=False, drop=1),
    Column("name", "hardware", 0, right=False),
    Column("memory", "memory", 6),
    Column("bandwidth", "GB/s", 5, drop=2),
    Column("speed", "tok/s", 5),
)


OWN_WORDS = "own profile"
"""A filter that every machine of the person's own passes, and nothing else."""


@record
class OwnMachine:
    """A profile as a row: its machine, or why it makes none."""

    name: str
    machine: Machine | None
    problem: str = ""
    shared: bool = False
    """From a server's owner or a file of its own: to be used and copied, not changed."""
    tags: str = ""
    """Words its owner finds it by."""
    detected: bool = False
    """The machine the program runs on, as it was found."""


class HardwarePane(FigureList):
    """Rows: a person's own machines first, then every device of the catalog."""

    facts = frozenset({"name", "memory", "bandwidth"})

    def __init__(
        self, devices: Sequence[Device], estimates: Estimates, links: Callable[[], Sequence[Link]]
    ) -> None:
        super().__init__("Hardware", estimates, id="hardware")
        self.devices = devices
        self.own: Sequence[OwnMachine] = ()
        self.shown = range(self.row_count())
        self.wishes = Wishes()
        self.engine, self.links = Engine.LLAMA_CPP, links
        """What runs the models, which sees a machine its own way, and what may connect cards and machines."""
        self._machines: dict[int, Machine] = {}
        """By place in the catalog; a person's own have places before it."""
        self._counts: Counts | None = None
        self._groups: tuple[Group, ...] = ()
        """Machines of the catalog as they are counted; empty: to be made."""

    def row_count(self) -> int:
        """Own machines, and every memory option of every device."""
        return len(self.own) + len(self.devices)

    def device(self, index: int) -> Device | None:
        """The catalog's device in a row; None for a person's own machine."""
        return self.devices[index - len(self.own)] if index >= len(self.own) else None

    def own_machine(self, index: int | None) -> OwnMachine | None:
        """The person's own machine in a row; None for a device of the catalog."""
        return self.own[index] if index is not None and index < len(self.own) else None

    def filter_terms(self) -> "tuple[Sequence[Field], Sequence[str]]":
        """As of hardware."""
        from llmfit_tui.core.filters.hardware import FIELDS, WORDS

        return FIELDS, WORDS

    def row_words(self, index: int) -> str:
        """Name, aliases, vendor and kind."""
        from llmfit_tui.core.filters.hardware import words_of  # not at the start

        device = self.device(index)
        if device is None:
            own = self.own[index]
            shared = "shared" if own.shared else ""
            return f"{own.name} {own.tags} {shared} {OWN_WORDS}"
        return words_of(device)

    def row(self, index: int) -> Device | Machine | None:
        """The device, or the person's own machine."""
        return self.device(index) or self.own[index].machine

    def columns(self) -> Sequence[Column]:
        """Fixed."""
        return COLUMNS

    def rests_on(self, scenario: Scenario) -> tuple[object, ...]:
        """Everything but the machine."""
        return scenario.model, scenario.quant, scenario.settings

    def machine(self, index: int) -> Machine | None:
        """The row's machine, a device with the present host; None for a profile that makes none."""
        key = index - len(self.own)
        if key not in self._machines:
            machine = self.plain_machine(index)
            if machine is None:
                return None
            if self.engine is not Engine.LLAMA_CPP or machine.nodes > 1:
                from llmfit_tui.core.engines.machines import for_engine

                machine = for_engine(machine, self.engine, self.links())
            self._machines[key] = machine
        return self._machines[key]

    def plain_machine(self, index: int) -> Machine | None:
        """The row's machine as llama.cpp sees it."""
        device = self.device(index)
        if device is None:
            return self.own[index].machine
        wishes = self.wishes if device.kind is not DeviceKind.UNIFIED else Wishes()
        return machine_of(device.name, (device,), wishes)

    def set_engine(self, engine: Engine) -> None:
        """Show every machine as another engine sees it."""
        self.engine = engine
        self._forget_machines()

    def set_host_memory(self, ram_bytes: int | None) -> None:
        """Give every machine of the catalog a host of this much memory."""
        self.wishes = Wishes(ram_bytes=ram_bytes)
        self._forget_machines()

    def _forget_machines(self) -> None:
        self._machines.clear()
        self._groups, self._counts = (), None
        self._estimates.clear()

    def set_this(self, row: OwnMachine) -> None:
        """The machine the program runs on, which stands before all profiles."""
        self.set_own([row, *(own for own in self.own if not own.detected)])

    def set_profiles(self, own: Sequence[OwnMachine]) -> None:
        """Other profiles, behind the machine the program runs on."""
        self.set_own([*(one for one in self.own if one.detected), *own])

    def set_own(self, own: Sequence[OwnMachine]) -> None:
        """Other machines of the person's own; the cursor stays on its row, by name."""
        index = self.resting_index
        mine = self.own_machine(index)
        device = self.device(index) if index is not None else None
        self.own = own
        self._machines = {key: machine for key, machine in self._machines.items() if key >= 0}
        self._estimates.clear()
        if mine is not None:
            index = next((i for i, one in enumerate(own) if one.name == mine.name), 0)
        elif device is not None:
            index = len(own) + self.devices.index(device)
        self.other_rows()
        if index is not None:
            self.put_cursor(index)
        self.forget()

    def scenario_of(self, index: int) -> Scenario:
        """The present scenario on this machine. Raises BadValue for a profile that makes none."""
        assert self.scenario is not None
        machine = self.machine(index)
        if machine is None:
            raise BadValue(self.own[index].problem)
        asked = self.scenario
        return Scenario(asked.model, asked.quant, machine, asked.settings)

    def follow(self, new: Scenario) -> None:
        """What runs another scenario is counted once the cursor rests."""
        old = self.scenario
        if old is None or any(
            a is not b for a, b in zip(self.rests_on(old), self.rests_on(new), strict=True)
        ):
            self._counts = None
        super().follow(new)

    def count(self) -> None:
        """Count what runs the scenario, where that is not known."""
        if self.scenario is None or self._counts is not None:
            return
        from llmfit_tui.core.counting import count_running, grouped

        if not self._groups:
            rows = range(len(self.own), self.row_count())
            self._groups = grouped(machine for machine in map(self.machine, rows) if machine)
        self._counts = count_running(within_own_context(self.scenario), self._groups)
        self.repaint()

    def tallies(self) -> Sequence[str]:
        """How many can run the scenario, or how many pass the filter."""
        counts = self._counts
        if len(self.shown) < self.row_count():
            return super().tallies()
        gpus = f"{counts.gpus:,}" if counts else self.marks.dash
        unified = f"{counts.unified:,}" if counts else self.marks.dash
        both = f"{counts.gpus + counts.unified:,}" if counts else self.marks.dash
        return [
            f"{gpus} GPUs and {unified} unified run it",
            f"{gpus} GPUs, {unified} unified run it",
            f"{gpus} GPUs, {unified} unified",
            f"{both} run it",
        ]

    def cell(self, index: int, column: str) -> Span:
        """Rating, name, memory, bandwidth or speed."""
        device, found = self.device(index), self.estimate_of(index)
        match column:
            case "name":
                return plain(found, short_name(device) if device else self._own_name(index))
            case "memory":
                return plain(found, self._memory(index))
            case "bandwidth":
                machine = self.machine(index)
                return plain(found, rate_label(machine.bandwidth_bytes_per_s if machine else None))
            case _:
                return self.common_cell(index, column)

    def _own_name(self, index: int) -> str:
        own = self.own[index]
        name = own.name.replace(f"{THIS_MACHINE}: ", "this: ") if own.detected else own.name
        return f"{self.marks.own} {name}{', shared' if own.shared else ''}"

    def _memory(self, index: int) -> str:
        device, machine = self.device(index), self.machine(index)
        if device is not None:
            return memory_label(device)
        if machine is None:
            return self.marks.dash
        size = machine.memory_bytes / GIB
        return f"{size:.4g} GB" if size == round(size) or size < 10 else f"{size:.0f} GB"

    def choose(self, index: int) -> None:
        """Tell the screen; a profile that makes no machine says why."""
        machine = self.machine(index)
        self.tell(MachineChosen(machine) if machine else ProfileBroken(self.own[index].problem))
