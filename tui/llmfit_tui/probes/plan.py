"""What is asked of each kind of system: a name, and a function that returns commands and their texts."""

from llmfit_tui.core.seen.answers import Asked
from llmfit_tui.core.seen.values import MOST_DEVICES
from llmfit_tui.probes import NEEDS_ROOT, files, nvml, windows
from llmfit_tui.probes.asking import Probe, Surroundings

QUERY = "index,name,pci.bus_id,pci.device_id,uuid,memory.total,memory.used,memory.free,mig.mode.current"
MAC_VALUES = (
    "hw.memsize",
    "hw.model",
    "hw.physicalcpu",
    "hw.logicalcpu",
    "machdep.cpu.brand_string",
    "iogpu.wired_limit_mb",
    "kern.osproductversion",
)


def nvidia(where: Surroundings) -> list[Asked]:
    """nvidia-smi: the query, and the whole log where the query is not understood or cards are split.

    Where it is not installed, the library it asks may still be.
    """
    asked = [where.run("nvidia-smi", f"--query-gpu={QUERY}", "--format=csv")]
    first = asked[0]
    if first.missing:
        return [*asked, nvml.cards()]
    old = first.problem is not None and "not a valid field" in first.text
    if old or ", Enabled" in first.text:
        asked.append(where.run("nvidia-smi", "-q", "-x"))
    if ", Enabled" in first.text:
        # Ids of the instances, by which CUDA_VISIBLE_DEVICES names them.
        asked.append(where.run("nvidia-smi", "-L"))
    return asked


def kernel(where: Surroundings) -> list[Asked]:
    """The kernel's files on cards, drivers, the board and the container."""
    root, most = where.root, MOST_DEVICES + 1
    parts = (files.device_files(root, most), files.driver_files(root, most), files.host_files(root))
    return [
        Asked("files of the kernel", "\n".join(filter(None, (files.lines_of(root, part) for part in parts))))
    ]


def processor(where: Surroundings) -> list[Asked]:
    """CPU and memory."""
    info = files.read_file(where.root / "proc/cpuinfo")
    memory = files.read_file(where.root / "proc/meminfo")
    first = "" if info is None else info.partition("\n\n")[0] + "\n"
    return [
        Asked("lscpu", *_text(where.run("lscpu"))),
        Asked("cat /proc/cpuinfo", first, None if info else "cannot be read"),
        Asked("cat /proc/meminfo", memory or "", None if memory else "cannot be read"),
    ]


def _text(asked: Asked) -> tuple[str, str | None, bool]:
    return asked.text, asked.problem, asked.missing


def modules(where: Surroundings) -> list[Asked]:
    """Memory modules, which only root may ask for."""
    asked = where.run("dmidecode", "-t", "memory")
    if not asked.missing and "Memory Device" not in asked.text:
        return [Asked(asked.command, problem=f"{NEEDS_ROOT}; speed and channels of the memory are not known")]
    return [asked]


def amd(where: Surroundings) -> list[Asked]:
    """rocm-smi or its successor, for names the kernel does not know."""
    asked = where.run("rocm-smi", "--showproductname", "--showid", "--showmeminfo", "vram", "--json")
    if not asked.missing:
        return [asked]
    return [asked, where.run("amd-smi", "static", "--asic", "--bus", "--vram", "--json")]


def intel(where: Surroundings) -> list[Asked]:
    """xpu-smi; its table where it lists nothing otherwise."""
    asked = where.run("xpu-smi", "discovery")
    if asked.missing or asked.problem or "Device Name" in asked.text:
        return [asked]
    return [asked, where.run("xpu-smi")]


def _alone(*words: str) -> Probe:
    """One tool that is asked one thing."""
    return lambda where: [where.run(*words)]


def mac_values(where: Surroundings) -> list[Asked]:
    """sysctl: the chip, its memory and the GPU's limit."""
    return [where.run("sysctl", *MAC_VALUES)]


def bsd_values(where: Surroundings) -> list[Asked]:
    """sysctl of the BSDs: memory and CPU."""
    return [where.run("sysctl", "hw.physmem", "hw.model", "hw.ncpu")]


def mac_displays(where: Surroundings) -> list[Asked]:
    """system_profiler: GPU cores."""
    return [where.run("system_profiler", "SPDisplaysDataType", "-json")]


def fallback(where: Surroundings) -> list[Asked]:
    """Asked only where nothing else showed a GPU."""
    return [where.run("vulkaninfo", "--summary"), where.run("lspci", "-nn"), where.run("clinfo")]


def memory_now(where: Surroundings) -> list[Asked]:
    """What of the host's memory is free, in each system's own words."""
    if where.platform == "darwin":
        return [where.run("vm_stat")]
    if where.platform == "win32":
        return windows.memory(where)
    text = files.read_file(where.root / "proc/meminfo") or ""
    return [Asked("cat /proc/meminfo", text)]


def probes(platform: str) -> tuple[tuple[str, Probe], ...]:
    """The probes of a system, all of which run at once."""
    if platform == "darwin":
        gpu = _alone("ioreg", "-rc", "AGXAccelerator", "-d", "1")
        return (("sysctl", mac_values), ("ioreg", gpu), ("system_profiler", mac_displays))
    if platform == "win32":
        return (("registry", windows.registry), ("memory", windows.memory), ("nvidia-smi", nvidia))
    if platform.startswith("freebsd"):
        return (("sysctl", bsd_values), ("nvidia-smi", nvidia))
    return (
        ("kernel", kernel),
        ("processor", processor),
        ("nvidia-smi", nvidia),
        ("rocm-smi", amd),
        ("xpu-smi", intel),
        ("dmidecode", modules),
        ("npu-smi", _alone("npu-smi", "info")),
        ("mx-smi", _alone("mx-smi")),
        ("mthreads-gmi", _alone("mthreads-gmi")),
    )
