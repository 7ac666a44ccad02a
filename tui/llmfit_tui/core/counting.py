"""How many machines can run a scenario at all, without rating every one of them.

Whether a scenario runs depends on a device's memory and backend, not on its speed, and more memory never
hurts: devices alike but for their memory are settled by a binary search.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.estimate import estimate
from llmfit_tui.core.hardware import DeviceKind
from llmfit_tui.core.machine import Machine
from llmfit_tui.core.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Counts:
    """Devices that run a scenario, of all that were asked about."""

    gpus: int
    """Cards with memory of their own."""
    unified: int
    """Chips whose CPU and GPU share memory."""
    others: int
    """CPU platforms and accelerators."""


def count_running(scenario: Scenario, machines: Iterable[Machine]) -> Counts:
    """Of these machines those whose rating is not "Won't run"."""
    alike: dict[tuple[object, ...], list[Machine]] = {}
    for machine in machines:
        gpu = machine.gpus[0] if machine.gpus else None
        kind = (machine.unified, bool(gpu), machine.backend, bool(gpu and gpu.backends), machine.limit_bytes)
        alike.setdefault(kind, []).append(machine)
    totals = {"gpus": 0, "unified": 0, "others": 0}
    for group in alike.values():
        group.sort(key=_memory)
        for machine in group[_first_running(scenario, group) :]:
            totals[_class(machine)] += 1
    return Counts(**totals)


def _memory(machine: Machine) -> tuple[int, int]:
    gpu = machine.gpus[0] if machine.gpus else None
    return (machine.capacity_bytes(gpu), machine.host_bytes) if gpu else (machine.host_bytes, 0)


def _first_running(scenario: Scenario, group: list[Machine]) -> int:
    """Index of the first machine, by memory, that runs it."""
    low, high = 0, len(group)
    while low < high:
        middle = (low + high) // 2
        try:
            runs = estimate(replace(scenario, machine=group[middle])).rating.level > 0
        except BadValue:
            return len(group)
        if runs:
            high = middle
        else:
            low = middle + 1
    return low


def _class(machine: Machine) -> str:
    if not machine.gpus or machine.gpus[0].kind is DeviceKind.NPU:
        return "others"
    return "unified" if machine.unified else "gpus"
