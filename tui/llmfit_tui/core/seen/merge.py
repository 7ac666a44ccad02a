"""One list of devices of what several tools list: by address, by id, by name, and only then by order.

Each tool lists a device once, so two entries of one tool are never one device, however alike they look.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from llmfit_tui.core.names import words
from llmfit_tui.core.seen.values import Findings, Sighting, filled

_GENERIC = frozenset(
    [
        "amd",
        "nvidia",
        "intel",
        "apple",
        "radeon",
        "geforce",
        "graphics",
        "gpu",
        "tm",
        "r",
        "series",
        "generation",
        "corporation",
    ]
)
_LAPTOP = frozenset(["laptop", "mobile", "max", "q"])
IDS, NAMES, VENDOR = 10, 6, 2


def together(found: Sequence[Findings]) -> tuple[Sighting, ...]:
    """Every device once, with the first answer any tool gave to each question."""
    devices: list[Sighting] = []
    for one in found:
        devices = _merged(devices, one.devices)
    return tuple(devices)


def _merged(devices: list[Sighting], more: Sequence[Sighting]) -> list[Sighting]:
    free = dict.fromkeys(range(len(devices)))
    places = {device.bus: number for number, device in enumerate(devices) if device.bus is not None}
    result = list(devices)
    left: list[Sighting] = []
    for sighting in more:
        number = places.get(sighting.bus) if sighting.bus is not None else None
        if number is not None and number in free:
            result[number] = _one(result[number], sighting)
            del free[number]
        elif number is None:
            left.append(sighting)
    for sighting in left:
        best = max(free, key=lambda number: likeness(devices[number], sighting), default=None)
        if best is not None and likeness(devices[best], sighting) > 0:
            result[best] = _one(result[best], sighting)
            del free[best]
        else:
            result.append(sighting)
    return result


def likeness(one: Sighting, other: Sighting) -> int:
    """How surely two tools mean one device; 0 where something they say differs."""
    pairs = ((one.bus, other.bus), (one.pci_id, other.pci_id), (one.vendor, other.vendor))
    if any(mine is not None and theirs is not None and mine != theirs for mine, theirs in pairs):
        return 0
    if one.integrated and other.integrated is False:
        return 0
    same_id = one.pci_id is not None and one.pci_id == other.pci_id
    names = _names_agree(one, other)
    if names is False and not same_id:
        return 0
    if not _memories_agree(one, other):
        return 0
    score = VENDOR if one.vendor is not None and one.vendor == other.vendor else 0
    return score + (IDS if same_id else 0) + (NAMES if names else 0)


@lru_cache(maxsize=256)
def telling(name: str | None) -> frozenset[str]:
    """Words of a name that set one device of a maker apart from another."""
    bare = re.sub(r"\([^()]*\)$", "", (name or "").lower())
    found = frozenset(words(bare)) - _GENERIC
    # NVIDIA says Laptop GPU where the list of PCI ids says Max-Q or Mobile.
    return (found - _LAPTOP) | {"laptop"} if found & _LAPTOP else found


def _names_agree(one: Sighting, other: Sighting) -> bool | None:
    """Whether the names are of one device; None where one of them says nothing."""
    mine, theirs = telling(one.name), telling(other.name)
    if not mine or not theirs:
        return None
    if mine == theirs:
        return True
    if one.cut or other.cut:
        cut, full = (one.name, other.name) if one.cut else (other.name, one.name)
        return (full or "").lower().startswith((cut or "").lower())
    return mine <= theirs or theirs <= mine


def _memories_agree(one: Sighting, other: Sighting) -> bool:
    """A quarter apart at most; tools round and reserve, but no tool takes a card of 8 GB for one of 24."""
    if one.memory_bytes is None or other.memory_bytes is None or one.integrated or other.integrated:
        return True
    return 0.75 < one.memory_bytes / other.memory_bytes < 1.34


def _one(first: Sighting, second: Sighting) -> Sighting:
    """Both in one; a full name stands before one that was cut or says nothing."""
    better = (first.cut and second.name and not second.cut) or (
        telling(second.name) and not telling(first.name)
    )
    if better:
        first, second = (filled(second, first), first)
    both = filled(first, second)
    exact = [part for part in (first.slices, second.slices) if part and part[0].instance is not None]
    offered = max(filter(None, (first.offered_bytes, second.offered_bytes)), default=None)
    slices = exact[0] if exact else both.slices
    for told in (first.slices, second.slices):
        if len(told) == len(slices):
            # One tool tells the instances' exact memory, another their ids, in one order.
            slices = tuple(filled(mine, theirs) for mine, theirs in zip(slices, told, strict=True))
    return replace(both, offered_bytes=offered, slices=slices, cut=first.cut)
