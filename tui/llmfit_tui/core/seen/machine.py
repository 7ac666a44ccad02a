"""The detected machine as the program reckons with it, and as a profile to keep."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.hardware.device import GIB, Backend, Device, DeviceKind
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.hardware.machines import GENERIC_CPU, Wishes, machine_of
from llmfit_tui.core.profiles.profile import OwnGpu, Profile
from llmfit_tui.core.record import record
from llmfit_tui.core.seen.detected import Detected
from llmfit_tui.core.seen.matching import Match, with_reported

BACKENDS = {
    "NVIDIA": (Backend.CUDA, Backend.VULKAN),
    "AMD": (Backend.ROCM, Backend.VULKAN),
    "Intel": (Backend.SYCL, Backend.VULKAN),
    "Huawei": (Backend.CANN,),
    "Qualcomm": (Backend.OPENCL, Backend.VULKAN),
}
"""llama.cpp's for a card the catalog does not know."""
THIS = "this"


@record
class Reckoned:
    """Devices to reckon with, and what had to be assumed or left out for them."""

    devices: tuple[Device, ...]
    assumed: tuple[str, ...]


def machine_of_detected(found: Detected, wishes: Wishes) -> Machine:
    """The machine. What a person said comes first. Raises BadValue where a wish does not fit."""
    reckoned = reckoned_with(found)
    said = _wishes(found, wishes, reckoned.devices)
    assumed = list(reckoned.assumed)
    if reckoned.devices and not reckoned.devices[0].unified and _by_platform(found, wishes):
        assumed.append(
            f"host memory as fast as that of {found.cpu.name if found.cpu else ''}, every channel filled"
        )
    devices = reckoned.devices or ((found.cpu,) if found.cpu is not None else ())
    name = grouped(devices) if devices else found.host.cpu or GENERIC_CPU
    return machine_of(name, devices, said, assumed)


def _by_platform(found: Detected, wishes: Wishes) -> bool:
    """Whether the host's bandwidth is the catalog's for its CPU, and nobody's measurement."""
    return found.cpu is not None and wishes.ram_bandwidth is None and found.host.ram_bandwidth is None


def _wishes(found: Detected, wishes: Wishes, devices: Sequence[Device]) -> Wishes:
    """The wishes, with the host as detected where they say nothing."""
    if devices and devices[0].unified:
        return wishes
    bandwidth = found.host.ram_bandwidth or (found.cpu.bandwidth_bytes_per_s if found.cpu else None)
    return replace(
        wishes,
        ram_bytes=wishes.ram_bytes if wishes.ram_bytes is not None else found.host.memory_bytes,
        ram_bandwidth=wishes.ram_bandwidth or bandwidth,
    )


def reckoned_with(found: Detected) -> Reckoned:
    """The cards together, else the chip's GPU, else none: an integrated GPU beside a card is kept apart."""
    assumed: list[str] = []
    cards = [device for match in found.cards if (device := _card(match, assumed)) is not None]
    cards = _driven_together(cards, assumed)
    assumed += [f"{match.name}: {match.seen.problem}" for match in found.devices if match.seen.problem]
    if cards:
        return Reckoned(tuple(cards), tuple(dict.fromkeys(assumed)))
    chip = found.chip
    if chip is None or chip.taken is None:
        return Reckoned((), tuple(dict.fromkeys(assumed)))
    assumed += [*chip.assumed, *_one_of(chip)]
    return Reckoned((chip.taken,), tuple(dict.fromkeys(assumed)))


def _card(match: Match, assumed: list[str]) -> Device | None:
    """The device of a card, or None where too little is known of it."""
    taken = match.taken
    if taken is None and match.seen.memory_bytes is None:
        assumed.append(f"{match.name} is left out: neither the catalog nor a tool tells its memory")
        return None
    assumed += [*match.assumed, *_one_of(match)]
    if taken is None:
        assumed.append(f"{match.name} is not in the catalog, so its speed is not known")
        taken = _unknown(match)
    device = with_reported(taken, match.seen) if match.device is None else taken
    return _slice(match, device, assumed) if match.seen.slices else device


