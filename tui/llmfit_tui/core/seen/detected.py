"""The machine as all tools together show it, and what the program makes of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from llmfit_tui.core.hardware.device import Device
from llmfit_tui.core.record import record
from llmfit_tui.core.seen.matching import MOST_KEPT, Match, match_card
from llmfit_tui.core.seen.merge import telling, together
from llmfit_tui.core.seen.naming import Index
from llmfit_tui.core.seen.pci_names import PciNames, is_integrated
from llmfit_tui.core.seen.shared import match_cpu, match_shared
from llmfit_tui.core.seen.values import Findings, Host, Sighting
from llmfit_tui.core.seen.visible import hidden

NOWHERE = Host()


@record
class Detected:
    """A machine: its devices in the order tools list them, and its host."""

    devices: tuple[Match, ...] = ()
    host: Host = NOWHERE
    cpu: Device | None = None
    """The catalog's entry for the CPU and its memory."""
    notes: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    """Probes that failed, each with the reason."""

    @property
    def cards(self) -> tuple[Match, ...]:
        """Cards with memory of their own that may be used."""
        return tuple(match for match in self.devices if not match.integrated and match.seen.problem is None)

    @property
    def chip(self) -> Match | None:
        """The GPU that shares the CPU's memory, where there is one and the catalog knows it."""
        shared = [match for match in self.devices if match.integrated and match.seen.problem is None]
        return next((match for match in shared if match.taken is not None), None)

    @property
    def has_gpu(self) -> bool:
        """Whether there is a GPU worth reckoning with."""
        return any(match.taken or match.seen.memory_bytes for match in self.cards) or self.chip is not None


def detect(
    found: Sequence[Findings],
    index: Index,
    pci: PciNames,
    environment: Mapping[str, str] | None = None,
    failed: Sequence[str] = (),
) -> Detected:
    """Put together what tools show and look it up. `environment` holds the visible-device variables."""
    host = Host()
    for one in found:
        host = host.with_more(one.host)
    bank = min((one.bank_bytes for one in found if one.bank_bytes), default=None)
    # An address and what is offered there is no device unless another tool knows one there.
    told = [one for one in together(found) if one.name or one.vendor or one.pci_id or one.memory_bytes]
    host = _without_cards(host, told)
    seen = _physical(_with_chip(told, host), bank)
    matches = [_match(sighting, host, index, pci) for sighting in seen]
    rates = [match.taken and (match.taken.fp16_flops or match.taken.fp32_flops) for match in matches]
    left = hidden([match.seen for match in matches], environment or {}, rates)
    matches = [
        replace(match, seen=mine)
        for match, mine in zip(matches, left, strict=True)
        if match.seen.tool != "board" or match.taken
    ]
    notes = dict.fromkeys(note for one in found for note in one.notes)
    return Detected(tuple(matches), host, match_cpu(host, index), tuple(notes), tuple(failed))


def _without_cards(host: Host, seen: Sequence[Sighting]) -> Host:
    """Without NUMA nodes as large as a card: a Grace CPU's system counts the card's memory as its own."""
    cards = [one.memory_bytes for one in seen if one.memory_bytes]
    theirs = sum(size for size in host.bare_nodes if any(abs(size - own) <= MOST_KEPT * own for own in cards))
    return host if host.ram_bytes is None else replace(host, ram_bytes=host.ram_bytes - theirs)


def _match(sighting: Sighting, host: Host, index: Index, pci: PciNames) -> Match:
    if is_integrated(sighting, pci):
        return match_shared(sighting, host, index, pci)
    match = match_card(sighting, index, pci)
    if match.taken is None:
        # Nothing known of a card by that name; it may be a chip's GPU that only the CPU's name tells.
        shared = match_shared(sighting, host, index, pci)
        if shared.device is not None and (
            shared.how.startswith(("by name", "by its GPU")) or _is_of_cpu(sighting, host)
        ):
            return shared
    return match


def _is_of_cpu(sighting: Sighting, host: Host) -> bool:
    """Whether a GPU that nothing names must be the one the CPU's name ends with (`w/ Radeon 8060S`)."""
    nameless = not telling(sighting.name) and sighting.pci_id is None and sighting.target is None
    return (
        nameless
        and sighting.vendor == "AMD"
        and re.search(r"\bw(?:/|ith) Radeon", host.cpu or "") is not None
    )


def _with_chip(seen: Sequence[Sighting], host: Host) -> tuple[Sighting, ...]:
    """With the chip that the CPU's or the board's name tells of, where no tool lists a GPU."""
    if host.cpu and host.cpu.startswith("Apple ") and not any(one.vendor == "Apple" for one in seen):
        return (*seen, Sighting("CPU", host.cpu, "Apple", integrated=True))
    if host.model and not seen:
        return (Sighting("board", host.model, integrated=True),)
    return tuple(seen)


def _physical(seen: Sequence[Sighting], bank: int | None) -> tuple[Sighting, ...]:
    """Without the further partitions of a card, each of which tools give the whole memory."""
    kept: list[Sighting] = []
    shares: dict[tuple[str | None, int | None], int] = {}
    for one in seen:
        if one.partition is not None and one.partition.startswith("partition ") and kept:
            kept[-1] = replace(kept[-1], partition="partitioned")
            continue
        whole = one.memory_bytes if one.vendor == "AMD" and not one.integrated else None
        if bank is not None and whole is not None and bank < whole / 1.5:
            alike = (one.vendor, whole)
            shares[alike] = shares.get(alike, 0) + 1
            if (shares[alike] - 1) % round(whole / bank):
                continue
            kept.append(replace(one, partition=f"partitions of {bank >> 20:,} MiB"))
            continue
        kept.append(one)
    return tuple(kept)
