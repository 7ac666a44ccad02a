"""Reading the kernel's small files as `PATH: value` lines."""

from collections.abc import Iterable, Iterator
from pathlib import Path

MOST_FILE = 1 << 16
MOST_NODES = 64
CLASSES = ("0x03", "0x12")
"""Display controllers and processing accelerators."""
OF_DEVICE = (
    "class",
    "vendor",
    "device",
    "revision",
    "product_name",
    "mem_info_vram_total",
    "mem_info_vram_used",
    "mem_info_gtt_total",
    "current_compute_partition",
)
PATTERNS = ("tile*/physical_vram_size_bytes", "drm/card*/lmem_total_bytes")
OF_HOST = (
    "/proc/device-tree/model",
    "/proc/version",
    "/sys/class/dmi/id/product_name",
    "/sys/class/dmi/id/sys_vendor",
)


def read_file(path: Path) -> str | None:
    """The beginning of a file, or None where it cannot be read."""
    try:
        with path.open("rb") as opened:
            return opened.read(MOST_FILE).decode("utf-8", errors="replace")
    except OSError:
        return None


def lines_of(root: Path, paths: Iterable[Path]) -> str:
    """`PATH: value` for every file that can be read, paths as seen from the root."""
    found: list[str] = []
    for path in paths:
        text = read_file(path)
        if text is not None:
            found.append(f"/{path.relative_to(root)}: {' '.join(text.replace(chr(0), ' ').split())}")
    return "\n".join(found)


def device_files(root: Path, most: int) -> Iterator[Path]:
    """What the kernel says of every graphics device on the PCI bus."""
    seen = 0
    for device in _listed(root / "sys/bus/pci/devices"):
        kind = read_file(device / "class")
        if kind is None or not kind.startswith(CLASSES):
            continue
        seen += 1
        if seen > most:
            return
        yield from (device / name for name in OF_DEVICE)
        for pattern in PATTERNS:
            yield from sorted(device.glob(pattern))


def driver_files(root: Path, most: int) -> Iterator[Path]:
    """Names NVIDIA's module gives its cards, and memory banks of AMD's compute driver."""
    for card in _listed(root / "proc/driver/nvidia/gpus")[:most]:
        yield card / "information"
    for node in _listed(root / "sys/class/kfd/kfd/topology/nodes")[:most]:
        yield from sorted(node.glob("mem_banks/*/properties"))


def host_files(root: Path) -> Iterator[Path]:
    """What tells the board, the NUMA nodes and the limits of a container."""
    yield from (root / name.lstrip("/") for name in OF_HOST)
    nodes = [path for path in _listed(root / "sys/devices/system/node") if path.name.startswith("node")]
    for node in nodes[:MOST_NODES]:
        yield node / "cpulist"
        yield node / "meminfo"
    yield from limit_files(root)


def limit_files(root: Path) -> Iterator[Path]:
    """Memory limits of this process's control group and of those around it, in both versions."""
    groups = read_file(root / "proc/self/cgroup") or ""
    for line in groups.splitlines():
        _, _, rest = line.partition(":")
        controllers, _, name = rest.partition(":")
        parts = [part for part in name.split("/") if part not in {"", ".."}]
        for depth in range(min(len(parts), 32), 0, -1):
            inside = Path(*parts[:depth])
            if controllers == "":
                yield root / "sys/fs/cgroup" / inside / "memory.max"
            elif "memory" in controllers.split(","):
                yield root / "sys/fs/cgroup/memory" / inside / "memory.limit_in_bytes"
    yield root / "sys/fs/cgroup/memory.max"
    yield root / "sys/fs/cgroup/memory/memory.limit_in_bytes"


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
