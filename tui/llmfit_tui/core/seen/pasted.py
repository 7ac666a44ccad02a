"""Shorter forms that people paste: lshw, PyTorch's properties, `clinfo -l`, OpenGL's renderer, columns."""

import re

from llmfit_tui.core.seen.nvidia import named, shares_memory
from llmfit_tui.core.seen.pci import marketing
from llmfit_tui.core.seen.text import KIB, bus_address, pairs, plain, size_bytes, vendor_of
from llmfit_tui.core.seen.values import Findings, Host, Sighting
from llmfit_tui.core.seen.vulkan import SOFTWARE

PROPERTIES = re.compile(r"_CudaDeviceProperties\(name='([^'\n]+)'.*?total_memory=(\d+)MB", re.DOTALL)
CL_LIST = re.compile(r"^[ \t|`+'-]*-- Device #\d+: (.+?)[ \t]*$", re.MULTILINE)
RENDERER = re.compile(r"^[ \t]*OpenGL renderer string: (.+?)(?:/PCIe.*|/SSE2.*| \(.*)?[ \t]*$", re.MULTILINE)
LSHW = re.compile(r"^[ \t]*\*-display(?::\d+)?(?: UNCLAIMED| DISABLED)?[ \t]*$", re.MULTILINE)
COLUMN = re.compile(
    r"^(Capacity|TotalPhysicalMemory|TotalVisibleMemorySize)[ \t]*\n((?:[ \t]*(?:-+|\d*)[ \t]*(?:\n|\Z))+)",
    re.MULTILINE,
)


def read_properties(text: str) -> Findings:
    """PyTorch's view of each CUDA device; its MB are MiB."""
    return Findings(tuple(_device(name, size_bytes(size, "m")) for name, size in PROPERTIES.findall(text)))


def read_cl_list(text: str) -> Findings:
    """`clinfo -l`: platforms and the names below them."""
    names = [name for name in CL_LIST.findall(text) if not _is_no_gpu(name)]
    return Findings(tuple(_device(name) for name in dict.fromkeys(names) if vendor_of(plain(name))))


def read_renderer(text: str) -> Findings:
    """`glxinfo`: what draws, without the bus and the instructions behind it."""
    match = RENDERER.search(text)
    if match is None or _is_no_gpu(match.group(1)) or vendor_of(match.group(1)) is None:
        return Findings()
    memory = re.search(r"Dedicated video memory: (\d+ MB)", text)
    return Findings((_device(match.group(1), size_bytes(memory.group(1)) if memory else None),))


def read_lshw(text: str) -> Findings:
    """`lshw -C display`: a block for each controller."""
    devices: list[Sighting] = []
    for block in LSHW.split(text)[1:]:
        values: dict[str, str] = {}
        for key, value in pairs(re.split(r"^[ \t]*\*-", block, maxsplit=1, flags=re.MULTILINE)[0]):
            values.setdefault(key, value)
        vendor = vendor_of(values.get("vendor"))
        name = marketing(values.get("product", ""))
        if vendor is None:
            continue
        bus = bus_address(values.get("bus info"))
        integrated = True if vendor == "Intel" and bus == "0000:00:02.0" else None
        devices.append(Sighting("lshw", name, vendor, bus=bus, integrated=integrated))
    return Findings(tuple(devices))


def read_column(text: str) -> Findings:
    """One column of wmic: modules to be added up, or all the memory in bytes or KiB."""
    host = Host()
    for name, rows in COLUMN.findall(text):
        sizes = [int(row[:18]) for row in rows.split() if row.isdigit()]
        if not sizes:
            continue
        if name == "Capacity":
            host = host.with_more(Host(installed_bytes=sum(sizes)))
        else:
            host = host.with_more(Host(ram_bytes=sizes[0] * (KIB if name == "TotalVisibleMemorySize" else 1)))
    return Findings(host=host)


def _device(name: str, memory: int | None = None) -> Sighting:
    shown = plain(name)
    if vendor_of(shown) == "NVIDIA":
        shown = named(shown)
    vendor = vendor_of(shown)
    return Sighting("pasted", shown, vendor, memory_bytes=memory, integrated=shares_memory(shown))


def _is_no_gpu(name: str) -> bool:
    return (
        SOFTWARE.search(name) is not None
        or re.search(r"Core\(TM\)|Ryzen .*Processor|Xeon|EPYC", name) is not None
    )


def split_sysctl(text: str, names: str) -> str:
    """The lines of `sysctl -n` with several names, each with its name in front."""
    asked, told = names.split(), text.strip().splitlines()
    if len(asked) != len(told):
        return text
    return "\n".join(f"{name}: {value.strip()}" for name, value in zip(asked, told, strict=True))