def _one_of(match: Match) -> list[str]:
    """What was taken where the catalog has several that fit."""
    if match.device is not None or not match.candidates:
        return []
    cards = list(dict.fromkeys(device.card for device in match.candidates))
    return [f"{match.name}: reckoned as {match.candidates[0].name}, the slowest of {len(cards)} it may be"]


def _unknown(match: Match) -> Device:
    vendor = match.seen.vendor or ""
    return Device(
        name=match.name,
        card=match.name,
        vendor=vendor,
        kind=DeviceKind.DESKTOP,
        backends=BACKENDS.get(vendor, (Backend.VULKAN,)),
        memory_bytes=match.seen.memory_bytes,
        bandwidth_bytes_per_s=None,
    )


def _slice(match: Match, device: Device, assumed: list[str]) -> Device:
    """The largest MIG instance: a program sees one. Bandwidth is split with the memory."""
    sizes = [part.memory_bytes for part in match.seen.slices if part.memory_bytes is not None]
    whole = match.seen.memory_bytes or device.memory_bytes
    if not sizes or not whole:
        return device
    size = max(sizes)
    rate = device.bandwidth_bytes_per_s
    assumed.append(
        f"{match.name}: one of its {len(match.seen.slices)} MIG instances, with {size / GIB:.4g} GiB"
    )
    return replace(
        device,
        name=f"{device.card} MIG {size / GIB:.0f} GB",
        memory_bytes=size,
        usable_bytes=None,
        usable_note=None,
        bandwidth_bytes_per_s=round(rate * size / whole) if rate else None,
        fp16_flops=None,
        fp32_flops=None,
    )


def _driven_together(cards: list[Device], assumed: list[str]) -> list[Device]:
    """Cards one backend drives: all of them, or the maker's that has the most memory."""
    if len(cards) < 2 or any(all(b in card.backends for card in cards) for b in cards[0].backends):
        return cards
    makers = dict.fromkeys(card.vendor for card in cards)
    most = max(
        makers, key=lambda maker: sum(card.memory_bytes or 0 for card in cards if card.vendor == maker)
    )
    left = ", ".join(dict.fromkeys(card.name for card in cards if card.vendor != most))
    assumed.append(f"{left} is left out: no one backend drives it together with the others")
    return [card for card in cards if card.vendor == most]


def grouped(devices: Iterable[Device]) -> str:
    """`2x NVIDIA GeForce RTX 3090 + NVIDIA RTX A4000`."""
    parts: list[str] = []
    for name, same in groupby(device.name for device in devices):
        count = len(list(same))
        parts.append(name if count == 1 else f"{count}x {name}")
    return " + ".join(parts)


def profile_of_detected(found: Detected, name: str, catalog: Sequence[Device]) -> Profile:
    """The detected machine as a profile a person may edit. Raises BadValue where there is nothing to keep."""
    reckoned = reckoned_with(found)
    known = {device.name for device in catalog}
    gpus: list[str | OwnGpu] = []
    for _, same in groupby(reckoned.devices):
        alike = list(same)
        first, count = alike[0], len(alike)
        if first.name in known:
            gpus.append(first.name if count == 1 else f"{count}x {first.name}")
        else:
            gpus.append(_own(first, count))
    first = reckoned.devices[0] if reckoned.devices else None
    if first is None and found.host.memory_bytes is None and found.cpu is None:
        raise BadValue("Nothing of this machine could be detected; see llmfit-tui doctor.")
    shared = first is not None and first.unified
    return Profile(
        name=name,
        gpus=tuple(gpus),
        cpu=found.cpu.name if found.cpu is not None and not shared else None,
        ram_bytes=None if shared else found.host.memory_bytes,
        ram_bandwidth=None if shared else found.host.ram_bandwidth,
        gpu_limit_bytes=first.usable_bytes if first is not None and shared else None,
    )


def _own(device: Device, count: int) -> OwnGpu:
    return OwnGpu(
        name=device.name,
        memory_bytes=device.memory_bytes or 0,
        bandwidth_bytes_per_s=device.bandwidth_bytes_per_s,
        fp16_flops=device.fp16_flops,
        backend=device.backends[0] if device.backends else None,
        count=count,
    )
