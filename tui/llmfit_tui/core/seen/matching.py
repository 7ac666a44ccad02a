"""A device found in the catalog: by name, then by PCI id, and by memory where these leave a choice.

The size a driver reports wins over the catalog's: cards exist with other memory than they were sold with.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from llmfit_tui.core.hardware.device import GIB, Device, DeviceKind
from llmfit_tui.core.record import record
from llmfit_tui.core.seen.merge import telling
from llmfit_tui.core.seen.naming import Index, key, named_size
from llmfit_tui.core.seen.pci_names import PciNames, shown_name, variants
from llmfit_tui.core.seen.values import Sighting
from llmfit_tui.core.seen.vgpu import boards, profile_of, virtual

MOST_KEPT, MOST_KEPT_BYTES, MOST_OVER = 0.07, 400 << 20, 0.03
"""Drivers keep up to 7 % (an A10G of 24 GiB reports 23,028 MiB), of a small card more: 3,770 of 4,096."""
LEAST_OFFERED = 0.75
"""OpenCL offers down to 79 % of a card (A750: 6,476 of 8,192 MiB)."""
MOST_OFFERED = 1.7
"""Vulkan adds memory of the host: 19,491 MiB for a card of 12 GiB."""
MOST_TIMES, MOST_BYTES = 4, 2048 * GIB
"""Of what a card was sold with; twice as much has been seen on one. Of a card nobody knows, so many bytes."""
CARDS = frozenset(
    {DeviceKind.DESKTOP, DeviceKind.LAPTOP, DeviceKind.WORKSTATION, DeviceKind.DATACENTER, DeviceKind.NPU}
)


@record
class Match:
    """A device of the machine, and what the catalog knows of it."""

    seen: Sighting
    name: str
    """What it is, in words, whether the catalog knows it or not."""
    device: Device | None = None
    """The catalog's entry with the memory that was reported; None: not there, or one of `candidates`."""
    candidates: tuple[Device, ...] = ()
    """Entries that fit equally well, the slowest first, where what is known cannot tell them apart."""
    how: str = ""
    """How it was matched, in words."""
    assumed: tuple[str, ...] = ()
    integrated: bool = False

    @property
    def taken(self) -> Device | None:
        """What to reckon with: the entry, or the slowest of those it may be."""
        return self.device or (self.candidates[0] if self.candidates else None)

    @property
    def memory_bytes(self) -> int | None:
        """Memory of the device as reported, else as the catalog has it."""
        return self.seen.memory_bytes or (self.device.memory_bytes if self.device else None)


def match_card(seen: Sighting, index: Index, pci: PciNames) -> Match:
    """A card with memory of its own."""
    name = shown_name(seen, pci)
    profile = profile_of(seen.name)
    if profile is not None and (cards_behind := boards(profile, index)):
        device, assumed = virtual(seen, profile, cards_behind)
        return Match(seen, name, device, how=f'by its vGPU profile, "{seen.name}"', assumed=assumed)
    found, how = _candidates(seen, index, pci)
    found = tuple(device for device in found if device.kind in CARDS)
    if not _is_believed(seen, found):
        said = f"{name}: {(seen.memory_bytes or 0) >> 20:,} MiB are not believed"
        match = match_card(replace(seen, memory_bytes=None), index, pci)
        return replace(match, assumed=(said, *match.assumed))
    if not found:
        return Match(seen, name, how="not in the catalog")
    fitting = [device for device in found if fits_memory(seen, device)]
    if not fitting and seen.memory_bytes is not None and not seen.cut:
        return _other_memory(seen, name, found, how)
    left = _narrowed(seen, fitting or list(found), index, pci)
    cards = list(dict.fromkeys(device.card for device in left))
    if len(cards) > 1 or (seen.cut and not fitting):
        listed = ", ".join(cards)
        return Match(seen, name, candidates=_slowest_first(left), how=f"{how}: one of {listed}")
    if len(left) == 1:
        return Match(seen, name, with_reported(left[0], seen), how=_with_memory(how, seen))
    usual = next((device for device in left if device.default_option), left[0])
    size = (usual.memory_bytes or 0) / GIB
    return Match(
        seen, name, usual, how=how, assumed=(f"{usual.card}: the {size:.0f} GB version, of {len(left)} sold",)
    )


def _is_believed(seen: Sighting, found: Sequence[Device]) -> bool:
    """Whether a card may have the memory a tool tells."""
    most = max((device.memory_bytes or 0 for device in found), default=0) * MOST_TIMES or MOST_BYTES
    return seen.memory_bytes is None or seen.memory_bytes <= most


def _with_memory(how: str, seen: Sighting) -> str:
    return f"{how} and {seen.memory_bytes >> 20:,} MiB" if seen.memory_bytes else how


