"""Intel's tools: xpu-smi in its four layouts, clinfo, and lists of SYCL devices."""

import re
from dataclasses import replace

from llmfit_tui.core.seen.text import bus_address, hex_id, plain, size_bytes, vendor_of
from llmfit_tui.core.seen.values import Findings, Host, Sighting

_PCI_NAME = re.compile(r"\[0x([0-9a-f]{4})\]")
_FIELD = re.compile(
    r"(?:\d+[ |]+)?(Device Name|Device Type|PCI Device ID|PCI BDF Address|Memory Physical Size): *(.*)"
)
_TABLE_FIRST = re.compile(r"^\|\s+\d+\s{2}(\S.*?)\s+(?:On|Off|N/A)\s*\|\s*([0-9a-f]{4}:[0-9a-f:]+\.\d)")
_TABLE_MORE = re.compile(r"^\|\s{5,}(\S[^|]*?)\s*\|\s*\|\s*\|\s*$")
_TABLE_USAGE = re.compile(r"\|\s*(\d+) ?MiB ?/ ?(\d+) ?MiB\b")
_SYCL_ROW = re.compile(r"^\|\s*\d+\|\s*\[(\w+):gpu:\d+\]\|\s*(.*?)\|.*\|\s*(\d+)\|", re.MULTILINE)
_SYCL_LINE = re.compile(
    r"Device \d+: ([^\n]{1,120}?),\s+compute capability ([\d.]{1,8}),[^:]{0,400}?global mem size (\d{1,20})"
)
_SYCL_LS = re.compile(r"^\[(\w+):gpu\]\S*\s+.*?, (.+?) (?:[\d.]+ )?\[[^\]]*\]\s*$", re.MULTILINE)
_CL_NAME = re.compile(r"^[ \t]*Device Name\s{2,}(.+?)\s*$", re.MULTILINE)
_CL_TYPE = re.compile(r"^[ \t]*Device Type\s{2,}(.+?)\s*$", re.MULTILINE)
_CL_MEMORY = re.compile(r"Global [Mm]emory [Ss]ize:?\s+(?:(\d{6,})|([\d.]+ [KMGT]i?B))")
_CL_BOARD = re.compile(r"^[ \t]*Device Board Name \(AMD\)\s{2,}(.+?)\s*$", re.MULTILINE)
_CL_BUS = re.compile(r"PCI(?:-E)?[ ,:]+([0-9a-fA-F]{4}:[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\.[0-7])")
_CL_OTHER = re.compile(r"(?:Level ?Zero|OpenCL)\w* - (.+?)\s*$", re.MULTILINE)


def read_xpu_smi(text: str) -> Findings:
    """`xpu-smi discovery`, with or without borders. Plain discovery has no line for memory."""
    devices: list[Sighting] = []
    seen: set[str] = set()
    for line in text.splitlines():
        field = _FIELD.match(line.strip(" \t|"))
        if field is None:
            continue
        key, value = field.groups()
        if not devices or key in seen:
            devices.append(Sighting("xpu-smi"))
            seen = set()
        seen.add(key)
        devices[-1] = _with_field(devices[-1], key, value)
    return Findings(tuple(device for device in devices if device.name or device.pci_id))


def read_xpu_table(text: str) -> Findings:
    """xpu-smi from 2.0 on without options: NVIDIA's table, with long names going on in the next row."""
    devices: list[Sighting] = []
    for line in text.partition("Processes:")[0].splitlines():
        first, more, usage = (form.search(line) for form in (_TABLE_FIRST, _TABLE_MORE, _TABLE_USAGE))
        if first is not None:
            device = _identified(Sighting("xpu-smi table"), first.group(1))
            devices.append(replace(device, bus=bus_address(first.group(2))))
        elif more is not None and devices and devices[-1].memory_bytes is None:
            devices[-1] = _identified(devices[-1], f"{devices[-1].name or ''} {more.group(1)}")
        elif usage is not None and devices:
            used, total = (size_bytes(usage.group(number), "m", least=0) for number in (1, 2))
            devices[-1] = replace(devices[-1], memory_bytes=total or None, used_bytes=used)
    return Findings(tuple(devices))


def _with_field(device: Sighting, key: str, value: str) -> Sighting:
    if key == "Device Name":
        return _identified(device, value)
    if key == "PCI Device ID":
        number = hex_id(value)
        return replace(device, pci_id=f"8086:{number}") if number else device
    if key == "PCI BDF Address":
        return replace(device, bus=bus_address(value))
    if key == "Memory Physical Size":
        return replace(device, memory_bytes=size_bytes(value, "m"))
    if key == "Device Type":
        return replace(device, integrated=True if "integrated" in value.lower() else None)
    return device


def _identified(device: Sighting, name: str | None) -> Sighting:
    """With name and vendor, or the PCI id that stands in place of a name the driver does not know."""
    shown = plain(name)
    match = _PCI_NAME.search(name or "")
    if match is not None:
        return replace(device, vendor="Intel", pci_id=f"8086:{match.group(1)}")
    return replace(device, name=shown, vendor=vendor_of(shown))


def read_sycl(text: str) -> Findings:
    """SYCL devices. One GPU appears under Level Zero and under OpenCL, beside the CPU and an emulator."""
    rows = [(api, name, size) for api, name, size in _SYCL_ROW.findall(text)]
    rows += [(version, name, size) for name, version, size in _SYCL_LINE.findall(text)]
    rows += [(api, name, "") for api, name in _SYCL_LS.findall(text)]
    gpus = [(api, name.strip(), size) for api, name, size in rows if _is_gpu(name)]
    first = gpus[0][0] if gpus else ""
    # The CPU is a device too, and its memory is the host's.
    others = [size for _, name, text_size in rows if not _is_gpu(name) and (size := size_bytes(text_size))]
    return Findings(
        tuple(
            _identified(Sighting("SYCL", offered_bytes=size_bytes(size)), name)
            for api, name, size in gpus
            if api == first
        ),
        Host(ram_bytes=min(others, default=None)),
    )


def _is_gpu(name: str) -> bool:
    """A device of a maker of GPUs, and not its CPU or an emulator."""
    return vendor_of(name) is not None and not re.search(r"FPGA|\bCPU\b|Processor|Core\(TM\)|Xeon", name)


def read_clinfo(text: str) -> Findings:
    """OpenCL devices: what a program is offered, 80 to 97 % of a card's memory or most of the host's."""
    starts = [match.start() for match in _CL_NAME.finditer(text)] or [0]
    devices: list[Sighting] = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        body = text[start:end]
        kind = _CL_TYPE.search(body)
        if kind and "GPU" not in kind.group(1):
            continue
        memory = _CL_MEMORY.search(body)
        name = _CL_BOARD.search(body) or _CL_NAME.search(body) or _CL_OTHER.search(body)
        if memory is None and name is None:
            continue
        size = size_bytes(memory.group(1) or memory.group(2)) if memory else None
        address = bus_address(bus.group(1)) if (bus := _CL_BUS.search(body)) else None
        device = Sighting("clinfo", vendor=vendor_of(body) or "Intel", offered_bytes=size, bus=address)
        devices.append(_identified(device, name.group(1)) if name else device)
    # Two platforms that drive one card both list it.
    placed = {device.bus: device for device in reversed(devices) if device.bus}
    return Findings(tuple(device for device in devices if not device.bus or placed[device.bus] is device))
