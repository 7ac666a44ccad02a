"""Machines like one at hand with other cards, or several of them."""

from collections.abc import Sequence
from dataclasses import replace

from llmfit_tui.core.hardware.device import Device, DeviceKind
from llmfit_tui.core.hardware.machine import Machine


def several(machine: Machine, times: int) -> Machine:
    """So many times the machine; their names as a person writes several."""
    nodes = machine.nodes * times
    one = machine.name if machine.nodes == 1 else machine.name.split("(", 1)[1].removesuffix(")")
    return replace(machine, name=f"{nodes}x({one})", gpus=machine.gpus * times, nodes=nodes)


def larger_cards(machine: Machine, devices: Sequence[Device]) -> dict[int, Device]:
    """For each larger memory the slowest card on sale that the same backend drives."""
    first = machine.gpus[0] if machine.gpus else None
    largest = max((gpu.memory_bytes or 0 for gpu in machine.gpus), default=0)
    found: dict[int, Device] = {}
    for device in devices:
        size, rate = device.memory_bytes, device.bandwidth_bytes_per_s
        if size is None or rate is None or size <= largest or not device.verified:
            continue
        if first is not None and first.unified:
            alike = device.card == first.card
        else:
            alike = device.kind in {DeviceKind.DESKTOP, DeviceKind.WORKSTATION, DeviceKind.DATACENTER}
            alike = alike and (first is None or machine.backend in device.backends)
        if alike and (size not in found or rate < (found[size].bandwidth_bytes_per_s or 0)):
            found[size] = device
    return found


def with_cards(machine: Machine, device: Device, count: int) -> Machine:
    """The machine with so many of this card in place of what it has."""
    host = machine.host_bytes if not device.unified else device.memory_bytes or 0
    backend = machine.backend if machine.gpus else device.backends[0]
    name = device.name if count < 2 else f"{count}x {device.name}"
    return replace(
        machine, name=name, gpus=(device,) * max(count, 1), host_bytes=host, backend=backend, limit_bytes=None
    )