def _candidates(seen: Sighting, index: Index, pci: PciNames) -> tuple[tuple[Device, ...], str]:
    """Entries by the first kind of name that leads anywhere, and which kind that was."""
    revision = pci.of_revision(seen)
    if revision is not None and (found := index.named(revision, seen.vendor)):
        return found, f"by PCI id and revision, {revision}"
    said = seen.name if telling(seen.name) else None
    if said is not None and not seen.cut and (found := _all(index, variants(said), seen.vendor)):
        return found, f'by name, "{said}"'
    listed = pci.of(seen)
    if listed is not None and (found := _all(index, variants(listed), seen.vendor)):
        return found, f"by PCI id, {listed}"
    if said is not None:
        if seen.cut:
            return _beginning(index, said, seen.vendor), f'by the name cut off at "{said}"'
        return index.named_at_more_length(said, seen.vendor), f'by the nearest name, "{said}"'
    if seen.target is not None:
        return index.named(seen.target, seen.vendor), f"by its target, {seen.target}"
    return (), ""


def _all(index: Index, names: Iterable[str], vendor: str | None) -> tuple[Device, ...]:
    """Entries under any of the names a compound one stands for. A bare laptop name is the last resort."""
    found: dict[str, Device] = {}
    for name in names:
        if found and name.lower() in {device.card.lower() for device in found.values()}:
            continue
        if any(device.kind is DeviceKind.LAPTOP for device in found.values()) and not name.endswith("M"):
            continue
        found |= {device.name: device for device in index.named_in_any_edition(name, vendor)}
    return tuple(found.values())


def _beginning(index: Index, cut: str, vendor: str | None) -> tuple[Device, ...]:
    """Entries whose name goes on where this one was cut."""
    start = cut.lower().removeprefix("nvidia ").strip()
    found = {
        device.name: device
        for devices in index.by_words.values()
        for device in devices
        if (vendor is None or device.vendor == vendor)
        and any(
            len(name) > len(start) and name.lower().startswith(start)
            for name in (device.card, *device.aliases)
        )
    }
    return tuple(found.values())


def fits_memory(seen: Sighting, device: Device) -> bool:
    """Whether the memory a tool tells may be this device's."""
    nominal = device.memory_bytes
    if nominal is None:
        return True
    if seen.memory_bytes is not None:
        short = nominal - seen.memory_bytes
        return short <= max(MOST_KEPT * nominal, MOST_KEPT_BYTES) and -short <= MOST_OVER * nominal
    if (size := named_size(seen.name)) is not None:
        return abs(size - nominal) <= MOST_OVER * nominal
    if seen.offered_bytes is not None:
        return LEAST_OFFERED <= seen.offered_bytes / nominal <= MOST_OFFERED
    return True


def _narrowed(seen: Sighting, found: list[Device], index: Index, pci: PciNames) -> list[Device]:
    """Of several cards under one name those the PCI id is sold as; laptop's only where the name says so."""
    if len({device.card for device in found}) == 1:
        return found
    listed = pci.of(seen)
    by_id = (
        {d.name for name in variants(listed) for d in index.named(name, seen.vendor)}
        if listed
        else set[str]()
    )
    left = [device for device in found if device.name in by_id] or found
    said = telling(seen.name) | telling(listed)
    if "laptop" not in said:
        return [device for device in left if device.kind is not DeviceKind.LAPTOP] or left
    # Since the RTX 30 series "Laptop GPU" is all NVIDIA says; Max-Q is another clock of the same card.
    if "q" not in key(seen.name or ""):
        left = [device for device in left if "q" not in key(device.card)] or left
    return left


def _other_memory(seen: Sighting, name: str, found: Sequence[Device], how: str) -> Match:
    """A card with another size than any it was sold with: what it reports is what it has."""
    size = seen.memory_bytes or 0
    cards = {device.card for device in found}
    nearest = min(found, key=lambda device: abs((device.memory_bytes or 0) - size))
    if len(cards) > 1:
        return Match(
            seen, name, candidates=_slowest_first(found), how=f"{how}, but none has {size >> 20:,} MiB"
        )
    sold = (nearest.memory_bytes or 0) >> 20
    said = f"{nearest.card}: it reports {size >> 20:,} MiB where the catalog has {sold:,}"
    changed = replace(
        nearest,
        name=f"{nearest.card} {size / GIB:.0f} GB",
        memory_bytes=size,
        usable_bytes=None,
        usable_note=None,
    )
    return Match(seen, name, changed, how=how, assumed=(said,))


def with_reported(device: Device, seen: Sighting) -> Device:
    """The entry with what the driver, or else a compute API, says may be used of its memory."""
    size = seen.memory_bytes if seen.memory_bytes is not None else seen.offered_bytes
    if size is None or device.memory_bytes is None or size == device.usable_bytes:
        return device
    if seen.memory_bytes is None and size >= (device.usable_bytes or device.memory_bytes):
        # Vulkan adds memory of the host.
        return device
    teller = "The driver reports" if seen.memory_bytes is not None else "Programs are offered"
    note = f"{teller} {size >> 20:,} MiB."
    if size >= device.memory_bytes:
        return replace(device, usable_bytes=None, usable_note=None)
    return replace(device, usable_bytes=size, usable_note=note)


def _slowest_first(found: Iterable[Device]) -> tuple[Device, ...]:
    return tuple(
        sorted(
            found,
            key=lambda d: (d.bandwidth_bytes_per_s or 0, d.memory_bytes or 0, d.fp16_flops or 0, d.name),
        )
    )
