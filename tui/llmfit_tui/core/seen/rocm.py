"""rocminfo, amd-smi, and what the amdgpu driver says when it starts."""

import itertools
import re
from collections.abc import Mapping
from dataclasses import replace

from llmfit_tui.core.seen.text import bus_address, hex_id, json_pairs, pairs, plain, size_bytes, whole
from llmfit_tui.core.seen.values import Findings, Host, Sighting

_AGENT = re.compile(r"^\*+\s*\n^Agent \d+\s*\n", re.MULTILINE)
_POOL = re.compile(r"Segment:\s+GLOBAL;.*?COARSE GRAINED.*?Size:\s+(\d+)", re.DOTALL)
_CARD = re.compile(r"^GPU: (\d+)\s*$", re.MULTILINE)
_TABLE_FIRST = re.compile(
    r"^\|\s+([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.([0-7]))\s+(\S.*?)\s*\|", re.IGNORECASE
)
_TABLE_USAGE = re.compile(r"^\|\s+\d+\s+\S+\s+\S+\s+\S+\s*\|.*?\b(\d+)/(\d+) MB\s*\|\s*$")
_JSON_CARD = re.compile(r'"gpu"\s*:\s*\d+')
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
    section = size = ""
    for line in body.splitlines():
        key, mark, value = line.strip().partition(":")
        if mark and not value.strip():
            section = key
        elif mark and section in {"ASIC", "BUS"}:
            values.setdefault(key.lower(), value.strip())
        elif mark and (section, key) == ("VRAM", "SIZE"):
            size = size or value.strip()
    return _card(values, size_bytes(size, "m"))


def read_amd_smi_table(text: str) -> Findings:
    """`amd-smi` without options: two rows a card, the name's beginning cut off where it is long."""
    devices: list[Sighting] = []
    for line in text.partition("Processes:")[0].splitlines():
        first, usage = _TABLE_FIRST.match(line), _TABLE_USAGE.match(line)
        if first is not None:
            bus, function, name = first.groups()
            # Partitions beyond the first stand at further functions of the card's address.
            part = f"partition {function}" if function != "0" else None
            shown = plain(re.sub(r"^\.\.\.\S*\s+(?=.*\d)", "", name))
            devices.append(Sighting("amd-smi table", shown, "AMD", bus=bus_address(bus), partition=part))
        elif usage is not None and devices:
            used, total = (size_bytes(usage.group(number), "m", least=0) for number in (1, 2))
            devices[-1] = replace(devices[-1], memory_bytes=total or None, used_bytes=used)
    return Findings(tuple(devices))


def read_amd_smi_json(text: str) -> Findings:
    """`amd-smi static --json`: an object for each GPU, its amounts with the unit beside them."""
    starts = [match.start() for match in _JSON_CARD.finditer(text)] + [len(text)]
    return Findings(tuple(_json_card(text[start:end]) for start, end in itertools.pairwise(starts)))


def _json_card(body: str) -> Sighting:
    values: dict[str, str] = {}
    for key, value in json_pairs(body).items():
        values.setdefault(key.lower(), value)
    size = re.search(r'"vram"\s*:\s*\{.*?"size"\s*:\s*\{\s*"value"\s*:\s*(\d+)', body, re.DOTALL)
    return _card(values, size_bytes(size.group(1), "m") if size else None)


def _card(values: Mapping[str, str], memory: int | None) -> Sighting:
    """By amd-smi's own keys, in lower case."""
    device = hex_id(values.get("device_id"))
    return Sighting(
        "amd-smi",
        name=plain(values.get("market_name")),
        vendor="AMD",
        pci_id=f"1002:{device}" if device else None,
        revision=whole(values.get("rev_id"), 16),
        bus=bus_address(values.get("bdf")),
        memory_bytes=memory,
        target=plain(values.get("target_graphics_version")),
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
