"""Files of the kernel: `PATH: value` a line, as the probe writes them, grouped by their device."""

import re
from dataclasses import replace

from llmfit_tui.core.seen.nvidia import named, shares_memory
from llmfit_tui.core.seen.text import bus_address, plain, size_bytes, vendor_of, whole
from llmfit_tui.core.seen.values import Findings, Host, Sighting

_LINE = re.compile(r"^(/[^\s:]+(?::[^\s:]+)*): ?(.*)$", re.MULTILINE)
_PCI = re.compile(r"^(/sys/bus/pci/devices/[0-9a-f:.]+|/sys/class/drm/card\d+/device)/(.+)$", re.IGNORECASE)
_NVIDIA = re.compile(r"^/proc/driver/nvidia/gpus/([0-9a-fA-F:.]+)/information$")
_NODE = re.compile(r"^/sys/class/kfd/kfd/topology/nodes/(\d+)/(.+)$")
_NUMA = re.compile(r"^/sys/devices/system/node/node(\d+)/(cpulist|meminfo)$")
_NODE_TOTAL = re.compile(r"MemTotal:\s+(\d+) kB")
_BANK = re.compile(r"size_in_bytes (\d+)")
DISPLAY, ACCELERATOR = "03", "12"
LEAST_BANK = 1 << 30
"""Of a GPU; smaller banks are caches and apertures."""
UNLIMITED = 1 << 62
"""Limits above are none: cgroup v1 writes the largest multiple of a page for it."""
_LIMIT = re.compile(r"^/sys/fs/cgroup/(?:.*/)?memory\.(?:max|limit_in_bytes)$")


def read_files(text: str) -> Findings:
    """Devices of the PCI bus and what the host's own files say."""
    groups: dict[str, dict[str, str]] = {}
    loaded: dict[str, str] = {}
    banks: dict[int, int] = {}
    numa: dict[str, dict[str, str]] = {}
    host = Host()
    limits: list[int] = []
    for path, value in _LINE.findall(text):
        if match := _PCI.match(path):
            groups.setdefault(match.group(1), {}).setdefault(match.group(2), value.strip())
        elif match := _NVIDIA.match(path):
            loaded[bus_address(match.group(1)) or ""] = value
        elif match := _NUMA.match(path):
            numa.setdefault(match.group(1), {})[match.group(2)] = value.strip()
        elif match := _NODE.match(path):
            size = _BANK.search(value)
            if size is not None and "heap_type 1" in value:
                banks[int(match.group(1))] = int(size.group(1))
        elif _LIMIT.match(path):
            limits += (
                [size] if value.strip().isdigit() and (size := size_bytes(value)) and size < UNLIMITED else []
            )
        else:
            host = host.with_more(_host(path, value.strip()))
    # A container inside a container has the least of their limits.
    host = host.with_more(Host(limit_bytes=min(limits, default=None), bare_nodes=_bare(numa)))
    devices: list[Sighting] = []
    notes: list[str] = []
    for path, values in groups.items():
        device = _device(path, values)
        if isinstance(device, str):
            notes.append(device)
        elif device is not None:
            devices.append(device)
    devices = [_with_driver(device, loaded.pop(device.bus or "", None)) for device in devices]
    devices += [
        _with_driver(Sighting("driver", vendor="NVIDIA", bus=bus), said) for bus, said in loaded.items()
    ]
    bank = min((size for size in banks.values() if size >= LEAST_BANK), default=None)
    return Findings(tuple(devices), host, tuple(dict.fromkeys(notes)), bank)


def _bare(nodes: dict[str, dict[str, str]]) -> tuple[int, ...]:
    """Memory of each NUMA node that has no CPUs."""
    bare = [node.get("meminfo", "") for node in nodes.values() if node.get("cpulist") == ""]
    sizes = [int(match.group(1)) << 10 for text in bare if (match := _NODE_TOTAL.search(text))]
    return tuple(size for size in sizes if size)


def _device(path: str, values: dict[str, str]) -> Sighting | str | None:
    """A graphics card, or why a device of the display or accelerator class is none of ours."""
    kind = values.get("class", "0x030000").removeprefix("0x")[:2]
    vendor_id, device_id = (values.get(key, "").removeprefix("0x").lower() for key in ("vendor", "device"))
    pci_id = f"{vendor_id}:{device_id}" if len(vendor_id) == len(device_id) == 4 else None
    vendor = vendor_of(None, pci_id)
    amd = any(key.startswith("mem_info_") for key in values)
    if kind not in {DISPLAY, ACCELERATOR}:
        return None
    if kind == ACCELERATOR and vendor in {"Intel", "AMD"} and not amd:
        return f"an NPU ({pci_id}) is beside the point: llama.cpp drives none"
    if pci_id and vendor is None:
        return f"the display adapter {pci_id} computes nothing"
    tiles = [
        size
        for key, value in values.items()
        if key.endswith("physical_vram_size_bytes") and (size := size_bytes(value))
    ]
    local = next((value for key, value in values.items() if key.endswith("lmem_total_bytes")), None)
    bus = bus_address(path)
    return Sighting(
        "sysfs",
        name=plain(values.get("product_name")),
        vendor=vendor or ("AMD" if amd else None),
        pci_id=pci_id,
        revision=whole(values.get("revision"), 16),
        bus=bus,
        memory_bytes=size_bytes(values.get("mem_info_vram_total")) or sum(tiles) or size_bytes(local),
        used_bytes=size_bytes(values.get("mem_info_vram_used"), least=0),
        gtt_bytes=size_bytes(values.get("mem_info_gtt_total")),
        integrated=True if vendor == "Intel" and bus == "0000:00:02.0" else None,
        partition=plain(values.get("current_compute_partition")),
    )


def _with_driver(device: Sighting, said: str | None) -> Sighting:
    """With the name NVIDIA's kernel module gives it."""
    model = re.search(r"Model:\s*(.+?)(?:\s{2,}|;|$)", said or "")
    name = named(model.group(1)) if model else None
    return replace(device, name=device.name or name, integrated=device.integrated or shares_memory(name))


def _host(path: str, value: str) -> Host:
    """What a single file tells of the host."""
    if path == "/proc/device-tree/model":
        return Host(model=plain(value.replace("\0", "")))
    if path in {"/sys/class/dmi/id/product_name", "/sys/class/dmi/id/product_family"}:
        return Host(model=plain(value))
    if path == "/sys/class/dmi/id/sys_vendor" and re.search(
        r"QEMU|VMware|Xen|innotek|Amazon EC2|Google", value
    ):
        return Host(virtual=plain(value))
    if path == "/sys/module/ttm/parameters/pages_limit":
        return Host()
    if path == "/proc/version" and "microsoft" in value.lower():
        return Host(virtual="WSL")
    return Host()
