"""Chips whose GPU shares the CPU's memory: Macs, APUs, Jetsons, GB10. Their memory is the host's."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from llmfit_tui.core.hardware.device import GIB, Device, DeviceKind
from llmfit_tui.core.seen.matching import Match
from llmfit_tui.core.seen.merge import telling
from llmfit_tui.core.seen.naming import Index
from llmfit_tui.core.seen.pci_names import PciNames, shown_name
from llmfit_tui.core.seen.values import Host, Sighting

UNIFIED = frozenset({DeviceKind.UNIFIED})
LEAST_SHARE = 0.84
"""Of installed memory the system sees: a Jetson Orin Nano of 8 GiB as little as 7.1, a PC about 0.97."""
MAC_SHARES = (2 / 3, 3 / 4, 0.74, 0.78, 0.81, 0.84, 0.87, 464 / 512)
"""Of a Mac's memory, what Metal offers by default: the first two before macOS 26.3, the others since."""
_NEW_MAC = ((24, 0.74), (48, 0.78), (96, 0.81), (128, 0.84), (256, 0.87))
"""From macOS 26.3: up to so many GiB, that share. Of 8 GB only the old one has been seen."""
_CORES = re.compile(r" \(\d+-core GPU\)$")
_GPU_WORD = re.compile(r"^(?:\d{3}[mv]|80[0-9]0s|1[34]0[tv]|b\d{3}|gb10|orin|thor|xavier)$")


def match_shared(seen: Sighting, host: Host, index: Index, pci: PciNames) -> Match:
    """A GPU that is part of a chip."""
    name = shown_name(seen, pci)
    found, how = _candidates(seen, host, index, pci)
    if not found:
        return Match(seen, name, how="not in the catalog", integrated=True)
    if seen.cores is not None:
        found = [device for device in found if f"({seen.cores}-core GPU)" in device.card] or found
    installed = _installed(seen, host)
    fitting = [device for device in found if _fits(device, installed, seen)]
    cards = list(dict.fromkeys(device.card for device in fitting or found))
    assumed: tuple[str, ...] = ()
    if not fitting:
        fitting = (
            [min(found, key=lambda d: abs((d.memory_bytes or 0) - (installed or 0)))] if installed else found
        )
        if installed is not None:
            fitting = [_resized(fitting[0], installed)]
        elif len({device.memory_bytes for device in found}) > 1:
            assumed = ("its memory is not told",)
    sized = [_with_limit(device, seen, host) for device in sorted(fitting, key=_slowness)]
    if len(cards) > 1 and len({_CORES.sub("", card) for card in cards}) > 1:
        listed = ", ".join(cards)
        return Match(seen, name, None, tuple(sized), f"{how}: one of {listed}", integrated=True)
    if len(cards) > 1:
        # One chip sold with several counts of GPU cores: it is that chip, and the fewest cores are safe.
        assumed = (*assumed, f"{sized[0].card}, the slowest of {len(cards)}: its GPU cores are not told")
        sized = [device for device in sized if device.card == sized[0].card]
    usual = next((device for device in sized if device.default_option), sized[0])
    chosen = sized[0] if len(sized) == 1 else usual
    if len(sized) > 1:
        assumed = (
            *assumed,
            f"{chosen.card}: {(chosen.memory_bytes or 0) / GIB:.0f} GB, of {len(sized)} sizes sold",
        )
    return Match(seen, name, chosen, how=how, assumed=assumed, integrated=True)


def _candidates(seen: Sighting, host: Host, index: Index, pci: PciNames) -> tuple[list[Device], str]:
    """By the board or the CPU, which say exactly which chip, else by what the GPU calls itself."""
    for text, what in ((host.model, "the board"), (host.cpu, "the CPU"), (seen.name, "name")):
        if text and (found := _of_vendor(index.within(text, UNIFIED), seen.vendor)):
            return found, f'by {what}, "{text}"'
    own = [name for name in (pci.of_revision(seen), seen.name) if name]
    for name in own:
        if found := _of_vendor(index.named(name, seen.vendor), seen.vendor):
            return found, f'by name, "{name}"'
    for name in [*own, *(part for part in [pci.of(seen)] if part)]:
        marks = {word for word in telling(name) if _GPU_WORD.match(word)}
        if len(marks) == 1 and (found := _bearing(index, marks, seen.vendor)):
            return found, f'by its GPU, "{name}"'
    if seen.target is not None and (found := _bearing(index, {seen.target}, seen.vendor)):
        return found, f"by its target, {seen.target}"
    return [], ""


def _of_vendor(found: Iterable[Device], vendor: str | None) -> list[Device]:
    return [d for d in found if d.unified and (vendor is None or d.vendor == vendor)]


def _bearing(index: Index, marks: set[str], vendor: str | None) -> list[Device]:
    """Entries one of whose names holds the GPU's own word (`890m`)."""
    found = {
        device.name: device for own, devices in index.by_words.items() if marks <= own for device in devices
    }
    return _of_vendor(found.values(), vendor)


