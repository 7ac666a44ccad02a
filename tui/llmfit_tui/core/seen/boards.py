"""Boards and accelerators of other makers: tegrastats, jetson_release, npu-smi, mx-smi, mthreads-gmi."""

import re

from llmfit_tui.core.seen.text import MIB, bus_address, plain, size_bytes, vendor_of
from llmfit_tui.core.seen.values import Findings, Host, Sighting

_RAM = re.compile(r"\bRAM (\d+)/(\d+)MB")
_SWAP = re.compile(r"\bSWAP \d+/(\d+)MB")
_NPU = re.compile(r"^\|\s*(\d+)\s+((?:Ascend)?\s?\d{3}[\w-]*|Ascend\w*)\s*\|\s*(\w+)\s*\|", re.MULTILINE)
_CHIP = re.compile(r"^\|\s*\d+(?:\s+\d+)?\s*\|\s*([0-9A-Fa-fx]{4}:[0-9A-Fa-fx:.]+)\s*\|(.*)\|", re.MULTILINE)
_USAGE = re.compile(r"(\d+)\s*/\s*(\d+)")
_MX = re.compile(r"^\|\s*\d+\s+(MetaX \S+|MX\S+)\s*\|.*?\|\s*([0-9a-f:.]{12})\s*\|", re.MULTILINE)
_MX_USAGE = re.compile(r"\|\s*(\d+)\s*/\s*(\d+) MiB\s*\|")
_MT = re.compile(r"^(?:\|\s*)?\d+\s+(MTT \S+).*$", re.MULTILINE)
_MT_USAGE = re.compile(r"(\d{1,12})MiB\((\d{1,12})MiB\)")


def read_tegrastats(text: str) -> Findings:
    """A Jetson's own monitor: `RAM used/totalMB`, in MiB. It names no board."""
    match = _RAM.search(text)
    swap = _SWAP.search(text)
    if match is None:
        return Findings()
    host = Host(ram_bytes=int(match.group(2)) * MIB, swap_bytes=int(swap.group(1)) * MIB if swap else None)
    gpu = Sighting("tegrastats", None, "NVIDIA", integrated=True, used_bytes=int(match.group(1)) * MIB)
    return Findings((gpu,) if "GR3D_FREQ" in text else (), host)


def read_jetson(text: str) -> Findings:
    """jetson_release: the model of the board."""
    match = re.search(r"Model: (.+)", text)
    name = plain(match.group(1)) if match else None
    if name is None or vendor_of(name) != "NVIDIA":
        return Findings()
    return Findings((Sighting("jetson_release", name, "NVIDIA", integrated=True),), Host(model=name))


def read_npu_smi(text: str) -> Findings:
    """Two rows a chip: the name above, the address and HBM below; an NPU of two chips stands there twice."""
    rows = _NPU.findall(text)
    names = [name for _, name, _ in rows]
    twins = len({number for number, _, _ in rows}) < len(rows)
    devices: list[Sighting] = []
    for number, (bus, rest) in enumerate(_CHIP.findall(text)):
        usage = [(int(used), int(total)) for used, total in _USAGE.findall(rest)]
        used, total = usage[-1] if usage else (0, 0)
        name = plain(names[number]) if number < len(names) else None
        shown = name if name is None or name.startswith("Ascend") else f"Ascend {name}"
        if name == "Ascend910" and twins:
            # A3 modules hold two chips and give neither a model of its own.
            shown = "Ascend 910C"
        devices.append(
            Sighting(
                "npu-smi",
                name=shown,
                vendor="Huawei",
                bus=bus_address(bus),
                memory_bytes=total * MIB or None,
                used_bytes=used * MIB if total else None,
            )
        )
    return Findings(tuple(devices))


def read_mx_smi(text: str) -> Findings:
    """MetaX: `826/65536 MiB`, one unit for both figures."""
    usage = _MX_USAGE.findall(text)
    cards = _MX.findall(text)
    return Findings(
        tuple(
            Sighting(
                "mx-smi",
                plain(name),
                "MetaX",
                bus=bus_address(bus),
                memory_bytes=int(usage[number][1]) * MIB if number < len(usage) else None,
                used_bytes=int(usage[number][0]) * MIB if number < len(usage) else None,
            )
            for number, (name, bus) in enumerate(cards)
        )
    )


def read_mthreads(text: str) -> Findings:
    """Moore Threads: `10MiB(81920MiB)`."""
    usage = _MT_USAGE.findall(text)
    return Findings(
        tuple(
            Sighting(
                "mthreads-gmi",
                plain(name),
                "Moore Threads",
                memory_bytes=size_bytes(usage[number][1], "m") if number < len(usage) else None,
                used_bytes=size_bytes(usage[number][0], "m", least=0) if number < len(usage) else None,
            )
            for number, name in enumerate(_MT.findall(text))
        )
    )
