"""The variables with which a person hides devices from programs: CUDA_VISIBLE_DEVICES and its like."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from llmfit_tui.core.seen.selector import selected
from llmfit_tui.core.seen.text import whole
from llmfit_tui.core.seen.values import Sighting

CUDA, ORDER = "CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER"
VARIABLES = {
    CUDA: "NVIDIA",
    "ROCR_VISIBLE_DEVICES": "AMD",
    "HIP_VISIBLE_DEVICES": "AMD",
    "GPU_DEVICE_ORDINAL": "AMD",
    "ZE_AFFINITY_MASK": "Intel",
    "ONEAPI_DEVICE_SELECTOR": "Intel",
    "ASCEND_RT_VISIBLE_DEVICES": "Huawei",
}
READ = (*VARIABLES, ORDER)
"""Every variable that is looked at."""
_UNIQUE = re.compile(r"(?:gpu|mig)-", re.IGNORECASE)


def hidden(
    seen: Sequence[Sighting], environment: Mapping[str, str], rates: Sequence[int | None] = ()
) -> tuple[Sighting, ...]:
    """The devices, those a variable hides marked as not usable, a split card with the instances it leaves.

    CUDA takes an empty value for "none". It counts the fastest card first unless CUDA_DEVICE_ORDER says
    PCI_BUS_ID; `rates` are the devices' FLOPS, as far as they are known.
    """
    marked = list(seen)
    for variable, vendor in VARIABLES.items():
        value = environment.get(variable)
        if value is None or (not value.strip() and variable != CUDA):
            continue
        numbers = _numbers(marked, vendor)
        if variable == CUDA and environment.get(ORDER, "").upper() != "PCI_BUS_ID":
            speeds = dict(enumerate(rates))
            numbers.sort(key=lambda number: -(speeds.get(number) or 0))
        devices = [marked[number] for number in numbers]
        if variable == "ONEAPI_DEVICE_SELECTOR":
            left = {place: devices[place] for place in selected(value, len(devices))}
        else:
            left = _shown(value, devices)
        for place, number in enumerate(numbers):
            problem = f"hidden by {variable}={value.strip()[:40]}"
            marked[number] = left.get(place) or replace(marked[number], problem=problem)
    return tuple(marked)


def _numbers(seen: Sequence[Sighting], vendor: str) -> list[int]:
    """A maker's devices that are not hidden yet, by their places."""
    return [
        number for number, device in enumerate(seen) if device.vendor == vendor and device.problem is None
    ]


def _shown(value: str, devices: Sequence[Sighting]) -> dict[int, Sighting]:
    """What a value leaves, by place: numbers, or beginnings of unique ids; a wrong one ends the list."""
    left: dict[int, Sighting] = {}
    for part in value.split(","):
        number = whole(part.split(".")[0])
        if number is None:
            found = _unique(part.strip().lower(), devices, left)
            if found is None:
                break
            number, device = found
        elif 0 <= number < len(devices):
            device = devices[number]
        else:
            break
        left[number] = device
    return left


def _unique(
    wanted: str, devices: Sequence[Sighting], left: Mapping[int, Sighting]
) -> tuple[int, Sighting] | None:
    """The device, or the card with the one instance, that a unique id means."""
    for number, device in enumerate(devices):
        for part in device.slices:
            if wanted and part.unique is not None and part.unique.lower().startswith(wanted):
                before = left[number].slices if number in left else ()
                return number, replace(device, slices=(*before, part))
    of_card = re.sub(r"^mig-(?=gpu-)|/.*$", "", wanted)
    matching = [
        number
        for number, device in enumerate(devices)
        if of_card and (device.unique or "").lower().startswith(of_card)
    ]
    if len(matching) == 1:
        return matching[0], devices[matching[0]]
    # No tool told the ids: as many devices as are named, those that are split where an instance is.
    if _UNIQUE.match(wanted) and not any(_ids(device, wanted) for device in devices):
        split = wanted.startswith("mig-") and any(device.slices for device in devices)
        free = [n for n, device in enumerate(devices) if n not in left and (device.slices or not split)]
        return (free[0], devices[free[0]]) if free else None
    return None


def _ids(device: Sighting, wanted: str) -> bool:
    """Whether a tool told ids of the kind that is asked for."""
    if wanted.startswith("mig-"):
        return any(part.unique is not None for part in device.slices)
    return device.unique is not None
