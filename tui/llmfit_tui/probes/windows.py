"""Windows: the registry's display drivers, which know a card's whole memory, and the system's memory."""

import sys

from llmfit_tui.core.seen.answers import Asked
from llmfit_tui.core.seen.values import MOST_DEVICES
from llmfit_tui.probes.asking import Surroundings

DISPLAYS = r"SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"
PROCESSOR = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
VALUES = ("DriverDesc", "MatchingDeviceId", "HardwareInformation.qwMemorySize")


def registry(where: Surroundings) -> list[Asked]:
    """Display drivers and the processor's name, as the lines a list of them prints."""
    del where
    blocks = [_block(rf"{DISPLAYS}\{number:04d}", VALUES) for number in range(MOST_DEVICES)]
    blocks.append(_block(PROCESSOR, ("ProcessorNameString",)))
    return [Asked("registry: display drivers and processor", "\n\n".join(filter(None, blocks)))]


def _block(key: str, names: tuple[str, ...]) -> str:
    """`Name : value` of every value of a key that is there."""
    if sys.platform != "win32":
        return ""
    import winreg

    lines: list[str] = []
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as opened:
            for name in names:
                try:
                    value = winreg.QueryValueEx(opened, name)[0]
                except OSError:
                    continue
                size = int.from_bytes(value, "little") if isinstance(value, bytes) else value
                lines.append(f"{name} : {size}")
    except OSError:
        return ""
    return "\n".join(lines)


def memory(where: Surroundings) -> list[Asked]:
    """Memory of the system, in bytes."""
    del where
    if sys.platform != "win32":
        return [Asked("GlobalMemoryStatusEx", problem="only on Windows")]
    import ctypes

    class Status(ctypes.Structure):
        """MEMORYSTATUSEX."""

        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            ("total", ctypes.c_ulonglong),
            ("available", ctypes.c_ulonglong),
            ("page_total", ctypes.c_ulonglong),
            ("page_available", ctypes.c_ulonglong),
            ("virtual_total", ctypes.c_ulonglong),
            ("virtual_available", ctypes.c_ulonglong),
            ("extended", ctypes.c_ulonglong),
        )

    status = Status()
    status.length = ctypes.sizeof(Status)
    if not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return [Asked("GlobalMemoryStatusEx", problem="failed")]
    lines = ("ProcessorNameString :", f"TotalPhysicalMemory : {status.total}")
    free = f"AvailablePhysicalMemory : {status.available}"
    return [Asked("GlobalMemoryStatusEx", "\n".join((*lines, free)))]
