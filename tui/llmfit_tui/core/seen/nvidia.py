"""nvidia-smi: --query-gpu CSV, -L and -q; the table and the XML have modules of their own."""

import re

from llmfit_tui.core.seen.text import bus_address, hex_id, plain, size_bytes
from llmfit_tui.core.seen.values import MOST_DEVICES, Findings, Sighting, Slice, too_many

_ASKED = re.compile(r"--query-gpu[= ]([\w.,]+)")
_LISTED = re.compile(r"^[ \t]*GPU (\d+): (.+?)(?: \(UUID: ([^)]*)\))?\s*$", re.MULTILINE)
_IN_REPORT = re.compile(r"GPU models and configuration:\s*(.*?)\s*Nvidia driver version", re.DOTALL)
_LISTED_SLICE = re.compile(
    r"^[ \t]*MIG (\S+)\s+Device\s+\d+:(?:[ \t]*\(UUID: (MIG-[^)\s]+)\))?", re.MULTILINE
)
_DEAD = re.compile(
    r"Unable to determine the device handle for (?:gpu|GPU) ?(\S*?):? ?([\w ]+ Error.*)?$", re.MULTILINE
)
_UNIFIED = re.compile(r"\b(?:orin|thor|xavier|tegra|gb10|n1x)\b|nvgpu|jetson", re.IGNORECASE)
BARE = re.compile(
    r"^(?:\d+, *)?((?:NVIDIA|GeForce|Quadro|Tesla|GRID|TITAN)\b[^,\n]+), *(\d+)(?: MiB)?[ \t]*(?:,.*)?$",
    re.MULTILINE,
)
"""A row of nvidia-smi's CSV without header and without the command that asked: name and total."""
COLUMNS = {
    "name": "name",
    "gpu_name": "name",
    "pci.bus_id": "bus",
    "gpu_bus_id": "bus",
    "pci.device_id": "pci_id",
    "memory.total": "memory_bytes",
    "memory.used": "used_bytes",
    "memory.free": "free_bytes",
}


def named(name: str | None) -> str | None:
    """The name with the maker in front: drivers before 500 leave it off."""
    shown = plain(name)
    if shown is None or re.match(r"nvidia\b", shown, re.IGNORECASE):
        return shown
    return f"NVIDIA {shown}"


def shares_memory(name: str | None) -> bool | None:
    """A GPU of a chip that also holds the CPU, by NVIDIA's names for these; None: not said."""
    return True if name and _UNIFIED.search(name) else None


def pci_of(text: str | None) -> str | None:
    """`10de:26b9` of the id NVIDIA writes device first: `0x26B910DE`."""
    digits = (text or "").strip().lower().removeprefix("0x")
    device = hex_id(digits[:4])
    return f"10de:{device}" if device and digits.endswith("10de") and len(digits) == 8 else None


def read_csv(text: str, command: str = "") -> Findings:
    """Rows of --query-gpu; the header names the columns, or the command does where it is left out."""
    asked = _ASKED.search(command)
    keys = asked.group(1).split(",") if asked else []
    lines = [line for line in text.splitlines() if "," in line or (len(keys) == 1 and line.strip())]
    rows = [[cell.strip() for cell in line.split(",")] for line in lines]
    named_columns = _keys(rows[0]) if rows else None
    if not keys and named_columns is None:
        keys = ["name", "memory.total"]
        rows = [list(row) for row in BARE.findall(text)]
    if named_columns is not None:
        keys, rows = named_columns, rows[1:]
    notes = _dead(text)
    if len(rows) > MOST_DEVICES:
        notes = (*notes, too_many(len(rows)))
        rows = rows[:MOST_DEVICES]
    devices = [
        _row(dict(zip(keys, row, strict=False)))
        for row in rows
        if len(row) == len(keys) and not row[0].lower().startswith(("unable to", "field ", "nvidia-smi"))
    ]
    return Findings(tuple(device for device in devices if device is not None), notes=notes)


def _keys(row: list[str]) -> list[str] | None:
    """Column names without their units, where the row is a header."""
    keys = [cell.split(" ")[0].lower() for cell in row]
    return keys if any(key in COLUMNS for key in keys) else None


