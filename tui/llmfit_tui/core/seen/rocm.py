"""rocminfo, amd-smi, and what the amdgpu driver says when it starts."""

import itertools
import re
from collections.abc import Mapping

from llmfit_tui.core.seen.text import bus_address, hex_id, pairs, plain, size_bytes, whole
from llmfit_tui.core.seen.values import Findings, Host, Sighting

_AGENT = re.compile(r"^\*+\s*\n^Agent \d+\s*\n", re.MULTILINE)
_POOL = re.compile(r"Segment:\s+GLOBAL;.*?COARSE GRAINED.*?Size:\s+(\d+)", re.DOTALL)
_CARD = re.compile(r"^GPU: (\d+)\s*$", re.MULTILINE)
_BOOT = re.compile(r"(?:amdgpu(?: ([0-9a-f:.]{12}))?: .*?)?\b(\d{1,9})M of (VRAM|GTT) memory ready")


def read_rocminfo(text: str) -> Findings:
    """Agents that are GPUs, each once: its Name, Marketing Name and ISA name the same device.

    Pools of CPU agents come first and would look like VRAM. Sizes are in KB, meaning KiB.
    """
    devices: list[Sighting] = []
    cpu: str | None = None
    for body in _agents(text):
        values: dict[str, str] = {}
        for key, value in pairs(body):
            values.setdefault(key, value)
        kind = values.get("Device Type", "")
        if kind == "CPU":
            cpu = cpu or plain(values.get("Marketing Name"))
        elif kind == "GPU" or (not kind and _is_gpu(values, body)):
            devices.append(_agent(values, body))
    return Findings(tuple(devices), Host(cpu=cpu))


def _agents(text: str) -> list[str]:
    parts = re.split(r"^Agent \d+\s*$", text, flags=re.MULTILINE)
    return parts[1:] if len(parts) > 1 else parts


def _is_gpu(values: Mapping[str, str], body: str) -> bool:
    """An excerpt without its Device Type: a gfx name, or what only a GPU agent prints."""
    return values.get("Name", "").startswith("gfx") or "Wavefront Size:" in body or "SDMA engine" in body


def _agent(values: Mapping[str, str], body: str) -> Sighting:
    target = values.get("Name", "")
    isa = re.search(r"amdgcn-amd-amdhsa--(gfx\w+)", body)
    chip = re.search(r"Chip ID:\s+\d+\(0x([0-9a-f]+)\)", body)
    pool = _POOL.search(body)
    return Sighting(
        "rocminfo",
        name=plain(values.get("Marketing Name")),
        vendor="AMD",
        pci_id=f"1002:{hex_id(chip.group(1))}" if chip and hex_id(chip.group(1)) else None,
        memory_bytes=size_bytes(pool.group(1), "k") if pool else None,
        target=target if target.startswith("gfx") else isa.group(1) if isa else None,
    )


def read_amd_smi(text: str) -> Findings:
    """`amd-smi static`: of three names MARKET_NAME is the one of the card."""
    starts = [match.start() for match in _CARD.finditer(text)] + [len(text)]
    return Findings(tuple(_static(text[start:end]) for start, end in itertools.pairwise(starts)))


def _static(body: str) -> Sighting:
    values: dict[str, str] = {}
    section = ""
    for line in body.splitlines():
        key, mark, value = line.strip().partition(":")
        if mark and not value.strip():
            section = key
        elif mark:
            values.setdefault(f"{section}.{key}", value.strip())
    device = hex_id(values.get("ASIC.DEVICE_ID"))
    return Sighting(
        "amd-smi",
        name=plain(values.get("ASIC.MARKET_NAME")),
        vendor="AMD",
        pci_id=f"1002:{device}" if device else None,
        revision=whole(values.get("ASIC.REV_ID"), 16),
        bus=bus_address(values.get("BUS.BDF")),
        memory_bytes=size_bytes(values.get("VRAM.SIZE"), "m"),
        target=plain(values.get("ASIC.TARGET_GRAPHICS_VERSION")),
    )


def read_boot(text: str) -> Findings:
    """The kernel's log: how much VRAM and how much GTT the driver made ready, in MiB."""
    cards: dict[str, dict[str, int]] = {}
    for bus, megabytes, kind in _BOOT.findall(text):
        cards.setdefault(bus, {}).setdefault(kind, int(megabytes) << 20)
    return Findings(
        tuple(
            Sighting(
                "dmesg",
                vendor="AMD",
                bus=bus_address(bus),
                memory_bytes=sizes.get("VRAM"),
                gtt_bytes=sizes.get("GTT"),
            )
            for bus, sizes in cards.items()
        )
    )
