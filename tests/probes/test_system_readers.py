"""What a system's own text means: kernel files, memory, processors, Windows."""

import pytest
from pretend import GIB, MIB, machine, pci_files

from llmfit_tui.core.seen.readers import findings
from llmfit_tui.core.seen.values import Host, Sighting


def devices(text: str, command: str = "") -> list[Sighting]:
    return [device for found in findings([(command, text)]) for device in found.devices]


def host(text: str, command: str = "") -> Host:
    (found, *_) = findings([(command, text)])
    return found.host


def test_adapter_ram_of_windows_is_not_believed_and_the_drivers_memory_is() -> None:
    text = (
        "Name        : AMD Radeon AI PRO R9700\nAdapterRAM  : 4293918720\n"
        "PNPDeviceID : PCI\\VEN_1002&DEV_7551&SUBSYS_54131849&REV_C0\\6\n"
    )
    (card,) = devices(text)
    assert (card.memory_bytes, card.pci_id, card.revision) == (None, "1002:7551", 0xC0)
    driver = f"DriverDesc : AMD Radeon AI PRO R9700\nHardwareInformation.qwMemorySize : {32 * GIB}\n"
    assert devices(driver)[0].memory_bytes == 32 * GIB


def test_kernel_files_give_a_cards_memory_and_leave_display_adapters_and_npus_out() -> None:
    text = "\n".join(
        [
            pci_files("0000:03:00.0", **{"class": "0x030000", "vendor": "0x8086", "device": "0xe223"}),
            "/sys/bus/pci/devices/0000:03:00.0/tile0/physical_vram_size_bytes: 34179383296",
            pci_files("0000:02:00.0", **{"class": "0x030000", "vendor": "0x1a03", "device": "0x2000"}),
            pci_files("0000:00:0b.0", **{"class": "0x120000", "vendor": "0x8086", "device": "0x7d1d"}),
        ]
    )
    (card,) = devices(text)
    assert (card.pci_id, card.memory_bytes) == ("8086:e223", 34179383296)


def test_memory_is_the_least_of_the_systems_and_the_containers() -> None:
    inside = "/sys/fs/cgroup/memory.max: max\n/sys/fs/cgroup/docker/one/memory.max: 4294967296\n"
    v1 = "/sys/fs/cgroup/memory/memory.limit_in_bytes: 9223372036854771712\n"
    assert host(inside).limit_bytes == 4 * GIB
    assert host(v1).limit_bytes is None
    both = Host(ram_bytes=64 * GIB, limit_bytes=4 * GIB)
    assert both.memory_bytes == 4 * GIB


def test_sockets_of_a_hypervisor_are_no_sockets_and_nodes_without_cpus_are_memory() -> None:
    virtual = host("Model name: Xeon\nCore(s) per socket: 1\nSocket(s): 24\nCPU(s): 24\n")
    assert (virtual.sockets, virtual.threads) == (None, 24)
    grace = host("Socket(s): 1\nNUMA node(s): 9\nNUMA node0 CPU(s): 0-71\nNUMA node1 CPU(s):\n")
    assert grace.numa_nodes == 1


def test_numactls_megabytes_are_mebibytes() -> None:
    text = "node 0 cpus: 0 1\nnode 0 size: 1000 MB\nnode 1 cpus: 2 3\nnode 1 size: 24 MB\n"
    assert host(text).ram_bytes == GIB


def test_memory_bandwidth_counts_channels_at_the_speed_they_run() -> None:
    def module(place: str, wording: str = "Configured Memory Speed: 2133 MT/s") -> str:
        return (
            "Memory Device\n\tTotal Width: 72 bits\n\tData Width: 64 bits\n\tSize: 16 GB\n"
            f"\tLocator: {place}\n"
            f"\tSpeed: 3200 MT/s\n\t{wording}\n\n"
        )

    empty = "Memory Device\n\tSize: No Module Installed\n\tLocator: CHANNEL C\n\n"
    two = host(module("CHANNEL A DIMM 0") + module("CHANNEL A DIMM 1") + module("CHANNEL B DIMM 0") + empty)
    assert two.installed_bytes == 48 * GIB
    assert two.ram_bandwidth == 2 * 8 * 2133 * 10**6
    assert host(module("CHANNEL A", "Configured Clock Speed: 1067 MHz")).ram_bandwidth == 8 * 1067 * 10**6
    assert host(module("slot 3")).ram_bandwidth is None
    soldered = "Memory Device\n\tData Width: 32 bits\n\tSize: 4 GB\n\tConfigured Memory Speed: 8533 MT/s\n\n"
    assert host(soldered * 4).ram_bandwidth == 4 * 4 * 8533 * 10**6


def test_ascend_prints_two_rows_a_chip_with_and_without_blanks() -> None:
    text = (
        "| NPU   Name   | Health       | Power(W)   Hugepages-Usage(page)|\n"
        "| Chip         | Bus-Id       | AICore(%)  HBM-Usage(MB)        |\n"
        "| 0     910B3  | OK           | 91.0        0    / 0            |\n"
        "| 0            | 0000:C1:00.0 | 0   0 / 0   15503/ 65536        |\n"
    )
    (chip,) = devices(text)
    assert (chip.name, chip.memory_bytes, chip.used_bytes) == ("Ascend 910B3", 65536 * MIB, 15503 * MIB)


