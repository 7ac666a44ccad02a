"""What llama.cpp and ollama print about devices when they start, in the wordings of several years."""

import re

from llmfit_tui.core.seen.merge import together
from llmfit_tui.core.seen.nvidia import named, shares_memory
from llmfit_tui.core.seen.text import MIB, bus_address, plain, size_bytes, vendor_of
from llmfit_tui.core.seen.values import Findings, Host, Sighting
from llmfit_tui.core.seen.vulkan import SOFTWARE, bare_name

_CUDA = re.compile(r"^[ \t]*Device \d+: ([^,\n]+), (compute capability [\d.]+|gfx\w+)([^\n]*)", re.MULTILINE)
_VULKAN = re.compile(
    r"(?:ggml_vulkan: |^Vulkan)(\d+)(?: =|:) (.+?)(?: \(([^()]*(?:\([^()]*\)[^()]*)*)\))? \| uma: (\d)",
    re.MULTILINE,
)
_LISTED = re.compile(
    r"^[ \t]+(CUDA|ROCm|Vulkan|MTL|SYCL|Metal|CANN|HIP)\d+ ?: (.+) \((\d+) MiB, (\d+) MiB free\)",
    re.MULTILINE,
)
_USING = re.compile(
    r"using device (CUDA|ROCm|Vulkan|MTL|SYCL|Metal|CANN)(\d+) \((.+?)\)(?: \(([^()]*)\))? - (\d+) MiB free"
)
_METAL = re.compile(r"(?:GPU name:|found device:)\s+(Apple .+?)\s*$", re.MULTILINE)
_WORKING_SET = re.compile(r"recommendedMaxWorkingSetSize\s*=\s*([\d.]+) (MB|MiB|GiB|GB)")
_OLLAMA = re.compile(r"inference compute\"?(.*?)(?=inference compute|\Z)", re.DOTALL)
_PAIR = re.compile(r'(\w+)=(?:"([^"]*)"|(\S+))')
_ON_CPU = re.compile(r'inference compute" id=\S+ .*?library=cpu\b.*?total="([^"]+)"')
OLLAMA_TOTALS = {"Vulkan": "offered_bytes", "Metal": "limit_bytes"}
"""What its "total" means: Vulkan adds memory of the host, Metal tells its limit, others the card's own."""
_SYSTEM = re.compile(r'"system memory" total="([^"]+)"')


def read_ggml(text: str) -> Findings:
    """Devices of a log, the fullest of its lists: the others repeat what that one has."""
    lists = (
        _cuda(text),
        _vulkan(text),
        _listed(text),
        _using(text),
        _ollama(text),
        _by_unique(text),
        _metal(text),
    )
    devices = together([Findings(tuple(found)) for found in lists])
    system = _SYSTEM.search(text) or _ON_CPU.search(text)
    return Findings(devices, Host(ram_bytes=size_bytes(system.group(1)) if system else None))


def _device(tool: str, name: str, **more: object) -> Sighting:
    """A device by its bare name; NVIDIA's get the maker in front as its own tools write it."""
    shown = plain(name)
    vendor = vendor_of(shown)
    if vendor == "NVIDIA":
        shown = named(shown)
    values: dict[str, object] = {"integrated": shares_memory(shown) if vendor == "NVIDIA" else None, **more}
    return Sighting(tool, shown, vendor, **values)  # pyright: ignore[reportArgumentType]


def _cuda(text: str) -> list[Sighting]:
    """ggml_cuda_init, under CUDA and under ROCm; SYCL's list in the same words says "max compute_units"."""
    found: list[Sighting] = []
    for name, chip, rest in _CUDA.findall(text):
        if "global mem" in text and "SYCL" in text:
            break
        memory = re.search(r"VRAM: (\d+) MiB", rest)
        size = int(memory.group(1)) * MIB if memory else None
        target = chip if chip.startswith("gfx") else None
        found.append(_device("ggml", name, memory_bytes=size, target=target))
    return found


