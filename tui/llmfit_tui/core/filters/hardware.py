"""What a filter can ask of hardware: a device of the catalog, or a machine of the person's own."""

from llmfit_tui.core.filters import figures
from llmfit_tui.core.filters.field import BANDWIDTH, DATE, MEMORY, WATTS, Field, Value, years
from llmfit_tui.core.hardware.device import Device
from llmfit_tui.core.hardware.machine import Machine

WORDS = (
    "nvidia",
    "amd",
    "apple",
    "intel",
    "laptop",
    "desktop",
    "workstation",
    "datacenter",
    "unified",
    "cpu",
)
"""Vendors and kinds: words of the row that are worth offering."""


def words_of(device: Device) -> str:
    """What plain words find a device by."""
    aliases = " ".join(device.aliases)
    return f"{device.name} {aliases} {device.vendor} {device.kind.value} {device.architecture}"


def _memory(row: Device | Machine | None, _: object) -> Value:
    return row.memory_bytes if row is not None else None


def _bandwidth(row: Device | Machine | None, _: object) -> Value:
    return row.bandwidth_bytes_per_s if row is not None else None


def _vendor(row: Device | Machine | None, _: object) -> Value:
    return row.vendor if isinstance(row, Device) else None


def _released(row: Device | Machine | None, _: object) -> Value:
    return years(row.release_date) if isinstance(row, Device) else None


def _backend(row: Device | Machine | None, _: object) -> Value:
    return " ".join(one.value for one in row.backends) if isinstance(row, Device) else None


def _power(row: Device | Machine | None, _: object) -> Value:
    return row.tdp_w if isinstance(row, Device) else None


FACTS = (
    Field(("vram", "memory", "mem"), "GiB of memory", _memory, MEMORY, bare=("gb", "gib", "g")),
    Field(("bandwidth", "bw"), "GB/s of its memory", _bandwidth, BANDWIDTH, bare=("gb/s", "tb/s")),
    Field(("vendor", "by"), "maker", _vendor, is_text=True),
    Field(("backend",), "cuda, rocm, vulkan, metal, sycl", _backend, is_text=True),
    Field(("released", "date", "year"), "when it came out", _released, DATE),
    Field(("power", "watts", "tdp"), "watts", _power, WATTS, bare=("w",)),
)
FIELDS = (FACTS[0], *figures.RATINGS, figures.SPEED, *FACTS[1:])
