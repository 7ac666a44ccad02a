"""The variables with which a person hides devices from programs: CUDA_VISIBLE_DEVICES and its like."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from llmfit_tui.core.seen.text import whole
from llmfit_tui.core.seen.values import Sighting

VARIABLES = {
    "CUDA_VISIBLE_DEVICES": "NVIDIA",
    "ROCR_VISIBLE_DEVICES": "AMD",
    "HIP_VISIBLE_DEVICES": "AMD",
    "ZE_AFFINITY_MASK": "Intel",
    "ASCEND_RT_VISIBLE_DEVICES": "Huawei",
}


def hidden(seen: Sequence[Sighting], environment: Mapping[str, str]) -> tuple[Sighting, ...]:
    """The devices, those a variable hides marked as not usable. CUDA takes an empty value for "none"."""
    marked = list(seen)
    for variable, vendor in VARIABLES.items():
        value = environment.get(variable)
        if value is None or (not value.strip() and variable != "CUDA_VISIBLE_DEVICES"):
            continue
        numbers = [
            number
            for number, device in enumerate(marked)
            if device.vendor == vendor and device.problem is None
        ]
        shown = _shown(value, [marked[number] for number in numbers])
        for position, number in enumerate(numbers):
            if position not in shown:
                marked[number] = replace(marked[number], problem=f"hidden by {variable}={value.strip()[:40]}")
    return tuple(marked)


def _shown(value: str, devices: Sequence[Sighting]) -> set[int]:
    """Positions a value names, by number or by the beginning of a unique id; a wrong one ends the list."""
    shown: set[int] = set()
    for part in value.split(","):
        number = whole(part.split(".")[0])
        if number is None:
            wanted = part.strip().lower()
            matching = [
                position
                for position, device in enumerate(devices)
                if wanted and (device.unique or "").lower().startswith(wanted)
            ]
            number = matching[0] if len(matching) == 1 else -1
        if not 0 <= number < len(devices):
            break
        shown.add(number)
    return shown
