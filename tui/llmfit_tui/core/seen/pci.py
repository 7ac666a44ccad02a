"""lspci in its several forms: -nn, -vmmnD and plain."""

import re

from llmfit_tui.core.seen.text import bus_address, plain, vendor_of, whole
from llmfit_tui.core.seen.values import Findings, Sighting

_LINE = re.compile(
    r"^[ \t]*(?:\d+\) )?(?:([0-9a-f:]{5,}\.[0-7]) )?"
    r"(?:(VGA compatible controller|3D controller|Display controller|Processing accelerators)"
    r"(?: \[\w{4}\])?: )?(.+?)(?: \[([0-9a-f]{4}):([0-9a-f]{4})\])?(?: \(rev ([0-9a-f]{2})\))?"
    r"(?: \(prog-if .*)?\s*$",
    re.MULTILINE,
)
_MAKERS = re.compile(
    r"^(?:NVIDIA Corporation|Intel Corporation|Advanced Micro Devices, Inc\. \[AMD/ATI\]|AMD)\s+",
    re.IGNORECASE,
)
CLASSES = ("0300", "0302", "0380", "1200")


def read_lspci(text: str) -> Findings:
    """Lines of graphics devices; those of other makers are display adapters and left out."""
    devices: list[Sighting] = []
    notes: list[str] = []
    for bus, kind, name, vendor_id, device_id, revision in _LINE.findall(text):
        if not kind and not (vendor_id and _MAKERS.match(name)):
            continue
        pci_id = f"{vendor_id}:{device_id}" if vendor_id else None
        vendor = vendor_of(name, pci_id)
        if vendor is None or (pci_id and vendor_of(None, pci_id) is None):
            notes.append(f"the display adapter {plain(name)} computes nothing")
            continue
        devices.append(_found(vendor, pci_id, bus, whole(revision, 16), marketing(name)))
    return Findings(tuple(devices), notes=tuple(dict.fromkeys(notes)))


def read_blocks(text: str) -> Findings:
    """`lspci -vmmnD`: a block of `Key:<tab>hex` for each device."""
    devices: list[Sighting] = []
    notes: list[str] = []
    for block in re.split(r"\n\s*\n", text):
        values = dict(re.findall(r"^(\w+):\s+(\S+)\s*$", block, re.MULTILINE))
        kind, vendor_id, device_id = (values.get(key, "") for key in ("Class", "Vendor", "Device"))
        if kind not in CLASSES or not re.fullmatch(r"[0-9a-f]{4}:[0-9a-f]{4}", f"{vendor_id}:{device_id}"):
            continue
        pci_id = f"{vendor_id}:{device_id}"
        vendor = vendor_of(None, pci_id)
        if vendor is None:
            notes.append(f"the display adapter {pci_id} computes nothing")
        elif kind == "1200" and vendor in {"Intel", "AMD"}:
            notes.append(f"an NPU ({pci_id}) is beside the point: llama.cpp drives none")
        else:
            devices.append(_found(vendor, pci_id, values.get("Slot"), whole(values.get("Rev"), 16), None))
    return Findings(tuple(devices), notes=tuple(dict.fromkeys(notes)))


def _found(
    vendor: str, pci_id: str | None, bus: str | None, revision: int | None, name: str | None
) -> Sighting:
    address = bus_address(bus)
    return Sighting(
        "lspci",
        name=name,
        vendor=vendor,
        pci_id=pci_id,
        revision=revision,
        bus=address,
        # Intel's own graphics always sit there; cards never do.
        integrated=True if vendor == "Intel" and address == "0000:00:02.0" else None,
    )


def marketing(name: str) -> str | None:
    """`Arc B580 (Battlemage G21)` of `Intel Corporation Battlemage G21 [Arc B580]`."""
    bare = _MAKERS.sub("", name).strip()
    match = re.fullmatch(r"(.*?)\s*\[(.+)\]", bare)
    return plain(f"{match.group(2)} ({match.group(1)})" if match and match.group(1) else bare)
