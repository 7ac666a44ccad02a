"""Machines made up for the tests: a few lines of text in each tool's own form."""

from functools import cache

from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.hardware.machines import Wishes
from llmfit_tui.core.seen.detected import Detected, detect
from llmfit_tui.core.seen.machine import machine_of_detected
from llmfit_tui.core.seen.naming import Index, index_of
from llmfit_tui.core.seen.readers import findings
from scenes import shipped

GIB, MIB = 1 << 30, 1 << 20


@cache
def index() -> Index:
    """The shipped catalog by its names."""
    return index_of(shipped().devices)


def machine(*texts: str | tuple[str, str], **environment: str) -> Detected:
    """The machine these texts show; a pair is a command and its text."""
    outputs = [text if isinstance(text, tuple) else ("", text) for text in texts]
    return detect(findings(outputs), index(), shipped().pci, environment)


def csv(*rows: str, header: str = "name, memory.total [MiB]") -> str:
    """An answer of nvidia-smi --query-gpu."""
    return "\n".join([header, *rows])


def table(*cards: tuple[str, str], rule: str = "---") -> str:
    """An answer of nvidia-smi without options: names as it cuts them, and `used / total`."""
    lines = ["| NVIDIA-SMI 575.51.02   Driver Version: 575.51.02   CUDA Version: 12.9 |", f"|{rule}|"]
    for number, (name, usage) in enumerate(cards):
        lines += [
            f"|   {number}  {name:<32} Off |   00000000:{number + 1:02X}:00.0 Off |                  N/A |",
            f"| 30%   43C    P8             20W /  350W | {usage} |      0%      Default |",
        ]
    return "\n".join(lines)


def agent(name: str, target: str, pool_kib: int, kind: str = "GPU") -> str:
    """One agent of rocminfo."""
    return (
        f"Agent 9\n*******\n  Name:                    {target}\n  Uuid:                    GPU-XX\n"
        f"  Marketing Name:          {name}\n  Device Type:             {kind}\n  Pool Info:\n    Pool 1\n"
        f"      Segment:                 GLOBAL; FLAGS: COARSE GRAINED\n"
        f"      Size:                    {pool_kib}(0x1) KB\n"
        f"  ISA Info:\n    ISA 1\n      Name:                    amdgcn-amd-amdhsa--{target}\n"
    )


def pci_files(address: str, **values: str) -> str:
    """Files of one PCI device as the probe writes them."""
    return "\n".join(f"/sys/bus/pci/devices/{address}/{name}: {value}" for name, value in values.items())


def memory(gib: float) -> str:
    """/proc/meminfo of a system that sees so much."""
    return f"MemTotal:       {round(gib * (1 << 20))} kB\nMemFree:        1000 kB\n"


def reckoned(found: Detected) -> Machine:
    """The machine that estimates are made for."""
    return machine_of_detected(found, Wishes())