def _vulkan(text: str) -> list[Sighting]:
    found: list[Sighting] = []
    for _, name, driver, unified in _VULKAN.findall(text):
        if not SOFTWARE.search(name):
            shown = bare_name(f"{name} ({driver})" if driver.startswith("RADV") else name)
            found.append(
                _device(
                    "ggml Vulkan",
                    shown,
                    integrated=unified == "1" or None,
                    target=_target(f"{name} {driver}"),
                )
            )
    return found


def _target(text: str) -> str | None:
    match = re.search(r"\bgfx\d+\w*", text, re.IGNORECASE)
    return match.group(0).lower() if match else None


def _listed(text: str) -> list[Sighting]:
    """`Available devices:`, as --list-devices prints. Only CUDA's figure is the card's own memory."""
    found: list[Sighting] = []
    for api, name, total, free in _LISTED.findall(text):
        size = int(total) * MIB
        own = {"memory_bytes": size} if api == "CUDA" else {"offered_bytes": size}
        if api in {"MTL", "Metal"}:
            own = {"limit_bytes": size}
        found.append(_device(f"--list-devices {api}", bare_name(name), free_bytes=int(free) * MIB, **own))
    return found


def _using(text: str) -> list[Sighting]:
    found: dict[tuple[str, str], Sighting] = {}
    for api, number, name, bus, free in _USING.findall(text):
        device = _device("llama.cpp", bare_name(name), bus=bus_address(bus), free_bytes=int(free) * MIB)
        found.setdefault((api, number), device)
    return list(found.values())


def _metal(text: str) -> list[Sighting]:
    names = list(dict.fromkeys(_METAL.findall(text)))
    limit = _WORKING_SET.search(text)
    size = _working_set(limit.group(1), limit.group(2)) if limit else None
    if not names and size is None:
        return []
    return [_device("Metal", names[0] if names else "Apple", integrated=True, limit_bytes=size)]


def _working_set(number: str, unit: str) -> int | None:
    """Bytes of Metal's limit. "MB" has meant MiB and 10^6 bytes: a whole share of RAM tells which."""
    value = float(number)
    if unit in {"GiB", "GB"}:
        return size_bytes(f"{number} {unit}")
    if unit == "MiB" or _is_share(value):
        return round(value * MIB)
    return round(value * 1e6)


def _is_share(mib: float) -> bool:
    """Two thirds or three quarters of a memory that Macs come with, in MiB."""
    return any(
        abs(mib - memory * 1024 * share) < 1
        for memory in (8, 16, 18, 24, 32, 36, 48, 64, 96, 128, 192)
        for share in (2 / 3, 3 / 4)
    )


def _by_unique(text: str) -> list[Sighting]:
    """Mesa's ids of Intel devices begin with vendor and device, bytes swapped: `86800be2-` is 8086:e20b."""
    ids = dict.fromkeys(re.findall(r"\bid=8680([0-9a-f]{2})([0-9a-f]{2})-\S+ library=Vulkan", text))
    return [Sighting("ollama", None, "Intel", f"8086:{high}{low}") for low, high in ids]


def _ollama(text: str) -> list[Sighting]:
    """`inference compute` of its log: Vulkan adds host memory to a card's own, ROCm and CUDA do not."""
    found: dict[str, Sighting] = {}
    for number, body in enumerate(_OLLAMA.findall(text)):
        values = {key: quoted or bare for key, quoted, bare in _PAIR.findall(body)}
        if values.get("library") == "cpu":
            continue
        name = values.get("description") or values.get("name", "")
        ids = re.fullmatch(r"([0-9a-f]{4}):([0-9a-f]{4})", name)
        size = size_bytes(values.get("total"))
        own = OLLAMA_TOTALS.get(values.get("library", ""), "memory_bytes")
        shared = values.get("type") == "iGPU" or None
        more: dict[str, object] = {
            own: size,
            "bus": bus_address(values.get("pci_id")),
            "target": _target(body),
        }
        if ids is not None:
            device = Sighting(
                "ollama", vendor=vendor_of(None, name), pci_id=name, memory_bytes=size, target=_target(body)
            )
        else:
            device = _device(
                "ollama", bare_name(name), **({**more, "integrated": shared} if shared else more)
            )
        found.setdefault(device.bus or str(number), device)
    return list(found.values())
