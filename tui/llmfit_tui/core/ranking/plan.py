"""The question turned round: which hardware runs this model well enough, the least of it first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from enum import Enum

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.hardware.device import GIB, Device, DeviceKind
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.hardware.machines import Wishes, machine_of
from llmfit_tui.core.placement.placement import Mode
from llmfit_tui.core.ranking.wish import Wish
from llmfit_tui.core.record import record

COUNTS = (2, 3, 4, 6, 8)
"""So many of one card are put into a machine."""
TOO_WEAK = 8 * GIB
"""Cards with less are not bought in pairs."""


class Group(Enum):
    """What hardware is to a buyer, in the order of a list."""

    CONSUMER = "consumer"
    LAPTOP = "laptop"
    WORKSTATION = "workstation"
    MAC = "mac"
    UNIFIED = "unified"
    SERVER = "server"
    SEVERAL = "several"
    CPU = "cpu"


_GROUPS = {
    DeviceKind.DESKTOP: Group.CONSUMER,
    DeviceKind.LAPTOP: Group.LAPTOP,
    DeviceKind.WORKSTATION: Group.WORKSTATION,
    DeviceKind.DATACENTER: Group.SERVER,
    DeviceKind.UNIFIED: Group.UNIFIED,
    DeviceKind.CPU: Group.CPU,
    DeviceKind.NPU: Group.SERVER,
}
_IN_PAIRS = frozenset({DeviceKind.DESKTOP, DeviceKind.WORKSTATION, DeviceKind.DATACENTER})


@record
class Offer:
    """Hardware that does what was asked."""

    group: Group
    device: Device
    count: int
    estimate: Estimate


@record
class Plan:
    """Offers by group, the least memory first and the newest of equal memory first; and what was left out."""

    offers: tuple[Offer, ...]
    left_out: dict[str, int] = field(default_factory=dict[str, int])
    """How many devices, each taken once, fall short for which reason."""

    def of(self, group: Group) -> tuple[Offer, ...]:
        """The offers of a group."""
        return tuple(offer for offer in self.offers if offer.group is group)


@record
class Attempt:
    """What became of one device."""

    offers: tuple[Offer, ...]
    missing: str | None
    """Why one of it is not enough; None where it is, or cannot be tried."""


def plan(wish: Wish, devices: Sequence[Device], wishes: Wishes) -> Plan:
    """Try every device alone, and cards that fall short in twos and more until there are enough.

    `wishes` says what is known of the host; a device takes of it what applies to its kind.
    """
    return plan_of(attempt(wish, device, wishes) for device in devices)


def attempt(wish: Wish, device: Device, wishes: Wishes) -> Attempt:
    """Try one device."""
    found, missing = _tried(wish, device, 1, wishes)
    if found is not None and missing is None:
        return Attempt((Offer(group_of(device), device, 1, found),), None)
    several = found is not None and device.kind in _IN_PAIRS and (device.memory_bytes or 0) >= TOO_WEAK
    return Attempt(tuple(_several(wish, device, wishes)) if several else (), missing)


def plan_of(attempts: Iterable[Attempt]) -> Plan:
    """What was found, in order."""
    offers: list[Offer] = []
    left_out: dict[str, int] = {}
    for one in attempts:
        offers += one.offers
        if one.missing is not None:
            left_out[one.missing] = left_out.get(one.missing, 0) + 1
    offers.sort(key=_least_first)
    return Plan(tuple(offers), left_out)


def group_of(device: Device) -> Group:
    """The group of one device."""
    if device.unified and device.vendor == "Apple":
        return Group.MAC
    return _GROUPS[device.kind]


def _several(wish: Wish, device: Device, wishes: Wishes) -> Iterator[Offer]:
    """The fewest of a card that do it; what is too slow with all of it on cards is no faster on more."""
    for count in COUNTS:
        found, missing = _tried(wish, device, count, wishes)
        if found is None:
            return
        if missing is None:
            yield Offer(Group.SEVERAL, device, count, found)
            return
        if found.rating.level and found.placement.mode is Mode.GPU:
            return


def _tried(wish: Wish, device: Device, count: int, wishes: Wishes) -> tuple[Estimate | None, str | None]:
    try:
        machine = _machine(device, count, wishes)
    except BadValue:
        return None, None
    if machine.bandwidth_bytes_per_s is None or not machine.memory_bytes:
        return None, "memory or bandwidth not known"
    found = wish.on(machine)
    return found, wish.missing(found)


def _machine(device: Device, count: int, wishes: Wishes) -> Machine:
    """So many of a device. Raises BadValue where it cannot be run as wished."""
    name = device.name if count == 1 else f"{count}x {device.name}"
    if device.unified:
        wishes = Wishes(None, wishes.margin_bytes, None, wishes.backend)
    elif device.kind is DeviceKind.CPU:
        wishes = Wishes(wishes.ram_bytes, None, None, wishes.backend, wishes.ram_bandwidth)
    else:
        wishes = Wishes(wishes.ram_bytes, wishes.margin_bytes, None, wishes.backend, wishes.ram_bandwidth)
    return machine_of(name, (device,) * count, wishes)


def _least_first(offer: Offer) -> tuple[int, int, str, float]:
    order = list(Group).index(offer.group)
    memory = offer.count * (offer.device.memory_bytes or offer.estimate.scenario.machine.host_bytes)
    newest = "".join(chr(0x10FFFF - ord(letter)) for letter in offer.device.release_date or "")
    return order, memory, newest or chr(0x10FFFF), -(offer.estimate.speed.decode_tok_s or 0.0)
