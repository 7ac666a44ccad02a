"""Windows: Win32_VideoController as a list or a table, the registry's driver keys, DXGI's figures."""

import re

from llmfit_tui.core.seen.text import hex_id, pairs, plain, size_bytes, vendor_of, whole
from llmfit_tui.core.seen.values import Findings, Host, Sighting

_PNP = re.compile(
    r"VEN_([0-9A-F]{4})&DEV_([0-9A-F]{4})(?:&SUBSYS_\w+)?(?:&REV_([0-9A-F]{2}))?", re.IGNORECASE
)
_PROCESSOR = re.compile(r"\(0x([0-9A-Fa-f]{4})\)")
_REAL = re.compile(r"Basic (?:Render|Display)|Remote Display|Hyper-V|Parsec|Virtual|Meta ", re.IGNORECASE)


def read_list(text: str) -> Findings:
    """`Key : value` blocks. AdapterRAM is not read: it stops at 4 GiB, and above says anything."""
    devices: list[Sighting] = []
    host = Host()
    for block in re.split(r"\n\s*\n", text):
        values: dict[str, str] = {}
        for key, value in pairs(block):
            values.setdefault(key, value)
        host = host.with_more(
            Host(
                cpu=plain(values.get("ProcessorNameString")),
                ram_bytes=size_bytes(values.get("TotalPhysicalMemory")),
            )
        )
        name = plain(values.get("DriverDesc") or values.get("Name") or values.get("Caption"))
        place = _PNP.search(values.get("PNPDeviceID") or values.get("MatchingDeviceId") or block)
        if (
            (name is None and place is None)
            or (name and _REAL.search(name))
            or "ProcessorNameString" in values
        ):
            continue
        devices.append(_device(name, place, size_bytes(values.get("HardwareInformation.qwMemorySize"))))
    return Findings(tuple(device for device in devices if device.vendor), host)


def _device(name: str | None, place: re.Match[str] | None, memory: int | None) -> Sighting:
    pci_id = f"{place.group(1)}:{place.group(2)}".lower() if place else None
    revision = whole(place.group(3), 16) if place and place.group(3) else None
    return Sighting("Windows", name, vendor_of(name, pci_id), pci_id, revision, memory_bytes=memory)


def read_table(text: str) -> Findings:
    """`format-table Name, ..., VideoProcessor`: the rule below the header says how wide each column is."""
    lines = text.splitlines()
    rule = next(
        (number for number, line in enumerate(lines) if re.fullmatch(r"\s*-+(?: +-+)+\s*", line)), None
    )
    if not rule:
        return Findings()
    spans = [match.span() for match in re.finditer(r"-+", lines[rule])]
    starts = [start for start, _ in spans]
    ends = [*starts[1:], 10_000]
    keys = [lines[rule - 1][start:end].strip() for start, end in zip(starts, ends, strict=True)]
    devices: list[Sighting] = []
    for line in lines[rule + 1 :]:
        cells = [line[start:end].strip() for start, end in zip(starts, ends, strict=True)]
        row = dict(zip(keys, cells, strict=True))
        name = plain(row.get("Name"))
        vendor = vendor_of(name)
        chip = _PROCESSOR.search(row.get("VideoProcessor", ""))
        number = hex_id(chip.group(1)) if chip else None
        if vendor is not None and not _REAL.search(name or ""):
            maker = {"AMD": "1002", "NVIDIA": "10de", "Intel": "8086"}.get(vendor)
            pci_id = f"{maker}:{number}" if number and maker else None
            devices.append(Sighting("Windows", name, vendor, pci_id))
    return Findings(tuple(devices))


def read_dxgi(text: str) -> Findings:
    """Dedicated and shared memory as dxdiag shows them for one adapter."""
    values = dict(pairs(text))
    dedicated = size_bytes(values.get("Dedicated Memory"), "m")
    shared = size_bytes(values.get("Shared Memory"), "m")
    name = plain(values.get("Card name"))
    if dedicated is None:
        return Findings()
    return Findings((Sighting("DXGI", name, vendor_of(name), memory_bytes=dedicated, gtt_bytes=shared),))
