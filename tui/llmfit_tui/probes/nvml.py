"""NVIDIA's management library through nvidia-ml-py, where that is installed and nvidia-smi is not.

nvidia-smi asks the same library and comes first: a driver that hangs can be left behind with a program of
its own, and not with a thread of ours. What is read stands in nvidia-smi's form, so one reader serves both.
"""

import importlib
from collections.abc import Callable
from typing import Any

from llmfit_tui.core.seen.answers import Asked
from llmfit_tui.core.seen.values import MOST_DEVICES

COMMAND = "NVML"
HEADER = "name, pci.bus_id, pci.device_id, uuid, memory.total [MiB], memory.used [MiB], memory.free [MiB]"
UNKNOWN = "[N/A]"


def cards() -> Asked:
    """Every card as a row of `nvidia-smi --query-gpu`."""
    try:
        library = importlib.import_module("pynvml")
    except ImportError:
        return Asked(COMMAND, problem="nvidia-ml-py is not installed", missing=True)
    try:
        library.nvmlInit()
    except library.NVMLError as problem:
        none = getattr(problem, "value", None) == library.NVML_ERROR_LIBRARY_NOT_FOUND
        return Asked(COMMAND, problem=str(problem), missing=none)
    try:
        count = min(int(library.nvmlDeviceGetCount()), MOST_DEVICES + 1)
        rows = [_row(library, number) for number in range(count)]
    except library.NVMLError as problem:
        return Asked(COMMAND, problem=str(problem))
    finally:
        library.nvmlShutdown()
    return Asked(COMMAND, "\n".join([HEADER, *rows]))


def _row(library: Any, number: int) -> str:
    """One card; what the driver does not tell is `[N/A]`."""
    card = library.nvmlDeviceGetHandleByIndex(number)
    place = _told(library, lambda: library.nvmlDeviceGetPciInfo(card))
    memory = _told(library, lambda: library.nvmlDeviceGetMemoryInfo(card))
    cells = [
        _text(_told(library, lambda: library.nvmlDeviceGetName(card))),
        _text(place and place.busId),
        f"0x{place.pciDeviceId:08X}" if place else UNKNOWN,
        _text(_told(library, lambda: library.nvmlDeviceGetUUID(card))),
        *(f"{getattr(memory, key) >> 20} MiB" if memory else UNKNOWN for key in ("total", "used", "free")),
    ]
    return ", ".join(cells)


def _told(library: Any, ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except library.NVMLError:
        return None


def _text(value: Any) -> str:
    """As text: older versions of the library give bytes."""
    text = value.decode("utf-8", errors="replace") if isinstance(value, bytes) else value
    return str(text).replace(",", " ") if text else UNKNOWN
