"""What of a machine's memory is free now, who holds the rest, and who would have to stop."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations

from llmfit_tui.core.hardware.device import GIB, Device
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.record import record
from llmfit_tui.core.seen.detected import Detected
from llmfit_tui.core.seen.matching import Match
from llmfit_tui.core.seen.text import bus_address, plain, size_bytes, whole
from llmfit_tui.core.seen.values import Sighting

_APP = re.compile(r"^[ \t]*(\d+), (.+), ([^,]+), ([0-9A-Fa-f:.]+)\s*$", re.MULTILINE)
LEAST_CHANGE = 100 << 20
"""Bytes; less does not show in the tenths of a GiB that are painted, and is noise of a desktop."""
MOST_NAMED = 3
MOST_TO_STOP = 3
MOST_TRIED = 4
"""Of the largest; every group of them is an estimate."""


@record
class Holder:
    """A program that holds memory of a card or of the host."""

    name: str
    pid: int
    bus: str | None
    """None: it is the host's memory that it holds."""
    memory_bytes: int


@record
class Usage:
    """Memory in use at one moment."""

    devices: tuple[Sighting, ...] = ()
    """As the tools list them, with what is used or free."""
    holders: tuple[Holder, ...] = ()
    available_bytes: int | None = None
    """Of the host."""

    def differs(self, other: "Usage | None") -> bool:
        """Whether anything changed that is worth showing."""
        if other is None or len(self.devices) != len(other.devices):
            return True
        mine, theirs = ({(one.pid, one.bus): one.memory_bytes for one in u.holders} for u in (self, other))
        if mine.keys() != theirs.keys():
            return True
        pairs: list[tuple[int | None, int | None]] = [(size, theirs[who]) for who, size in mine.items()]
        pairs += [(self.available_bytes, other.available_bytes)]
        pairs += [(_free(one), _free(two)) for one, two in zip(self.devices, other.devices, strict=True)]
        return any(abs((now or 0) - (then or 0)) >= LEAST_CHANGE for now, then in pairs)


def read_holders(text: str) -> tuple[Holder, ...]:
    """`--query-compute-apps=pid,process_name,used_memory,gpu_bus_id`; what is not told is left out."""
    found: list[Holder] = []
    for pid, name, memory, bus in _APP.findall(text):
        size, number = size_bytes(memory, "m"), whole(pid)
        bare = plain(re.split(r"[/\\]", name.strip())[-1])
        if size is not None and number is not None and bare is not None:
            found.append(Holder(bare, number, bus_address(bus), size))
    return tuple(found)


def _free(seen: Sighting) -> int | None:
    if seen.free_bytes is not None:
        return seen.free_bytes
    if seen.memory_bytes is None or seen.used_bytes is None:
        return None
    return max(seen.memory_bytes - seen.used_bytes, 0)


def free_machine(machine: Machine, found: Detected, usage: Usage, without: Sequence[Holder] = ()) -> Machine:
    """The machine with what is free now, were the programs of `without` stopped."""
    host = machine.host_bytes
    if usage.available_bytes is not None:
        # On shared memory a program holds the host's, whichever tool tells it.
        given = [one.memory_bytes for one in without if one.bus is None or machine.unified]
        host = min(host, usage.available_bytes + sum(given))
    if not machine.gpus:
        return replace(machine, host_bytes=host)
    if machine.unified:
        (gpu,) = machine.gpus[:1]
        usable = min(machine.capacity_bytes(gpu) + machine.margin_bytes, host)
        return replace(machine, gpus=(replace(gpu, usable_bytes=usable),), limit_bytes=None)
    matches = [match for match in found.cards if match.taken or match.seen.memory_bytes]
    if len(matches) != len(machine.gpus):
        return replace(machine, host_bytes=host)
    free = [_of_card(match, usage, without) for match in matches]
    gpus = tuple(_with_free(gpu, size) for gpu, size in zip(machine.gpus, free, strict=True))
    return replace(machine, gpus=gpus, host_bytes=host)


def _of_card(match: Match, usage: Usage, without: Sequence[Holder]) -> int | None:
    """Free bytes of one card, by its address."""
    bus = match.seen.bus
    seen = [device for device in usage.devices if device.bus == bus and _free(device) is not None]
    if bus is None or not seen:
        return None
    return (_free(seen[0]) or 0) + sum(holder.memory_bytes for holder in without if holder.bus == bus)


def _with_free(gpu: Device, free: int | None) -> Device:
    if free is None:
        return gpu
    # 0 would read as unknown: a full card has one byte.
    most = gpu.usable_bytes or gpu.memory_bytes or free
    return replace(gpu, usable_bytes=max(min(free, most), 1), usable_note=None)


def to_stop(holders: Sequence[Holder], fits: Callable[[Sequence[Holder]], bool]) -> tuple[Holder, ...]:
    """The fewest and smallest programs without which it fits; empty: there are none."""
    largest = sorted(holders, key=lambda holder: holder.memory_bytes, reverse=True)[:MOST_TRIED]
    if not largest or not fits(largest):
        return ()
    for count in range(1, min(len(largest), MOST_TO_STOP) + 1):
        groups = sorted(
            combinations(largest, count), key=lambda group: sum(one.memory_bytes for one in group)
        )
        for group in groups:
            if fits(group):
                return group
    return ()


def at_detection(found: Detected) -> Usage:
    """What was in use when the machine was looked at first; by whom is not known."""
    return Usage(tuple(match.seen for match in found.cards), available_bytes=found.host.available_bytes)


def in_use(usage: Usage) -> str:
    """Free memory of each card and of the host, and who holds the most, in words."""
    parts = [f"{size / GIB:.1f} GiB" for device in usage.devices if (size := _free(device)) is not None]
    said = f"free now: {' + '.join(parts)}" if parts else "free now is not told for any card"
    if usage.available_bytes is not None:
        said += f", host {usage.available_bytes / GIB:.1f} GiB"
    largest = sorted(usage.holders, key=lambda holder: -holder.memory_bytes)
    shown = [f"{holder.name} holds {holder.memory_bytes / GIB:.1f} GiB" for holder in largest[:MOST_NAMED]]
    more = [f"{len(largest) - MOST_NAMED} more hold some"] if len(largest) > MOST_NAMED else []
    return "; ".join([said, *shown, *more])
