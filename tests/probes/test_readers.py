"""What each tool's text means: units that lie, names that are cut, rows that are not devices."""

import pytest
from pretend import GIB, MIB, agent, csv, table

from llmfit_tui.core.seen.readers import findings
from llmfit_tui.core.seen.values import Host, Sighting


def devices(text: str, command: str = "") -> list[Sighting]:
    return [device for found in findings([(command, text)]) for device in found.devices]


def host(text: str, command: str = "") -> Host:
    (found, *_) = findings([(command, text)])
    return found.host


def test_a_value_nvidia_smi_does_not_know_is_unknown_and_keeps_its_row() -> None:
    (gb10,) = devices(csv("NVIDIA GB10, [N/A]"))
    assert (gb10.name, gb10.memory_bytes, gb10.integrated) == ("NVIDIA GB10", None, True)


def test_a_chip_of_another_name_that_cannot_tell_its_memory_shares_the_hosts() -> None:
    text = csv("[N/A], [N/A]", header="memory.total [MiB], memory.used [MiB]")
    assert devices(text)[0].integrated


def test_without_a_header_the_command_names_the_columns() -> None:
    (card,) = devices(
        "NVIDIA A10G, 23028 MiB, 0x223710DE", "nvidia-smi --query-gpu=name,memory.total,pci.device_id"
    )
    assert (card.memory_bytes, card.pci_id) == (23028 * MIB, "10de:2237")


def test_old_drivers_leave_the_maker_off_the_name() -> None:
    assert devices(csv("GeForce GTX 1080 Ti, 11178 MiB"))[0].name == "NVIDIA GeForce GTX 1080 Ti"


def test_the_table_is_read_in_every_width_and_says_where_it_cut_a_name() -> None:
    for usage in ("   1MiB / 24576MiB", "     1MiB /  24576MiB"):
        plain, cut = devices(
            table(("NVIDIA GeForce RTX 3090", usage), ("NVIDIA GeForce RTX 2080 ...", usage))
        )
        assert (plain.memory_bytes, plain.bus, plain.cut) == (24576 * MIB, "0000:01:00.0", False)
        assert (cut.name, cut.cut) == ("NVIDIA GeForce RTX 2080", True)


def test_mig_rows_are_no_cards_and_compute_instances_share_one_memory() -> None:
    mig = (
        "| MIG devices:  |\n| GPU  GI  CI  MIG |   Shared Memory-Usage |\n"
        "|  0    2   0   0  |      22MiB / 71424MiB    | 16      0 |\n"
        "|                  |       0MiB / 59237MiB    |           |\n"
        "|  0    2   1   1  |      22MiB / 71424MiB    | 32      0 |\n"
        "|  0    9   0   2  |       9MiB / 16384MiB    | 16      0 |\n"
    )
    (card,) = devices(table(("NVIDIA H200", "0MiB / 143771MiB")) + "\n" + mig)
    assert [part.memory_bytes for part in card.slices] == [71424 * MIB, 16384 * MIB]
    listed = (
        "GPU 0: NVIDIA H200 (UUID: GPU-0)\n  MIG 1c.3g.71gb  Device  0: (UUID: MIG-0)\n"
        "  MIG 2c.3g.71gb  Device  1: (UUID: MIG-0)\n  MIG 1g.18gb     Device  2: (UUID: MIG-0)\n"
    )
    assert [part.profile for part in devices(listed)[0].slices] == ["3g.71gb", "1g.18gb"]


def test_xml_is_read_though_an_element_is_left_open_or_the_text_ends() -> None:
    xml = (
        '<nvidia_smi_log><attached_gpus>4</attached_gpus><gpu id="00000000:01:00.0">'
        "<product_name>NVIDIA A100-SXM4-80GB</product_name>"
        "<mig_mode><current_mig>Enabled</current_mig></mig_mode><mig_devices><mig_device>"
        "<gpu_instance_id>3</gpu_instance_id><fb_memory_usage><total>19968 MiB</total>"
        "</fb_memory_usage></mig_device></mig_devices><fb_memory_usage><total>81920 MiB</total><used>\n50 MiB"
    )
    (card,) = devices(xml)
    assert (card.memory_bytes, card.used_bytes) == (81920 * MIB, 50 * MIB)
    assert [part.memory_bytes for part in card.slices] == [19968 * MIB]
    (found,) = findings([("", xml)])
    assert found.notes == ("3 more attached GPUs are not described",)


def test_a_lost_card_is_told_and_the_others_stay() -> None:
    text = (
        csv("NVIDIA L4, 23034 MiB")
        + "\nUnable to determine the device handle for GPU0000:A1:00.0: Unknown Error\n"
    )
    (found,) = findings([("", text)])
    assert len(found.devices) == 1
    assert found.notes == ("the card at 0000:a1:00.0 is silent",)


def test_only_gpu_agents_of_rocminfo_count_and_each_once() -> None:
    text = agent("AMD Ryzen 9 7950X", "Ryzen", 95599388, "CPU") + agent(
        "AMD Radeon RX 6800 XT", "gfx1030", 16760832
    )
    (card,) = devices(text)
    assert (card.name, card.target, card.memory_bytes) == ("AMD Radeon RX 6800 XT", "gfx1030", 16368 * MIB)


@pytest.mark.parametrize("key", ["Card series", "Card Series"])
def test_rocm_smi_keys_of_all_versions_are_known_and_used_memory_is_not_the_total(key: str) -> None:
    text = (
        "WARNING: AMD GPU device(s) is/are in a low-power state\n"
        f'{{"card0": {{"{key}": "Radeon RX 7900 XT", "Device ID": "0x744c", "Device Rev": "0xcc", '
        '"VRAM Total Used Memory (B)": "27856896", "VRAM Total Memory (B)": "21458059264"}, '
        '"system": {"x": "y"}}'
    )
    (card,) = devices(text)
    assert (card.pci_id, card.revision, card.memory_bytes) == ("1002:744c", 0xCC, 21458059264)


