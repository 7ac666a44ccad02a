"""A virtual GPU: part of a card's memory, under a name such as `GRID A100-10C` or `NVIDIA A40-24Q`.

NVIDIA's "Virtual GPU Software User Guide" names them: the board, behind it letters for its form, then the
gigabytes of memory and a letter for the series (A, B, C or Q). Where a MIG instance backs one, its compute
slices stand between: `A100-3-20C`.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from llmfit_tui.core.hardware.device import GIB, Device
from llmfit_tui.core.record import record
from llmfit_tui.core.seen.naming import Index
from llmfit_tui.core.seen.values import Sighting

_PROFILE = re.compile(r"^(?:NVIDIA\s+)?(?:GRID\s+)?(.+?)-(?:(\d)-)?(\d{1,3})[ABCQ]$")
_LETTERS = re.compile(r"(?<=\d)[A-Z]$")


@record
class Profile:
    """What a virtual GPU's name says."""

    board: str
    memory_bytes: int
    slices: int | None = None
    """Compute slices of the MIG instance behind it; None: programs take turns on the whole card."""


def profile_of(name: str | None) -> Profile | None:
    """The profile a name tells; None for a card of one's own."""
    match = _PROFILE.match(name or "")
    if match is None:
        return None
    board, slices, size = match.groups()
    spaced = re.sub(r"\bRTX(?=\w)", "RTX ", board)
    return Profile(spaced, int(size) * GIB, int(slices) if slices else None)


def boards(profile: Profile, index: Index) -> tuple[Device, ...]:
    """Cards that may be behind it: the board's name with ever fewer letters at its end."""
    name = profile.board
    while True:
        found = index.named(name, "NVIDIA") or index.named_at_more_length(name, "NVIDIA")
        large = tuple(device for device in found if (device.memory_bytes or 0) >= profile.memory_bytes)
        if large or not _LETTERS.search(name):
            return large
        name = _LETTERS.sub("", name)


def virtual(seen: Sighting, profile: Profile, found: Sequence[Device]) -> tuple[Device, tuple[str, ...]]:
    """The slowest of the cards with the profile's memory, and what is assumed of it."""
    card = min(found, key=lambda device: (device.bandwidth_bytes_per_s or 0, device.name))
    size, whole = profile.memory_bytes, card.memory_bytes or profile.memory_bytes
    rate = card.bandwidth_bytes_per_s
    told = seen.memory_bytes
    device = replace(
        card,
        name=f"{card.card} vGPU {size / GIB:.0f} GB",
        memory_bytes=size,
        usable_bytes=told if told is not None and told < size else None,
        usable_note=f"The driver reports {told >> 20:,} MiB." if told is not None and told < size else None,
    )
    if profile.slices is None:
        return device, (f"{seen.name}: as fast as a whole {card.card}, which others may share",)
    split = replace(
        device,
        bandwidth_bytes_per_s=round(rate * size / whole) if rate else None,
        fp16_flops=None,
        fp32_flops=None,
    )
    return split, (f"{seen.name}: its part of the bandwidth of a {card.card}, by its part of the memory",)
