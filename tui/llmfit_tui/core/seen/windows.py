"""Windows: Win32_VideoController as a list or a table, the registry's keys, DXGI's figures, systeminfo."""

import re
from dataclasses import replace

from llmfit_tui.core.seen.text import hex_id, pairs, plain, size_bytes, vendor_of, whole
from llmfit_tui.core.seen.values import Findings, Host, Sighting

_PNP = re.compile(
    r"VEN_([0-9A-F]{4})&DEV_([0-9A-F]{4})(?:&SUBSYS_\w+)?(?:&REV_([0-9A-F]{2}))?", re.IGNORECASE
)
_PROCESSOR = re.compile(r"\(0x([0-9A-Fa-f]{4})\)")
_REAL = re.compile(r"Basic (?:Render|Display)|Remote Display|Hyper-V|Parsec|Virtual|Meta ", re.IGNORECASE)
_CPU = re.compile(r"\bCPU\b|Processor|Core\(TM\)|Ryzen|Xeon|EPYC|Threadripper", re.IGNORECASE)
SYSTEMINFO = re.compile(
    r"^(?:Total Physical Memory|Gesamter (?:realer|physi[sk]\w+) Speicher|M\S{1,2}moire physique totale"
    r"|Cantidad total de memoria f\S{1,2}sica|Memoria fisica totale|Mem\S{1,2}ria f\S{1,2}sica total"
    r"|Totaal fysiek geheugen|Полный объ[её]м физической памяти|物理内存总量|物理メモリの合計|총 실제 메모리)"
    r"\s*[:：]\s*(\d[\d.,'\s\u00a0\u202f]*?)\s*(MB|Mo|МБ|GB|Go)\s*$",
    re.MULTILINE,
)
"""systeminfo's line in the languages of Windows; a letter with an accent may have been torn in two."""


def read_systeminfo(text: str) -> Findings:
    """systeminfo: the memory, with thousands set apart by whatever the language uses, and a hypervisor."""
    match = SYSTEMINFO.search(text)
    size = re.sub(r"\D", "", match.group(1)) if match and match.group(2)[0] in "MМ" else None
    inside = re.search(r"^Virtual Machine\b|^System Model:\s*(.*Virtual.*)$", text, re.MULTILINE)
    virtual = plain(inside.group(1)) if inside and inside.group(1) else None
    return Findings(host=Host(ram_bytes=size_bytes(f"{size} MB") if size else None, virtual=virtual))


def read_list(text: str) -> Findings:
    """`Key : value` blocks. AdapterRAM is not read: it stops at 4 GiB, and above says anything."""
    devices: list[Sighting] = []
    host = Host()
    # wmic's lists have an equals sign and a blank line between all lines.
    text = re.sub(r"^(\w+)=(.*)\n+(?=\w+=)", r"\1 : \2\n", text, flags=re.MULTILINE)
    text = re.sub(r"^(\w+)=", r"\1 : ", text, flags=re.MULTILINE)
    for block in re.split(r"\n\s*\n", text):
        values: dict[str, str] = {}
        for key, value in pairs(block):
            values.setdefault(key, value)
        memory = values.get("TotalPhysicalMemory") or values.get("CsTotalPhysicalMemory")
        host = host.with_more(
            Host(
                cpu=plain(values.get("ProcessorNameString") or values.get("CsProcessors", "").strip("{}")),
                ram_bytes=size_bytes(memory),
                available_bytes=size_bytes(values.get("AvailablePhysicalMemory")),
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
        seen = _device(name, place, size_bytes(values.get("HardwareInformation.qwMemorySize")))
        chip = seen.pci_id or _chip(values.get("VideoProcessor", ""), seen.vendor)
        devices.append(replace(seen, pci_id=chip))
    return Findings(tuple(device for device in devices if device.vendor), host)


def _device(name: str | None, place: re.Match[str] | None, memory: int | None) -> Sighting:
    pci_id = f"{place.group(1)}:{place.group(2)}".lower() if place else None
    revision = whole(place.group(3), 16) if place and place.group(3) else None
    return Sighting("Windows", name, vendor_of(name, pci_id), pci_id, revision, memory_bytes=memory)


def read_table(text: str) -> Findings:
    """A table with a Name column: `format-table` has a rule below its header, wmic has none."""
    lines = [line for line in text.splitlines() if line.strip()]
    head = next((n for n, line in enumerate(lines) if re.search(r"(?:^|\s)Name(?:\s|$)", line)), None)
    if head is None:
        return Findings()
    ruled = head + 1 < len(lines) and re.fullmatch(r"\s*-+(?: +-+)*\s*", lines[head + 1]) is not None
    starts = [match.start() for match in re.finditer(r"-+" if ruled else r"\S+", lines[head + ruled])]
    ends = [*starts[1:], 10_000]
    keys = [lines[head][start:end].strip() for start, end in zip(starts, ends, strict=True)]
    devices: list[Sighting] = []
    host = Host()
    for line in lines[head + ruled + 1 :]:
        cells = [line[start:end].strip() for start, end in zip(starts, ends, strict=True)]
        row = dict(zip(keys, cells, strict=True))
        name = plain(row.get("Name"))
        vendor = vendor_of(name)
        if _CPU.search(row.get("Name") or ""):
            host = host.with_more(Host(cpu=name))
        elif vendor is not None and not _REAL.search(name or ""):
            pci_id = _chip(row.get("VideoProcessor", ""), vendor)
            devices.append(Sighting("Windows", name, vendor, pci_id))
    return Findings(tuple(devices), host)


def _chip(processor: str, vendor: str | None) -> str | None:
    """The PCI id AMD writes behind a processor's name: `AMD Radeon Graphics Processor (0x744C)`."""
    chip = _PROCESSOR.search(processor)
    number = hex_id(chip.group(1)) if chip else None
    maker = {"AMD": "1002", "NVIDIA": "10de", "Intel": "8086"}.get(vendor or "")
    return f"{maker}:{number}" if number and maker else None


def read_dxgi(text: str) -> Findings:
    """dxdiag: dedicated and shared memory of each card, the processor and the memory."""
    parts = re.split(r"^(?=[ \t]*Card name:)", text, flags=re.MULTILINE)
    processor = re.search(r"^[ \t]*Processor: (.+?)(?:\s+\(\d+ CPUs\).*)?$", text, re.MULTILINE)
    memory = re.search(r"^[ \t]*Available OS Memory: (\d+ ?MB)", text, re.MULTILINE)
    host = Host(
        cpu=plain(processor.group(1)) if processor else None,
        ram_bytes=size_bytes(memory.group(1)) if memory else None,
    )
    return Findings(tuple(device for part in parts if (device := _dxgi(part)) is not None), host)


def _dxgi(part: str) -> Sighting | None:
    values: dict[str, str] = {}
    for key, value in pairs(part):
        values.setdefault(key, value)
    name = plain(values.get("Card name"))
    place = _PNP.search(part)
    dedicated = size_bytes(values.get("Dedicated Memory"), "m")
    if dedicated is None or (name and _REAL.search(name)):
        return None
    seen = _device(name, place, dedicated)
    return replace(seen, tool="DXGI", gtt_bytes=size_bytes(values.get("Shared Memory"), "m"))