def test_rocm_smi_csv_may_lose_a_comma_of_the_maker() -> None:
    header = "device,VRAM Total Memory (B),Card Series,Card Vendor,Device Rev"
    text = f"{header}\ncard0,17163091968,Radeon VII,AMD Inc. [AMD/ATI],0xc1\n"
    assert devices(text)[0].name == "Radeon VII"


def test_the_second_partition_of_a_card_is_no_card() -> None:
    text = (
        "Device  Node  IDs              Temp  Power  Partitions          SCLK\n"
        "0       2     0x75a0,   24959  60.0°C  319.0W  NPS1, DPX, 0   2203Mhz\n"
        "1       3     0x75a0,   20862  N/A     N/A     N/A, N/A, 1    N/A\n"
    )
    first, second = devices(text)
    assert (first.partition, second.partition) == (None, "partition 1")


def test_sycl_lists_one_gpu_twice_beside_a_cpu_and_an_emulator() -> None:
    text = (
        "found 4 SYCL devices:\n  Device 0: Intel(R) Arc(TM) A770 Graphics,\tcompute capability 1.3,\n"
        "\tmax compute_units 512,\tglobal mem size 16225243136\n"
        "  Device 1: Intel(R) FPGA Emulation Device,\tcompute capability 1.2,\n"
        "\tglobal mem size 33536741376\n"
        "  Device 2: Intel(R) Arc(TM) A770 Graphics,\tcompute capability 3.0,\n"
        "\tglobal mem size 16225243136\n"
        "  Device 3: AMD Ryzen 5 5600X 6-Core Processor    ,\tcompute capability 3.0,\n"
        "\tglobal mem size 33536741376\n"
    )
    (card,) = devices(text)
    assert (card.name, card.offered_bytes) == ("Intel Arc A770 Graphics", 16225243136)
    assert host(text).ram_bytes == 33536741376


@pytest.mark.parametrize("edge", ["| {} |", "  {}"])
def test_xpu_smi_is_read_with_borders_and_without(edge: str) -> None:
    lines = [
        "0           | Device Name: Intel(R) Arc(TM) Pro B60 Graphics   ",
        "            | PCI Device ID: 0xe211      ",
    ]
    lines = lines if "|" in edge else [line.replace("|", " ") for line in lines]
    (card,) = devices("\n".join(edge.format(line) for line in lines))
    assert (card.name, card.pci_id) == ("Intel Arc Pro B60 Graphics", "8086:e211")


def test_vulkan_drivers_of_one_card_and_software_are_not_more_cards() -> None:
    one = "\tvendorID = 0x1002\n\tdeviceID = 0x73ff\n\tdeviceType = PHYSICAL_DEVICE_TYPE_DISCRETE_GPU\n"
    text = (
        f"Devices:\nGPU0:\n{one}\tdeviceName         = AMD Radeon RX 6600 XT\n\tdriverID = DRIVER_ID_AMD\n"
        f"GPU1:\n{one}\tdeviceName         = AMD Radeon RX 6600 XT (RADV NAVI23)\n"
        "\tdriverID = DRIVER_ID_RADV\n"
        "\tdriverInfo = Mesa\nDate: 1\n\n"
        "GPU2:\n\tdeviceType = PHYSICAL_DEVICE_TYPE_CPU\n\tdeviceName         = llvmpipe (LLVM 17)\n"
    )
    assert [device.name for device in devices(text)] == ["AMD Radeon RX 6600 XT"]


def test_the_direct3d_wrapper_is_the_device_it_wraps() -> None:
    text = (
        "ggml_vulkan: 0 = Microsoft Direct3D12 (Qualcomm(R) Adreno(TM) X1-85 GPU) (Dozen) | uma: 1 | fp16: 1"
    )
    (chip,) = devices(text)
    assert (chip.name, chip.integrated) == ("Qualcomm Adreno X1-85 GPU", True)


def test_metals_megabytes_were_mebibytes_once() -> None:
    form = "ggml_metal_init: GPU name:   Apple M1 Max\nggml_metal_init: recommendedMaxWorkingSetSize = {} MB"
    for written in ("21845.34", "22906.50"):
        (chip,) = devices(form.format(written))
        assert chip.limit_bytes is not None
        assert chip.limit_bytes // MIB == 21845


def test_a_mac_is_named_by_its_model_and_not_by_monitors_or_internal_keys() -> None:
    text = (
        '{"SPDisplaysDataType" : [ { "_name" : "kHW_AppleM1Item", '
        '"spdisplays_ndrvs" : [ { "_name" : "Color LCD" } ],'
        ' "sppci_cores" : "8", "sppci_model" : "Apple M1" } ] }'
    )
    (chip,) = devices(text)
    assert (chip.name, chip.cores, chip.integrated) == ("Apple M1", 8, True)
    assert devices(text[:90])[0].name == "Apple M1"


@pytest.mark.parametrize(
    ("written", "limit"), [("0", None), ("26000", 26000 * MIB), ("0 -> 26000", 26000 * MIB)]
)
def test_a_wired_limit_of_zero_is_the_default(written: str, limit: int | None) -> None:
    text = (
        f"machdep.cpu.brand_string: Apple M1 Max\nhw.memsize: {32 * GIB}\niogpu.wired_limit_mb: {written}\n"
    )
    assert devices(text)[0].limit_bytes == limit
    assert host(text).ram_bytes == 32 * GIB
