"""macOS: system_profiler in JSON and as text, sysctl, ioreg and vm_stat."""

import re
from collections.abc import Mapping

from llmfit_tui.core.seen.macs import chip_of
from llmfit_tui.core.seen.text import GIB, MIB, json_pairs, pairs, plain, size_bytes, vendor_of, whole
from llmfit_tui.core.seen.values import Findings, Host, Sighting

_CHIP = re.compile(r"\bApple ([MA]\d+\w*(?: (?:Pro|Max|Ultra))?)")
_MONITORS = re.compile(r'"spdisplays_ndrvs"\s*:\s*\[[^\[\]]*(?:\]|\Z)')
_OBJECTS = re.compile(r"\{([^{}]*)(?:\}|\Z)")
_VRAM = ("spdisplays_vram", "_spdisplays_vram", "spdisplays_vram_shared", "_spdisplays_vram_shared")


def read_json(text: str) -> Findings:
    """`system_profiler ... -json`, whole or cut off: GPUs without the monitors in them."""
    bare = _MONITORS.sub("", text)
    devices = [
        device for body in _OBJECTS.findall(bare) if (device := _display(json_pairs(body))) is not None
    ]
    values = json_pairs(bare)
    host = Host(
        cpu=plain(values.get("chip_type") or values.get("cpu_type")) or chip_of(values.get("machine_model")),
        ram_bytes=size_bytes(values.get("physical_memory")) or size_bytes(values.get("SPMemoryDataType")),
        model=plain(values.get("machine_model")),
    )
    return Findings(tuple(devices), host)


def _display(row: Mapping[str, str]) -> Sighting | None:
    """A GPU. `_name` may be an internal key (`kHW_AppleM1Item`), sppci_model never is."""
    internal = row.get("_name", "").startswith("kHW_")
    if not internal and not any(key.startswith(("sppci_", "spdisplays_")) for key in row):
        return None
    name = row.get("sppci_model") or row.get("_name")
    if name and (family := re.fullmatch(r"kHW_Apple(\w+?)Item", name)):
        name = f"Apple {family.group(1)}"
    if not name:
        return None
    vram = next((size for key in _VRAM if (size := size_bytes(row.get(key), "m")) is not None), None)
    shared = any("shared" in key or "Dynamic" in row[key] for key in _VRAM if key in row)
    return _gpu(name, whole(row.get("sppci_cores")), None if shared else vram, shared)


def _gpu(name: str, cores: int | None = None, memory: int | None = None, shared: bool = False) -> Sighting:
    shown = plain(name)
    vendor = vendor_of(shown)
    integrated = True if vendor == "Apple" or shared or (vendor == "Intel") else None
    return Sighting("system_profiler", shown, vendor, memory_bytes=memory, integrated=integrated, cores=cores)


def read_text(text: str) -> Findings:
    """system_profiler as text, with the log lines newer systems mix in."""
    devices: list[Sighting] = []
    host = Host()
    identified: str | None = None
    for key, value in pairs(text):
        if key == "Chipset Model":
            devices.append(_gpu(value))
        elif key.startswith("VRAM") and devices and devices[-1].vendor != "Apple":
            size = size_bytes(value, "m")
            shared = "Dynamic" in key
            devices[-1] = _gpu(devices[-1].name or "", memory=None if shared else size, shared=shared)
        elif key == "Total Number of Cores" and devices and devices[-1].vendor == "Apple" and value.isdigit():
            devices[-1] = _gpu(devices[-1].name or "", whole(value))
        elif key in {"Chip", "Processor Name"}:
            host = host.with_more(Host(cpu=plain(value)))
        elif key == "Memory":
            host = host.with_more(Host(ram_bytes=size_bytes(value)))
        elif key in {"Model Name", "Model Identifier"}:
            host = host.with_more(Host(model=plain(value)))
            identified = chip_of(value) or identified
    host = host.with_more(Host(cpu=identified))
    if not devices and host.cpu and _CHIP.search(host.cpu):
        devices.append(_gpu(host.cpu))
    if not devices and host.model and host.model.startswith(("Mac", "iMac")) and "hw.cpufamily" in text:
        devices.append(Sighting("system_profiler", None, "Apple", integrated=True))
    return Findings(tuple(devices), host)


def read_sysctl(text: str) -> Findings:
    """`sysctl`: memory in bytes, the chip, and the limit somebody set for the GPU (0: the default)."""
    values = dict(pairs(text))
    brand = plain(values.get("machdep.cpu.brand_string")) or chip_of(values.get("hw.model"))
    raised = (values.get("iogpu.wired_limit_mb") or "0").split("->")[-1].strip()
    limit = (whole(raised) or 0) * MIB
    memory = whole(values.get("hw.memsize")) or whole(values.get("hw.physmem"))
    host = Host(
        cpu=brand,
        ram_bytes=memory if memory and MIB < memory < 1024 * 1024 * GIB else None,
        cores=whole(values.get("hw.physicalcpu")),
        threads=whole(values.get("hw.logicalcpu")) or whole(values.get("hw.ncpu")),
        model=plain(values.get("hw.model")),
        system=f"macOS {values['kern.osproductversion']}" if values.get("kern.osproductversion") else None,
    )
    apple = (brand is not None and _CHIP.search(brand) is not None) or (brand is None and limit > 0)
    devices = (
        (Sighting("sysctl", brand, "Apple", integrated=True, limit_bytes=limit or None),) if apple else ()
    )
    return Findings(devices, host)


def read_ioreg(text: str) -> Findings:
    """`ioreg -rc AGXAccelerator -d 1`: chip and GPU cores, long before system_profiler tells them."""
    cores = re.search(r'"gpu-core-count"\s*=\s*(\d{1,4})\b', text)
    model = re.search(r'"model"\s*=\s*<?"([^"\n]+)"', text)
    name = plain(model.group(1)) if model else None
    if cores is None:
        return Findings()
    gpu = Sighting("ioreg", name, "Apple", integrated=True, cores=int(cores.group(1)))
    return Findings((gpu,))


def read_vm_stat(text: str) -> Findings:
    """vm_stat: pages that are free, or are given up when somebody needs memory."""
    page = re.search(r"page size of (\d{1,9}) bytes", text)
    given = re.findall(r"^Pages (?:free|inactive|speculative|purgeable):\s+(\d{1,15})\.", text, re.MULTILINE)
    size = int(page.group(1)) * sum(map(int, given)) if page else 0
    return Findings(host=Host(available_bytes=size or None))
