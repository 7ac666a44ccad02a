"""How many machines can run a scenario at all, without rating every one of them.

Whether a scenario runs depends on a device's memory and backend, not on its speed, and more memory never
hurts: devices alike but for their memory are settled by a binary search.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.estimate import runs
from llmfit_tui.core.hardware.device import DeviceKind
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import Scenario


@record
class Counts:
    """Devices that run a scenario, of all that were asked about."""

    gpus: int
    """Cards with memory of their own."""
    unified: int
    """Chips whose CPU and GPU share memory."""
    others: int
    """CPU platforms and accelerators."""


@record
class Group:
    """Machines alike but for their memory."""

    counts_as: str
    """A field of `Counts`."""
    machines: tuple[Machine, ...]
    """The least memory first."""


def grouped(machines: Iterable[Machine]) -> tuple[Group, ...]:
    """The machines in groups, for counting more than once."""
    alike: dict[tuple[object, ...], list[Machine]] = {}
    for machine in machines:
        gpu = machine.gpus[0] if machine.gpus else None
        kind = (_class(machine), machine.backend, bool(gpu), bool(gpu and gpu.backends), machine.limit_bytes)
        alike.setdefault(kind, []).append(machine)
    return tuple(Group(str(kind[0]), tuple(sorted(group, key=_memory))) for kind, group in alike.items())


def count_running(scenario: Scenario, groups: Iterable[Group]) -> Counts:
    """Of these machines those whose rating is not "Won't run"."""
    totals = {"gpus": 0, "unified": 0, "others": 0}
    for group in groups:
        totals[group.counts_as] += len(group.machines) - _first_running(scenario, group.machines)
    return Counts(**totals)


def _memory(machine: Machine) -> tuple[int, int]:
    gpu = machine.gpus[0] if machine.gpus else None
    return (machine.capacity_bytes(gpu), machine.host_bytes) if gpu else (machine.host_bytes, 0)


def _first_running(scenario: Scenario, machines: Sequence[Machine]) -> int:
    """Index of the first machine, by memory, that runs it; often it is the very first."""
    low, high, middle = 0, len(machines), 0
    while low < high:
        try:
            here = runs(replace(scenario, machine=machines[middle]))
        except BadValue:
            return len(machines)
        if here:
            high = middle
        else:
            low = middle + 1
        middle = (low + high) // 2
    return low


def _class(machine: Machine) -> str:
    if not machine.gpus or machine.gpus[0].kind is DeviceKind.NPU:
        return "others"
    return "unified" if machine.unified else "gpus"
