"""Devices in few letters."""

import re

from llmfit_tui.core.hardware.device import GIB, Device

_BRAND = re.compile(
    r"^(NVIDIA GeForce|NVIDIA|AMD Radeon (?=RX|PRO|AI|VII|Pro)|AMD (?=Radeon|Instinct|Ryzen)"
    r"|Intel(?= Arc)|Qualcomm|Apple(?= [MA]\d))\s*"
)
_MEMORY = re.compile(r"\s+\d+(\.\d+)?\s*GB$")
_CHIP = re.compile(r" \((\d+)-core GPU\)")


def short_name(device: Device) -> str:
    """The name without its brand and its memory: RTX 4090, M3 Max (40-core)."""
    bare = _MEMORY.sub("", device.name)
    return _CHIP.sub(r" \1-core", _BRAND.sub("", bare))


def memory_label(device: Device) -> str:
    """Memory as printed on the box."""
    if device.memory_bytes is None:
        return "–"
    return f"{device.memory_bytes / GIB:.4g} GB"


def rate_label(bytes_per_s: int | None) -> str:
    """Bandwidth in GB/s without its unit."""
    return "–" if bytes_per_s is None else f"{bytes_per_s / 1e9:,.0f}"


THIS_MACHINE = "this machine"


def this_name(name: str) -> str:
    """What the detected machine is called: `this machine: 2x RTX 3090`."""
    parts = [
        re.sub(r"^(\d+x )?(.*)$", lambda m: (m[1] or "") + _BRAND.sub("", m[2]), part)
        for part in name.split(" + ")
    ]
    return f"{THIS_MACHINE}: {' + '.join(parts)}"


def machine_name(name: str) -> str:
    """A machine's name without the brand of a card."""
    return _BRAND.sub("", name)
