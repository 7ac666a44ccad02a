"""The order of lists when nothing is searched: what people run or consider today comes first."""

from collections.abc import Sequence

from llmfit_tui.core.hardware.device import GIB, Device, DeviceKind
from llmfit_tui.core.models.model import Model

UNSCORED = 40.0
"""A model without an independent score ranks like one a standard deviation below the mean."""
POINTS_LOST_PER_YEAR = 8.0
COMMON_PARAMETERS = 36e9
"""Models up to this size run on one consumer card at 4 bits."""
COMMON_TOTAL_OF_EXPERTS = 130e9
POINTS_LOST_PER_DOUBLING = 6.0
POINTS_WITHOUT_SIZE = 100.0
"""A model whose size nobody published cannot be estimated and goes last."""
TINY_PARAMETERS = 3e9
POINTS_LOST_PER_HALVING = 5.0


def models_in_order(models: Sequence[Model]) -> tuple[Model, ...]:
    """Models by capability, recency and how common their size is; names break ties."""
    newest = max((_years(model.release_date) for model in models), default=0.0)
    return tuple(sorted(models, key=lambda model: (-model_interest(model, newest), model.name)))


def model_interest(model: Model, newest: float) -> float:
    """Points: the general score, less what age and an uncommon size take from it."""
    score = model.capability.get("general")
    points = score.value if score else UNSCORED
    points -= POINTS_LOST_PER_YEAR * (newest - _years(model.release_date))
    if model.parameters is None:
        return points - POINTS_WITHOUT_SIZE
    size = model.parameters
    common = COMMON_TOTAL_OF_EXPERTS if model.active_parameters else COMMON_PARAMETERS
    while size > common:
        points -= POINTS_LOST_PER_DOUBLING
        size //= 2
    while 0 < size < TINY_PARAMETERS:
        points -= POINTS_LOST_PER_HALVING
        size *= 2
    return points


_KIND_POINTS = {
    DeviceKind.DESKTOP: 6.0,
    DeviceKind.UNIFIED: 4.0,
    DeviceKind.DATACENTER: 3.5,
    DeviceKind.WORKSTATION: 3.0,
    DeviceKind.LAPTOP: 2.5,
    DeviceKind.CPU: 1.0,
    DeviceKind.NPU: -4.0,
}


def in_order_of_interest(devices: Sequence[Device]) -> tuple[Device, ...]:
    """Hardware by kind, age and memory, the options of a card together, smaller memory first."""
    newest = max((_years(device.release_date) for device in devices), default=0.0)
    interest: dict[str, float] = {}
    for device in devices:
        points = _device_interest(device, newest)
        interest[device.card] = max(points, interest.get(device.card, points))
    return tuple(sorted(devices, key=lambda d: (-interest[d.card], d.card, d.memory_bytes or 0, d.name)))


def _device_interest(device: Device, newest: float) -> float:
    age = newest - _years(device.release_date)
    memory = min((device.memory_bytes or 0) / GIB, MOST_MEMORY_GIB_COUNTED)
    known = VERIFIED_POINTS if device.verified else 0.0
    return _KIND_POINTS[device.kind] - POINTS_PER_YEAR * age + memory / GIB_PER_POINT + known


POINTS_PER_YEAR = 0.8
GIB_PER_POINT = 16
MOST_MEMORY_GIB_COUNTED = 32
VERIFIED_POINTS = 0.5


def _years(date: str | None) -> float:
    """A date as a number of years; one nobody knows counts as old."""
    if not date:
        return 2021.0
    parts = date.split("-")
    return int(parts[0]) + (int(parts[1]) - 1) / 12 if len(parts) > 1 else float(parts[0])
