"""Which reader reads a text: chosen by the text's own form, so that a pasted report reads like a live run."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from llmfit_tui.core.record import record
from llmfit_tui.core.seen import (
    apple,
    boards,
    dmi,
    fetches,
    ggml,
    host,
    intel,
    nvidia,
    nvidia_table,
    nvidia_xml,
    pasted,
    pci,
    rocm,
    rocm_smi,
    summaries,
    sysfs,
    vulkan,
    windows,
)
from llmfit_tui.core.seen.values import MOST_DEVICES, Findings, too_many

LONGEST = 1 << 18
"""Characters of one text that are read."""
FIRST = 1 << 15
"""Characters in which a text shows its form."""


@record
class Reader:
    """A form of text, and what reads it."""

    name: str
    form: re.Pattern[str]
    read: Callable[..., Findings]
    asked: re.Pattern[str] | None = None
    """A command that prints this form even where the text does not show it; the reader wants to know it."""

    def findings(self, text: str, command: str) -> Findings:
        """What the reader makes of the text; nothing where a figure in it is none a machine could have."""
        try:
            return self.read(text) if self.asked is None else self.read(text, command)
        except (ValueError, OverflowError):
            return Findings(notes=(f"{self.name}: a figure cannot be read",))


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)


READERS = (
    Reader(
        "nvidia-smi CSV",
        _form(rf"^(?:.*, )?(?:name|memory\.\w+|pci\.\w+)(?: \[MiB\])?, |{nvidia.BARE.pattern}"),
        nvidia.read_csv,
        _form(r"--query-gpu"),
    ),
    Reader(
        "nvidia-smi -L",
        _form(r"^[ \t]*GPU \d+: (?:.+\(UUID: |[^—(:]+$)|GPU models and configuration: "),
        nvidia.read_list,
    ),
    Reader("nvidia-smi -q", _form(r"^=+NVSMI LOG=+|^ +Product Name +: "), nvidia.read_query),
    Reader("nvidia-smi -q -x", _form(r"<nvidia_smi_log>|<gpu id="), nvidia_xml.read_xml),
    Reader(
        "nvidia-smi",
        _form(r"^\| NVIDIA-SMI |^\| MIG devices:|^\|\s+\d+  NVIDIA .*\|"),
        nvidia_table.read_table,
    ),
    Reader("rocm-smi JSON", _form(r"\"card\d+\": *\{"), rocm_smi.read_json),
    Reader("rocm-smi CSV", _form(r"^device,.*(?:VRAM|Card|GPU)"), rocm_smi.read_csv),
    Reader("rocm-smi", _form(r"^GPU\[\d+\]\s*:.*:"), rocm_smi.read_lines),
    Reader("rocm-smi table", _form(r"^(?:Device|GPU)\s+(?:Node|Temp|DID)\b"), rocm_smi.read_concise),
    Reader("rocminfo", _form(r"^ +Marketing Name: |^ +Segment: +GLOBAL"), rocm.read_rocminfo),
    Reader("amd-smi", _form(r"^ +MARKET_NAME: "), rocm.read_amd_smi),
    Reader("amd-smi table", _form(r"^\| AMD-SMI |^\| GPU  HIP-ID "), rocm.read_amd_smi_table),
    Reader("amd-smi JSON", _form(r"\"market_name\"\s*: "), rocm.read_amd_smi_json),
    Reader("amdgpu log", _form(r"\b\d{1,9}M of (?:VRAM|GTT) memory ready"), rocm.read_boot),
    Reader("xpu-smi", _form(r"(?:Device Name|PCI BDF Address): "), intel.read_xpu_smi),
    Reader("xpu-smi table", _form(r"^\|\s+Intel XPU-SMI v|^\|\s+\d+  Intel\(R\) .*\|"), intel.read_xpu_table),
    Reader("SYCL", _form(r"\[level_zero:gpu|\[opencl:gpu|SYCL devices"), intel.read_sycl),
    Reader("clinfo", _form(r"Global [Mm]emory [Ss]ize"), intel.read_clinfo),
    Reader("kernel files", _form(r"^/(?:sys|proc)/\S+: "), sysfs.read_files),
    Reader(
        "lspci",
        _form(r"(?:VGA compatible|3D|Display) controller|\[[0-9a-f]{4}:[0-9a-f]{4}\]\s*(?:\(rev \w+\))?$"),
        pci.read_lspci,
    ),
    Reader("lspci -vmm", _form(r"^Class:\t(?:03|12)\d\d$"), pci.read_blocks),
    Reader("vulkaninfo", _form(r"^[ \t]*deviceName\s+= "), vulkan.read_vulkaninfo),
    Reader("glxinfo", _form(r"^ *Device: .*\(0x[0-9a-f]{4}\)"), vulkan.read_glxinfo),
    Reader(
        "llama.cpp",
        _form(
            r"ggml_|^Available devices:|inference compute|using device |\"system memory\"|WorkingSetSize"
            r"|^[ \t]*Device \d+: .*compute capability|^Vulkan\d+: "
        ),
        ggml.read_ggml,
    ),
    Reader("system_profiler JSON", _form(r"\"SP\w+DataType\""), apple.read_json),
    Reader("system_profiler", _form(r"^[ \t]*(?:Chipset Model|Model Identifier): "), apple.read_text),
    Reader("ioreg", _form(r"\"gpu-core-count\"\s*="), apple.read_ioreg),
    Reader("vm_stat", _form(r"^Mach Virtual Memory Statistics"), apple.read_vm_stat),
    Reader("sysctl", _form(r"^(?:hw\.|machdep\.|iogpu\.)\w+[\w.]*: "), apple.read_sysctl),
    Reader(
        "Windows list",
        _form(
            r"^(?:PNPDeviceID|DriverDesc|ProcessorNameString|AdapterRAM|VideoProcessor|(?:Cs)?TotalPhysicalMemory)"
            r"\s*[:=]|^PCI\\VEN_"
        ),
        windows.read_list,
    ),
    Reader(
        "Windows table",
        _form(
            r"^(?:Name|AdapterRAM|Caption) .*(?:VideoProcessor|AdapterRAM|Name|DriverVersion)"
            r"|^Name *\n(?! *:)"
        ),
        windows.read_table,
    ),
    Reader("DXGI", _form(r"^[ \t]*(?:Dedicated|Available OS) Memory: "), windows.read_dxgi),
    Reader("systeminfo", windows.SYSTEMINFO, windows.read_systeminfo),
    Reader("fastfetch", _form(r"^ *\"type\": \"(?:GPU|Memory)\",\s*\"result\""), fetches.read_fastfetch),
    Reader(
        "lscpu",
        _form(r"^ *(?:Socket\(s\)|Core\(s\) per socket|NUMA node\(s\)|Model name) *:"),
        host.read_lscpu,
    ),
    Reader("cpuinfo", _form(r"^(?:model name|CPU implementer|processor)[ \t]*: "), host.read_cpuinfo),
    Reader("meminfo", _form(r"^MemTotal:\s+\d+"), host.read_meminfo),
    Reader("free", _form(r"^[ \t]+total +used +free"), host.read_free, _form(r"^free\b")),
    Reader("numactl", _form(r"^node \d+ cpus:|^MemTotal\s+[\d.]+"), host.read_numa),
    Reader("dmidecode", _form(r"^Memory Device\s*$"), dmi.read_dmidecode),
    Reader("tegrastats", _form(r"\bRAM \d+/\d+MB"), boards.read_tegrastats),
    Reader("jetson_release", _form(r"L4T: |NV Power Mode"), boards.read_jetson),
    Reader("npu-smi", _form(r"HBM-Usage\(MB\)|^\| npu-smi "), boards.read_npu_smi),
    Reader("mx-smi", _form(r"MX-SMI "), boards.read_mx_smi),
    Reader("mthreads-gmi", _form(r"mthreads-gmi|\bMTT \S+"), boards.read_mthreads),
    Reader(
        "summary",
        _form(
            r"^[^\w\n]*(?:GPU(?: \d+| name| agent)?|CPU|Host|Total RAM|RAM|Memory): "
            r"|Device-\d+: |^[ \t]*- \"Intel"
        ),
        summaries.read_summary,
    ),
    Reader("PyTorch", pasted.PROPERTIES, pasted.read_properties),
    Reader("clinfo -l", pasted.CL_LIST, pasted.read_cl_list),
    Reader("OpenGL renderer", pasted.RENDERER, pasted.read_renderer),
    Reader("lshw", pasted.LSHW, pasted.read_lshw),
    Reader("wmic column", pasted.COLUMN, pasted.read_column),
    Reader("fields", _form(r"\"?(?:gpu_name|cpu_name|total_ram_gb|total_mem)\"?: "), summaries.read_fields),
    Reader("memory JSON", _form(r"\"[0-9a-f]{4}:[0-9a-f:.]{7}\": *\{"), summaries.read_memory_json),
    Reader("PCI ids", _form(r"\{'device': '0x"), summaries.read_ids),
    Reader("PCI JSON", _form(r"\"product\": *\{"), summaries.read_pci_json),
)
_FILE = re.compile(r"^(?:sudo )?(?:cat )?(/(?:sys|proc)/\S+)(?: .*)?$")


def read(text: str, command: str = "") -> tuple[tuple[str, Findings], ...]:
    """What every reader that knows this form makes of the text, by the reader's name."""
    shown = _as_file(text.replace("\r\n", "\n")[:LONGEST], command)
    return tuple(
        (reader.name, _capped(reader.findings(shown, command)))
        for reader in READERS
        if reader.form.search(shown, 0, FIRST) or (reader.asked is not None and reader.asked.search(command))
    )


def _as_file(text: str, command: str) -> str:
    """The content of one file of the kernel, as the probe writes it; tables of /proc stay as they are."""
    match = _FILE.match(command.strip())
    value = re.match(r"^(?:sudo )?sysctl -n (\S[^|&;]*)$", command.strip())
    if value is not None:
        return pasted.split_sysctl(text, value.group(1))
    if match is None or match.group(1) in {"/proc/cpuinfo", "/proc/meminfo"}:
        return text
    return f"{match.group(1)}: {' '.join(text.split())}"


def _capped(found: Findings) -> Findings:
    """At most so many devices: a tool that lists ten thousand is not believed."""
    if len(found.devices) <= MOST_DEVICES:
        return found
    notes = (*found.notes, too_many(len(found.devices)))
    return replace(found, devices=found.devices[:MOST_DEVICES], notes=notes)


def read_all(outputs: Mapping[str, str]) -> list[tuple[str, str, Findings]]:
    """Command, reader and findings of many texts, in order."""
    return [
        (command, name, found) for command, text in outputs.items() for name, found in read(text, command)
    ]


def findings(outputs: Iterable[tuple[str, str]]) -> list[Findings]:
    """Findings alone."""
    return [found for command, text in outputs for _, found in read(text, command)]