def _installed(seen: Sighting, host: Host) -> int | None:
    """Memory on the board: what modules add up to, or what the system sees and what was carved out of it."""
    if host.installed_bytes is not None:
        return host.installed_bytes
    if host.ram_bytes is None:
        return None
    return host.ram_bytes + (seen.memory_bytes or 0 if seen.vendor == "AMD" else 0)


def _fits(device: Device, installed: int | None, seen: Sighting) -> bool:
    size = device.memory_bytes
    if size is None:
        return False
    if installed is not None:
        return LEAST_SHARE <= installed / size <= 1.01
    if seen.vendor == "Apple" and seen.limit_bytes is not None:
        # ollama rounds to a tenth of a GiB.
        slack = GIB // 20 if seen.tool == "ollama" else 2 << 20
        return any(abs(seen.limit_bytes - size * share) <= slack for share in MAC_SHARES)
    # What is free, or offered to programs, is there at the least.
    least = max(seen.free_bytes or 0, seen.offered_bytes or 0)
    share = _largest_mac_share(size) if seen.vendor == "Apple" else 1
    return 0 < least <= size * share


def _resized(device: Device, installed: int) -> Device:
    size = -(-installed // GIB) * GIB
    return replace(
        device, name=f"{device.card} {size // GIB} GB", memory_bytes=size, usable_bytes=None, usable_note=None
    )


def _with_limit(device: Device, seen: Sighting, host: Host) -> Device:
    """The entry with what its GPU may use here, where the machine says more than the catalog."""
    size = device.memory_bytes or 0
    limit, note = None, ""
    if seen.limit_bytes is not None:
        limit, note = seen.limit_bytes, "Metal's limit here"
    elif device.vendor == "Apple" and (share := _new_mac_share(host.system, size)) is not None:
        limit, note = round(size * share), f"{host.system} offers the GPU {share:.0%}"
    elif seen.vendor == "AMD" and seen.memory_bytes is not None and seen.gtt_bytes is not None:
        limit = seen.memory_bytes + seen.gtt_bytes
        own, mapped = seen.memory_bytes / GIB, seen.gtt_bytes / GIB
        note = f"{own:.4g} GiB set aside for the GPU and {mapped:.4g} GiB it may map (GTT)"
    elif seen.vendor == "AMD" and seen.memory_bytes is not None and host.ram_bytes is not None:
        limit = seen.memory_bytes + host.ram_bytes // 2
        note = f"{seen.memory_bytes / GIB:.4g} GiB set aside for the GPU and half of what the system sees"
    elif seen.vendor == "NVIDIA" and host.memory_bytes is not None:
        limit, note = host.memory_bytes, "what the system has"
    elif seen.vendor == "Intel" and seen.offered_bytes is not None:
        limit, note = seen.offered_bytes, "what programs are offered here"
    # Whatever the rules say: what is set aside, free or offered is there.
    least = max(seen.memory_bytes or 0, seen.free_bytes or 0, seen.offered_bytes or 0)
    if least > (limit or device.usable_bytes or size):
        limit, note = least, "what programs are offered here"
    if host.limit_bytes is not None and host.limit_bytes < (limit or size):
        limit, note = host.limit_bytes, "what this container may use"
    if limit is None:
        return device
    return replace(device, usable_bytes=min(limit, size), usable_note=f"{note}: {limit / GIB:.4g} GiB.")


def _new_mac_share(system: str | None, size: int) -> float | None:
    version = re.match(r"macOS (\d+)\.(\d+)", system or "")
    if version is None or (int(version.group(1)), int(version.group(2))) < (26, 3) or size < 16 * GIB:
        return None
    return next((share for most, share in _NEW_MAC if size <= most * GIB), None)


def _largest_mac_share(size: int) -> float:
    """Of any macOS, without a limit somebody set."""
    return next((share for most, share in _NEW_MAC if size <= most * GIB), MAC_SHARES[-1])


def _slowness(device: Device) -> tuple[int, int, int, str]:
    return (device.bandwidth_bytes_per_s or 0, device.memory_bytes or 0, device.fp16_flops or 0, device.name)


def match_cpu(host: Host, index: Index) -> Device | None:
    """The CPU platform of the catalog whose name the brand string holds, of two sockets where it has two."""
    if host.cpu is None:
        return None
    text = re.sub(r"\s+@.*|\s+w/ .*|\(.*?\)", "", host.cpu)
    # AMD's numbers of server CPUs: the first digit is the series, the last the generation.
    series = re.sub(r"\b(EPYC \d)\w\w(\d)\w*", r"\g<1>00\2", text)
    found: Sequence[Device] = index.within(text, {DeviceKind.CPU}) or index.within(series, {DeviceKind.CPU})
    if host.sockets == 2:
        found = index.within(f"{text} two sockets", {DeviceKind.CPU}) or found
    else:
        found = [device for device in found if "two sockets" not in device.name]
    return found[0] if found else None
