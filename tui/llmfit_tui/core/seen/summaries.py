"""How other programs sum a machine up: `GPU: ...`, `CPU: ...`, `Total RAM: ...`, JSON and structs.

They come last: whatever a tool of the driver says about the same device is kept over them.
"""

import re
from dataclasses import replace

from llmfit_tui.core.seen.nvidia import named, shares_memory
from llmfit_tui.core.seen.pci import marketing
from llmfit_tui.core.seen.text import GIB, bus_address, plain, size_bytes, vendor_of, whole
from llmfit_tui.core.seen.values import Findings, Host, Sighting

_GPU = re.compile(
    r"^[^\w\n]*GPU(?: (\d+)| name| model| agent)?(?: \((?:integrated|discrete)\))?\s*: (.+?)\s*$",
    re.MULTILINE | re.IGNORECASE,
)
_MEMORY = re.compile(r"(?:\(| — |, )([\d.]+ GB|[\d.]+ GiB(?=\)))(?: VRAM| shared|, \w+\))?")
_TAIL = re.compile(r"\s+(?:—|–|@ |\(unified|\([\d.]+ [GM]i?B|\[(?:\d{4}:|Discrete|Integrated)).*$")
_NOT_A_NAME = re.compile(r"^(?:none|not detected|\d+$|\d+ core gpu|no )", re.IGNORECASE)
_CPU = re.compile(r"^[^\w\n]*(?:CPU|Host|Processor)\s*: ?\"?(.+?)(?:\s+[—@].*|\s+\(.*|\")?\s*$", re.MULTILINE)
_RAM = (
    re.compile(r"^[^\w\n]*Total RAM: (.+?)\s*$", re.MULTILINE),
    re.compile(r"^[^\w\n]*RAM: ([\d.]+ ?GB)", re.MULTILINE),
    re.compile(r"^GPU name: Apple(?:.|\n)*^GPU memory: (.+)$", re.MULTILINE),
    re.compile(r"^[^\w\n]*Memory: [\d.,]+ ?[KMG]iB / ([\d.,]+ ?[KMG]iB)", re.MULTILINE),
    re.compile(r"Memory: total: [\d.]+ \w+ available: ([\d.]+ GiB)"),
)
_PAIR = re.compile(
    r'"?(gpu_name|cpu_name|name|total_ram_gb|gpu_vram_gb)"?: (?:Some\(\s*)?(?:"([^"\n]*)"|([\d.]+))'
)
_PCI_JSON = re.compile(r'"id": "([0-9a-f]{4})",\s*"name": "([^"]*)"')
_VRAM_JSON = re.compile(r'"([0-9a-f]{4}:[0-9a-f:.]{7})": *\{[^{}]*"vram": "(\d+)"')
_PARTS = re.compile(r'^[ \t]*(?:Device-\d+: (.+)|- "(.+)")$', re.MULTILINE)


def read_summary(text: str) -> Findings:
    """GPUs, CPU and memory of `label: value` lines."""
    devices = [device for _, value in _GPU.findall(text) if (device := _gpu(value, text)) is not None]
    if not devices:
        parts = [first or second for first, second in _PARTS.findall(text)]
        named_parts = [name for name in parts if vendor_of(name) and "Audio" not in name]
        devices = [_named(name) for name in named_parts]
    cpu = next((name for name in map(plain, _CPU.findall(text)) if name and vendor_of(name)), None)
    if (
        cpu
        and cpu.startswith("Apple")
        and (cores := re.search(r"^[^\w\n]*GPU: (\d+) Core GPU", text, re.MULTILINE))
    ):
        devices.append(Sighting("summary", cpu, "Apple", integrated=True, cores=int(cores.group(1))))
    ram = next((size for pattern in _RAM for size in map(size_bytes, pattern.findall(text)) if size), None)
    return Findings(tuple(devices), Host(cpu=cpu, ram_bytes=ram))


def _gpu(written: str, text: str) -> Sighting | None:
    value = written.strip("`*_ ")
    if _NOT_A_NAME.match(value) or "(UUID: " in value:
        return None
    memory = _MEMORY.search(value)
    name = plain(_TAIL.sub("", value))
    vendor = vendor_of(name)
    if name is None or vendor is None:
        return None
    apart = re.search(r"^[^\w\n]*VRAM: `?(\d+ [KM]i?B)", text, re.MULTILINE)
    size = size_bytes(memory.group(1)) if memory else size_bytes(apart.group(1)) if apart else None
    if vendor == "Apple":
        cores = re.search(r"GPU core count: (\d+)", text)
        limit = re.search(r"([\d.]+ GB) GPU-available", value)
        return Sighting(
            "summary",
            name,
            vendor,
            integrated=True,
            cores=whole(cores.group(1)) if cores else None,
            limit_bytes=size_bytes(limit.group(1)) if limit else None,
        )
    shared = "[Integrated]" in value or ("shared" in value and vendor != "Intel")
    device = _named(name, None if shared else size)
    return replace(device, integrated=True) if "[Integrated]" in value else device


def _named(name: str, memory: int | None = None) -> Sighting:
    bare = re.sub(r" driver: .*$", "", name)
    shown = marketing(bare) if "[" in bare else plain(bare)
    vendor = vendor_of(shown)
    if vendor == "NVIDIA":
        shown = named(shown)
    return Sighting("summary", shown, vendor, memory_bytes=memory, integrated=shares_memory(shown))


def read_fields(text: str) -> Findings:
    """`gpu_name`, `cpu_name`, `total_ram_gb` of JSON or of a printed struct."""
    names: list[str] = []
    values: dict[str, str] = {}
    for key, quoted, number in _PAIR.findall(text):
        if key in {"gpu_name", "name"} and quoted:
            names.append(quoted)
        else:
            values.setdefault(key, quoted or number)
    memory = values.get("gpu_vram_gb")
    size = round(float(memory) * GIB) if memory and re.fullmatch(r"\d{1,5}(\.\d+)?", memory) else None
    ram = values.get("total_ram_gb")
    unified = re.search(r'"?unified_memory"?: true', text) is not None
    devices = [_named(name, None if unified else size) for name in dict.fromkeys(names) if vendor_of(name)]
    return Findings(
        tuple(devices),
        Host(cpu=plain(values.get("cpu_name")), ram_bytes=size_bytes(f"{ram} GB") if ram else None),
    )


def read_memory_json(text: str) -> Findings:
    """`{"0000:01:00.0": {"vram": "11811160064"}}`: what a compute API offers on each address."""
    return Findings(
        tuple(
            Sighting("JSON", bus=bus_address(bus), offered_bytes=size_bytes(size))
            for bus, size in _VRAM_JSON.findall(text)
        )
    )


def read_ids(text: str) -> Findings:
    """`{'device': '0x1636', ..., 'vendor': '0x1002'}`, as gpu-ls prints ids."""
    devices = [
        Sighting("ids", None, vendor_of(None, f"{maker}:{device}"), f"{maker}:{device}")
        for device, maker in re.findall(r"'device': '0x([0-9a-f]{4})'.*?'vendor': '0x([0-9a-f]{4})'", text)
    ]
    return Findings(tuple(device for device in devices if device.vendor))


def read_pci_json(text: str) -> Findings:
    """`{"vendor": {"id", "name"}, "product": {"id", "name"}}`, one after the other."""
    rows = _PCI_JSON.findall(text)
    devices = [
        Sighting("JSON", None, vendor_of(None, f"{maker}:{device}"), f"{maker}:{device}")
        for (maker, _), (device, _) in zip(rows[::2], rows[1::2], strict=False)
    ]
    return Findings(tuple(device for device in devices if device.vendor))
