"""rocm-smi: JSON, CSV, lines of `GPU[0] : key: value` and its table; keys changed over the years."""

import re
from collections.abc import Iterable, Mapping

from llmfit_tui.core.seen.text import bus_address, hex_id, json_pairs, plain, size_bytes, whole
from llmfit_tui.core.seen.values import Findings, Sighting

_OBJECT = re.compile(r'"card(\d+)"\s*:\s*\{([^{}]*)')
_LINE = re.compile(r"^GPU\[(\d+)\]\s*:\s*([^:]+?)\s*:\s*(.*?)\s*$", re.MULTILINE)
_CONCISE = re.compile(r"^(\d+)\s+(\d+)\s+0x([0-9a-fA-F]{4}),\s+\d+\s+(.*)$", re.MULTILINE)
_MODES = re.compile(r"(?:N/A|NPS\d), (?:N/A|[SDTQC]PX), (\d+)")
_OLD = re.compile(r"^(\d+)\s+[\d.]+c\s.*?(?:auto|manual|high|low)\s+(\S+)\s+\S+%?\s+\S+%?\s*$", re.MULTILINE)
_HARDWARE = re.compile(
    r"^(\d+)\s+(?:0x)?([0-9a-f]{4})\s.*?([0-9A-Fa-f]{4}:[0-9A-Fa-f]{2}:\S+)\s*$", re.MULTILINE
)
NAMES = ("card series", "device name", "product name")
IDS = ("device id", "gpu id", "card model")
"""Card Model was the subsystem's id before 6.1; the others, where there, are the device's."""


def read_json(text: str) -> Findings:
    """`--json`, with warnings before or after it."""
    return _found((int(number), json_pairs(body)) for number, body in _OBJECT.findall(text))


def read_csv(text: str) -> Findings:
    """`--csv`: a header, and a row for each card."""
    lines = [line for line in text.splitlines() if "," in line]
    header = next((number for number, line in enumerate(lines) if line.startswith("device,")), None)
    if header is None:
        return Findings()
    keys = lines[header].split(",")
    rows = [line.split(",") for line in lines[header + 1 :]]
    return _found(
        (number, dict(zip(keys[1:], row[1:], strict=False)))
        for row in rows
        if (number := _card(row[0])) is not None
    )


def read_lines(text: str) -> Findings:
    """`GPU[0] : Card Series: ...`, the plain form of every --show option."""
    cards: dict[int, dict[str, str]] = {}
    for number, key, value in _LINE.findall(text):
        cards.setdefault(int(number), {}).setdefault(key, value)
    return _found(cards.items())


def read_concise(text: str) -> Findings:
    """The table without options: ids at best, and from it what is a partition and what an APU."""
    hardware = {
        int(number): (f"1002:{device}", bus_address(bus)) for number, device, bus in _HARDWARE.findall(text)
    }
    devices: list[Sighting] = []
    for number, _, device, rest in _CONCISE.findall(text):
        modes = _MODES.search(rest)
        partition = f"partition {modes.group(1)}" if modes and int(modes.group(1)) else None
        devices.append(Sighting("rocm-smi", None, "AMD", f"1002:{device.lower()}", partition=partition))
        del number
    if not devices:
        capped = {int(number): cap for number, cap in _OLD.findall(text)}
        for number in sorted({*capped, *hardware}):
            pci_id, bus = hardware.get(number, (None, None))
            # Only an APU has no power cap of its own.
            apu = True if capped.get(number) in {"N/A", "Unsupported"} else None
            devices.append(Sighting("rocm-smi", None, "AMD", pci_id, bus=bus, integrated=apu))
    return Findings(tuple(devices))


def _card(key: str) -> int | None:
    match = re.fullmatch(r"card\s*(\d+)", key.strip(), re.IGNORECASE)
    return int(match.group(1)) if match else None


def _found(rows: Iterable[tuple[int, Mapping[str, str]]]) -> Findings:
    return Findings(tuple(_device(row) for _, row in rows))


def _device(row: Mapping[str, str]) -> Sighting:
    values = {key.strip().lower(): value for key, value in row.items()}
    series = next((name for key in NAMES if (name := plain(values.get(key))) is not None), None)
    number = hex_id(series) if series and series.startswith("0x") else None
    device = next((found for key in IDS if (found := _id(values, key)) is not None), number)
    return Sighting(
        "rocm-smi",
        name=None if number else series,
        vendor="AMD",
        # A bare vendor id stands where ROCm 4.3 found no name.
        pci_id=f"1002:{device}" if device and device != "1002" else None,
        revision=whole(values.get("device rev"), 16),
        bus=bus_address(values.get("pci bus")),
        memory_bytes=size_bytes(values.get("vram total memory (b)")),
        used_bytes=size_bytes(values.get("vram total used memory (b)"), least=0),
        gtt_bytes=size_bytes(values.get("gtt total memory (b)")),
        target=plain(values.get("gfx version")),
    )


def _id(values: Mapping[str, str], key: str) -> str | None:
    """The device id under a key; Card Model counts only where the newer keys stand beside it."""
    value = values.get(key, "")
    if not value.lower().startswith("0x") or (key == "card model" and "device rev" not in values):
        return None
    return hex_id(value)
