"""vulkaninfo and glxinfo: names and ids, never a card's memory that could be trusted."""

import re

from llmfit_tui.core.seen.text import plain, size_bytes, vendor_of
from llmfit_tui.core.seen.values import Findings, Sighting

_DEVICE = re.compile(r"^GPU\d+:\s*$|^VkPhysicalDeviceProperties:\s*$", re.MULTILINE)
_FIELD = re.compile(r"^[ \t]+(\w+)\s+= (.*?)\s*$", re.MULTILINE)
_WRAPPED = re.compile(r"^Microsoft Direct3D12 \((.+)\)$")
_DRIVER = re.compile(
    r"\s*\((?:RADV|radeonsi|ACO|LLVM|zink|Dozen)[^()]*(?:\([^()]*\)[^()]*)*\)\s*$", re.IGNORECASE
)
_GL = re.compile(r"^[ \t]*Device: (.+?) \(.*?\)?\s*\(0x([0-9a-f]{4})\)\s*$", re.MULTILINE)
SOFTWARE = re.compile(r"llvmpipe|swiftshader|softpipe|lavapipe|\bCPU\b|Basic Render", re.IGNORECASE)


def bare_name(name: str) -> str:
    """The device behind a driver's bracket or the Direct3D wrapper."""
    wrapped = _WRAPPED.match(_DRIVER.sub("", name.strip()))
    return _DRIVER.sub("", wrapped.group(1) if wrapped else name.strip())


def read_vulkaninfo(text: str) -> Findings:
    """Physical devices, each once: several drivers and the Direct3D wrapper list one card again."""
    starts = [match.end() for match in _DEVICE.finditer(text)]
    kept: dict[tuple[str, str, int], Sighting] = {}
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(text)], strict=True)):
        values: dict[str, str] = {}
        for key, value in _FIELD.findall(text[start:end]):
            values.setdefault(key, value)
        name = plain(bare_name(values.get("deviceName", "")))
        if name is None or "TYPE_CPU" in values.get("deviceType", "") or SOFTWARE.search(name):
            continue
        ids = [values.get(key, "").removeprefix("0x").lower() for key in ("vendorID", "deviceID")]
        pci_id = ":".join(ids) if all(re.fullmatch("[0-9a-f]{4}", part) for part in ids) else None
        device = Sighting(
            "vulkaninfo",
            name=name,
            vendor=vendor_of(name, pci_id),
            pci_id=pci_id,
            integrated=True if "INTEGRATED" in values.get("deviceType", "") else None,
        )
        driver = values.get("driverID") or values.get("driverName") or str(number)
        unique = values.get("deviceUUID", "").strip("-0")
        # Without a unique id another driver that shows the same chip shows the same card.
        again = [
            key
            for key, other in kept.items()
            if key[1] != driver and device.pci_id == other.pci_id is not None
        ]
        key = (unique, "", 0) if unique else (again[0] if again else ("", driver, number))
        kept.setdefault(key, device)
    return Findings(tuple(kept.values()))


def read_glxinfo(text: str) -> Findings:
    """The one device OpenGL draws on."""
    match = _GL.search(text)
    if match is None:
        return Findings()
    vendor = re.search(r"Vendor: .*\(0x([0-9a-f]{4})\)", text)
    name = plain(match.group(1))
    maker = vendor.group(1) if vendor else "1002" if vendor_of(name) == "AMD" else None
    unified = re.search(r"Unified memory: (yes|no)", text)
    memory = re.search(r"Dedicated video memory: (.+)", text)
    return Findings(
        (
            Sighting(
                "glxinfo",
                name=name,
                vendor=vendor_of(name, f"{maker}:"),
                pci_id=f"{maker}:{match.group(2)}" if maker else None,
                integrated=True if unified and unified.group(1) == "yes" else None,
                memory_bytes=size_bytes(memory.group(1), "m") if memory else None,
            ),
        )
    )
