"""nvidia-smi without options: a table whose widths and rules changed with every driver.

Names are cut in it, so it serves only where -L and --query-gpu are not to be had.
"""

import re
from dataclasses import replace

from llmfit_tui.core.seen.nvidia import named, shares_memory
from llmfit_tui.core.seen.text import bus_address, size_bytes
from llmfit_tui.core.seen.values import Findings, Sighting, Slice

_FIRST = re.compile(
    r"^\|\s+(\d+)\s+(\S.*?)\s+(?:On|Off|N/A|TCC|WDDM|MCDM)\s*\|\s*([0-9A-Fa-f]{4,8}:[0-9A-Fa-f:.]+)"
)
_USAGE = re.compile(r"\|\s*(\d+)\s*MiB\s*/\s*(\d+)\s*MiB\s*\|")
_SLICE = re.compile(r"^\|\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\|\s*\d+\s*MiB\s*/\s*(\d+)\s*MiB")
_CUT = re.compile(r"\s*\.\.\.$")


def read_table(text: str) -> Findings:
    """Cards above "MIG devices:", their instances below it; the list of processes is not looked at."""
    cards, _, below = text.partition("MIG devices:")
    slices = _slices(below.partition("Processes:")[0] or (cards if "GI  CI  MIG" in text else ""))
    devices: dict[int, Sighting] = {}
    number: int | None = None
    for line in cards.partition("Processes:")[0].splitlines():
        first = _FIRST.match(line)
        if first is not None:
            number = int(first.group(1))
            name = named(_CUT.sub("", first.group(2)))
            devices[number] = Sighting(
                "nvidia-smi table",
                name=name,
                vendor="NVIDIA",
                bus=bus_address(first.group(3)),
                integrated=shares_memory(name),
                slices=tuple(slices.get(number, ())),
                cut=bool(_CUT.search(first.group(2))),
            )
            continue
        usage = _USAGE.search(line)
        if usage is not None and number is not None and devices[number].memory_bytes is None:
            used, total = size_bytes(usage.group(1), "m", least=0), size_bytes(usage.group(2), "m")
            devices[number] = replace(devices[number], memory_bytes=total, used_bytes=used)
    for lone, parts in slices.items():
        if lone not in devices:
            devices[lone] = Sighting("nvidia-smi table", vendor="NVIDIA", slices=tuple(parts))
    return Findings(tuple(devices.values()))


def _slices(text: str) -> dict[int, list[Slice]]:
    """MIG instances by card. Two compute instances of one GPU instance share its memory and count once."""
    found: dict[int, dict[int, Slice]] = {}
    for line in text.splitlines():
        match = _SLICE.match(line)
        if match is not None:
            card, instance = int(match.group(1)), int(match.group(2))
            memory = size_bytes(match.group(5), "m")
            found.setdefault(card, {}).setdefault(instance, Slice(f"GI {instance}", memory, instance))
    return {card: list(slices.values()) for card, slices in found.items()}
