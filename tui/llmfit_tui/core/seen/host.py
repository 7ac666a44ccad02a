"""The host: lscpu, /proc/cpuinfo, numactl, and where its memory is told: meminfo, free, numastat."""

import re

from llmfit_tui.core.seen.text import KIB, MIB, pairs, plain, size_bytes, whole
from llmfit_tui.core.seen.values import Findings, Host

_NODE = re.compile(r"^node (\d+) cpus:(.*)$", re.MULTILINE)
_NODE_SIZE = re.compile(r"^node (\d+) size: (\d+) MB", re.MULTILINE)
_MEMINFO = re.compile(r"^(MemTotal|MemAvailable|SwapTotal):\s+(\d+)( kB)?\s*$", re.MULTILINE)
_NUMASTAT = re.compile(r"^MemTotal\s+(?:[\d.]+\s+)*?([\d.]+)\s*$", re.MULTILINE)
PARTS = {
    # Implementer and part of the MIDR register, as Arm's and the makers' manuals number them.
    ("0x41", "0xd0c"): "Arm Neoverse N1",
    ("0x41", "0xd40"): "Arm Neoverse V1",
    ("0x41", "0xd4f"): "Arm Neoverse V2",
    ("0x41", "0xd49"): "Arm Neoverse N2",
    ("0x41", "0xd0b"): "Arm Cortex-A76",
    ("0x41", "0xd08"): "Arm Cortex-A72",
    ("0x41", "0xd42"): "Arm Cortex-A78AE",
    ("0xc0", "0xac3"): "AmpereOne",
    ("0xc0", "0xac4"): "AmpereOne",
}


def read_lscpu(text: str) -> Findings:
    """Model, sockets and cores. A hypervisor's 24 sockets of one core are not 24 sockets."""
    values: dict[str, str] = {}
    for key, value in pairs(text):
        values.setdefault(key, value)
    sockets, cores = whole(values.get("Socket(s)")), whole(values.get("Core(s) per socket"))
    total = sockets * cores if sockets and cores else None
    virtual = "Hypervisor vendor" in values or (cores == 1 and (sockets or 0) > 4)
    nodes = [value for key, value in values.items() if re.fullmatch(r"NUMA node\d+ CPU\(s\)", key)]
    return Findings(
        host=Host(
            cpu=plain(values.get("Model name")),
            sockets=None if virtual else sockets,
            cores=total,
            threads=whole(values.get("CPU(s)")),
            numa_nodes=sum(1 for cpus in nodes if cpus) or whole(values.get("NUMA node(s)")),
            virtual=plain(values.get("Hypervisor vendor")),
        )
    )


def read_cpuinfo(text: str) -> Findings:
    """/proc/cpuinfo, whole or its first lines; Arm has numbers in place of a name."""
    rows = pairs(text)
    values: dict[str, str] = {}
    for key, value in rows:
        values.setdefault(key.lower(), value)
    name = plain(values.get("model name"))
    if name is None:
        name = PARTS.get((values.get("cpu implementer", ""), values.get("cpu part", "")))
    threads = sum(1 for key, value in rows if key == "processor" and value.isdigit())
    physical = len({value for key, value in rows if key == "physical id"})
    cores = whole(values.get("cpu cores"))
    return Findings(
        host=Host(
            cpu=name,
            sockets=physical or None,
            cores=cores * physical if cores and physical else None,
            threads=threads if threads > 1 else whole(values.get("siblings")),
            model=plain(values.get("model")) if "raspberry" in values.get("model", "").lower() else None,
        )
    )


def read_meminfo(text: str) -> Findings:
    """/proc/meminfo: "kB" means KiB; a figure without a unit is bytes."""
    sizes = {key: int(number[:18]) * (KIB if unit else 1) for key, number, unit in _MEMINFO.findall(text)}
    return Findings(
        host=Host(
            ram_bytes=sizes.get("MemTotal") or None,
            available_bytes=sizes.get("MemAvailable"),
            swap_bytes=sizes.get("SwapTotal"),
        )
    )


def read_free(text: str, command: str = "") -> Findings:
    """`free`: the first figure of its first row is the total, in the unit asked for or its own (`62Gi`).

    The row is called Mem in English, Speicher in German, and so on.
    """
    match = re.search(r"^[^\s\d:：]+[:：]\s*([\d.,]+)([KMGT]i?)?", text, re.MULTILINE)
    asked = re.search(r"-(?:\w*)([bmg])", command)
    unit = (match.group(2) if match else None) or (asked.group(1) if asked else "k")
    size = size_bytes(match.group(1), "" if unit == "b" else unit) if match else None
    return Findings(host=Host(ram_bytes=size))


def read_numa(text: str) -> Findings:
    """numactl --hardware and numastat -m, whose MB are MiB; nodes without CPUs are told apart."""
    nodes = {number for number, cpus in _NODE.findall(text) if cpus.strip()}
    sizes = {number: int(size) * MIB for number, size in _NODE_SIZE.findall(text)}
    total = _NUMASTAT.search(text)
    ram = sum(sizes.values()) if sizes else round(float(total.group(1)) * MIB) if total else None
    bare = tuple(size for number, size in sizes.items() if nodes and size and number not in nodes)
    return Findings(host=Host(ram_bytes=ram, numa_nodes=len(nodes) or None, bare_nodes=bare))