@pytest.mark.parametrize(
    "form",
    [
        "RAM {}/{}MB GR3D_FREQ 0%",
        "recommendedMaxWorkingSetSize = {} MB",
        "ggml_x\n  CUDA0: NVIDIA L4 ({} MiB, 1 MiB free)",
        "node 0 cpus: 1\nnode 0 size: {} MB",
        "amdgpu: {}M of VRAM memory ready",
        "MemTotal: {} kB",
    ],
)
def test_a_figure_of_five_thousand_digits_is_no_figure(form: str) -> None:
    number = "9" * 5000
    found = findings([("", form.format(number, number))])
    assert all(device.memory_bytes is None for one in found for device in one.devices)


def test_a_decimal_comma_is_read() -> None:
    assert host("Total RAM: 7,9 GB\n").ram_bytes == round(7.9 * GIB)


def test_a_single_column_without_a_header_has_no_commas() -> None:
    command = "nvidia-smi --query-gpu=name --format=csv,noheader"
    assert [device.name for device in devices("NVIDIA L4\nNVIDIA L4\n", command)] == ["NVIDIA L4"] * 2


def test_free_prints_in_many_units() -> None:
    for command, shown in (
        ("free -b", "67108864"),
        ("free -m", "64"),
        ("free", "65536"),
        ("free -h", "64Mi"),
    ):
        assert host(f"        total   used   free\nMem:    {shown}   1   1\n", command).ram_bytes == 64 * MIB


def test_tables_of_windows_are_read_by_their_columns() -> None:
    wmic = (
        "AdapterRAM  Name\n4293918720  NVIDIA GeForce RTX 3080\n1073741824  Microsoft Basic Display Adapter\n"
    )
    table_text = (
        "Name                    VideoProcessor\n----                    --------------\n"
        "AMD Radeon(TM) Graphics AMD Radeon Graphics Processor (0x164E)\n"
    )
    assert [device.name for device in devices(wmic)] == ["NVIDIA GeForce RTX 3080"]
    assert devices(table_text)[0].pci_id == "1002:164e"


def test_dxdiag_gives_each_card_its_dedicated_memory() -> None:
    text = (
        "           Card name: AMD Radeon RX 7900 XTX\n"
        "    Dedicated Memory: 24525 MB\n       Shared Memory: 16100 MB\n"
        "           Card name: AMD Radeon(TM) Graphics\n"
        "    Dedicated Memory: 512 MB\n       Shared Memory: 16100 MB\n"
    )
    assert [device.memory_bytes for device in devices(text)] == [24525 * MIB, 512 * MIB]


def test_one_value_of_sysctl_has_no_key_of_its_own() -> None:
    assert host(f"{32 * GIB}\n", "sysctl -n hw.memsize").ram_bytes == 32 * GIB


def test_a_macs_gpu_cores_are_told_without_waiting_for_system_profiler() -> None:
    text = (
        '+-o AGXAcceleratorG16X\n    {\n      "gpu-core-count" = 40\n      "model" = "Apple M4 Max"\n    }\n'
    )
    found = machine(text, f"machdep.cpu.brand_string: Apple M4 Max\nhw.memsize: {48 * GIB}\n")
    (match,) = found.devices
    assert match.device is not None
    assert match.device.name == "Apple M4 Max (40-core GPU) 48 GB"
    assert match.assumed == ()


def test_memory_of_a_card_that_the_system_counts_as_its_own_is_not_the_hosts() -> None:
    nodes = "available: 9 nodes (0-8)\nnode 0 cpus: 0 1 2\nnode 0 size: 490000 MB\n"
    nodes += "node 1 cpus:\nnode 1 size: 97280 MB\nnode 2 cpus:\nnode 2 size: 0 MB\n"
    card = "name, memory.total [MiB]\nNVIDIA GH200 480GB, 97871 MiB\n"
    assert machine(card, nodes).host.memory_bytes == 490_000 * MIB
    # A node of another size than any card may be an expander's, which is as good as memory.
    other = "name, memory.total [MiB]\nNVIDIA L4, 23034 MiB\n"
    assert machine(other, nodes).host.memory_bytes == 587_280 * MIB
    files = "/sys/devices/system/node/node0/cpulist: 0-71\n/sys/devices/system/node/node1/cpulist:\n"
    files += (
        f"/sys/devices/system/node/node1/meminfo: Node 1 MemTotal: {97280 << 10} kB Node 1 MemFree: 1 kB\n"
    )
    total = f"MemTotal: {587_280 << 10} kB\n"
    assert machine(card, files, total).host.memory_bytes == 490_000 * MIB


def test_an_ascend_without_hbm_has_the_memory_of_its_only_column() -> None:
    text = (
        "| npu-smi 23.0.0                     Version: 23.0.0                     |\n"
        "| NPU     Name      | Health          | Power(W)     Temp(C)           |\n"
        "| Chip    Device    | Bus-Id          | AICore(%)    Memory-Usage(MB)  |\n"
        "| 8       310P3     | OK              | NA           36                |\n"
        "| 0       0         | 0000:01:00.0    | 0            1835 / 21527      |\n"
    )
    (match,) = machine(text).devices
    assert (match.name, match.memory_bytes) == ("Huawei Ascend 310P3", 21527 * MIB)