def _row(cells: dict[str, str]) -> Sighting | None:
    found = {COLUMNS[key]: value for key, value in cells.items() if key in COLUMNS}
    if not found:
        return None
    name = named(found.get("name"))
    # Only chips that share the host's memory cannot tell how much they have.
    silent = found.get("memory_bytes", "").lower() == found.get("used_bytes", "?").lower() == "[n/a]"
    return Sighting(
        "nvidia-smi",
        name=name,
        vendor="NVIDIA",
        pci_id=pci_of(found.get("pci_id")),
        bus=bus_address(found.get("bus")),
        memory_bytes=size_bytes(found.get("memory_bytes"), "m"),
        used_bytes=size_bytes(found.get("used_bytes"), "m", least=0),
        free_bytes=size_bytes(found.get("free_bytes"), "m", least=0),
        integrated=shares_memory(name) or silent or None,
        unique=cells.get("uuid"),
        partition="MIG" if cells.get("mig.mode.current", "").lower() == "enabled" else None,
    )


def read_list(text: str) -> Findings:
    """`nvidia-smi -L`: full names, and MIG instances below their card. PyTorch's report repeats it."""
    inside = _IN_REPORT.search(text)
    if inside is not None:
        # Its lines may have been run together when it was pasted.
        text = re.sub(r"[ \t]+(?=GPU \d+: )", "\n", inside.group(1))
    starts = [match.start() for match in _LISTED.finditer(text)] + [len(text)]
    devices: list[Sighting] = []
    for match, end in zip(_LISTED.finditer(text), starts[1:], strict=False):
        slices = _instances(
            [(one.group(1), one.group(2)) for one in _LISTED_SLICE.finditer(text, match.start(), end)]
        )
        name = named(match.group(2))
        devices.append(
            Sighting(
                "nvidia-smi -L",
                name,
                "NVIDIA",
                integrated=shares_memory(name),
                slices=slices,
                unique=match.group(3),
            )
        )
    return Findings(tuple(devices), notes=_dead(text))


def _instances(listed: list[tuple[str, str | None]]) -> tuple[Slice, ...]:
    """GPU instances of the profiles -L lists: `1c.3g.71gb` and `2c.3g.71gb` are the halves of one."""
    found: list[Slice] = []
    taken: dict[str, int] = {}
    for profile, unique in listed:
        part = re.fullmatch(r"(\d+)c\.((\d+)g\..+)", profile)
        whole_one = part.group(2) if part else profile
        if part is not None:
            before = taken.get(whole_one, 0)
            taken[whole_one] = (before + int(part.group(1))) % int(part.group(3))
            if before:
                continue
        found.append(Slice(whole_one, size_bytes(whole_one.rpartition(".")[2]), unique=unique))
    return tuple(found)


def read_query(text: str) -> Findings:
    """`nvidia-smi -q`: indented keys, a section for each GPU, a subsection for each kind of memory."""
    devices = [
        _section(bus, body)
        for bus, body in re.findall(r"^GPU (\S+)$(.*?)(?=^GPU \S+$|\Z)", text, re.MULTILINE | re.DOTALL)
    ]
    attached = re.search(r"^Attached GPUs\s+: (\d{1,6})\s*$", text, re.MULTILINE)
    missing = int(attached.group(1)) - len(devices) if attached else 0
    notes = (f"{missing} more attached GPUs are not described",) if missing > 0 else ()
    return Findings(tuple(devices), notes=(*_dead(text), *notes))


def _section(bus: str, body: str) -> Sighting:
    values: dict[str, str] = {}
    section = ""
    for line in body.splitlines():
        key, mark, value = line.partition(" : ")
        if not mark:
            section = line.strip()
        else:
            values.setdefault(
                f"{section}/{key.strip()}" if line.startswith("        ") else key.strip(), value
            )
    device = hex_id(values.get("PCI/Device Id", "")[:6])
    name = named(values.get("Product Name"))
    return Sighting(
        "nvidia-smi -q",
        name=name,
        vendor="NVIDIA",
        pci_id=f"10de:{device}" if device else None,
        bus=bus_address(bus),
        memory_bytes=size_bytes(values.get("FB Memory Usage/Total"), "m"),
        used_bytes=size_bytes(values.get("FB Memory Usage/Used"), "m", least=0),
        free_bytes=size_bytes(values.get("FB Memory Usage/Free"), "m", least=0),
        integrated=shares_memory(name),
    )


def _dead(text: str) -> tuple[str, ...]:
    """Cards the driver lost, which it names by address only."""
    return tuple(
        f"the card at {bus_address(match.group(1).removeprefix('GPU')) or 'an address not told'} is silent"
        for match in _DEAD.finditer(text)
    )
