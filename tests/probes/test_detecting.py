"""Which machine the tools' answers add up to, and what is reckoned with."""

import pytest
from pretend import GIB, MIB, agent, csv, machine, memory, pci_files, reckoned, table

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.hardware.device import Backend
from llmfit_tui.core.profiles.machine import machine_of_profile
from llmfit_tui.core.seen.detected import Detected
from llmfit_tui.core.seen.machine import profile_of_detected
from scenes import shipped


def cards(found: Detected) -> list[str]:
    return [match.taken.name if match.taken else match.name for match in found.devices]


@pytest.mark.parametrize(
    ("name", "mib", "entry"),
    [
        ("NVIDIA GeForce RTX 4090", 24564, "NVIDIA GeForce RTX 4090"),
        ("NVIDIA GeForce RTX 4060 Ti", 16380, "NVIDIA GeForce RTX 4060 Ti 16 GB"),
        ("NVIDIA GeForce RTX 3060 Laptop GPU", 6144, "NVIDIA GeForce RTX 3060 Mobile"),
        ("NVIDIA GeForce RTX 3080", 10240, "NVIDIA GeForce RTX 3080 10 GB"),
        ("NVIDIA RTX A4000", 16376, "NVIDIA RTX A4000"),
        ("Tesla T4", 15360, "NVIDIA Tesla T4"),
        ("NVIDIA H100 80GB HBM3", 81559, "NVIDIA H100 SXM5 80 GB"),
        ("NVIDIA A100-SXM4-40GB", 40960, "NVIDIA A100 SXM4 40 GB"),
    ],
)
def test_a_card_is_found_by_its_whole_name_and_memory(name: str, mib: int, entry: str) -> None:
    (match,) = machine(csv(f"{name}, {mib} MiB")).devices
    assert match.device is not None
    assert match.device.name == entry
    assert (match.device.usable_bytes or match.device.memory_bytes) == mib * MIB


def test_a_card_with_other_memory_than_it_was_sold_with_has_what_it_reports() -> None:
    found = machine(csv("NVIDIA GeForce RTX 4090 D, 49140 MiB"))
    device = reckoned(found).gpus[0]
    assert device.memory_bytes == 49140 * MIB
    assert device.bandwidth_bytes_per_s is not None
    assert any("49,140 MiB" in note for note in reckoned(found).assumed)


@pytest.mark.parametrize("mib", [99_999_999_999, 24_564 * 5])
def test_a_size_no_card_could_have_is_not_believed(mib: int) -> None:
    found = machine(csv(f"NVIDIA GeForce RTX 4090, {mib} MiB", f"NVIDIA Quux, {1 << 32} MiB"))
    (gpu,) = reckoned(found).gpus
    assert gpu.memory_bytes == 24 * GIB
    assert any("not believed" in note for note in reckoned(found).assumed)


def test_a_cut_name_is_filled_in_by_another_tool_and_never_guessed() -> None:
    short = table(("NVIDIA GeForce RTX 2080 ...", "   1MiB /  8192MiB"))
    assert cards(machine(short, csv("NVIDIA GeForce RTX 2080 SUPER, 8192 MiB"))) == [
        "NVIDIA GeForce RTX 2080 SUPER"
    ]
    (alone,) = machine(table(("NVIDIA GeForce GTX 1660 ...", "   1MiB /  6144MiB"))).devices
    assert alone.device is None
    assert {"NVIDIA GeForce GTX 1660 Ti", "NVIDIA GeForce GTX 1660 SUPER"} <= {
        one.card for one in alone.candidates
    }


@pytest.mark.parametrize(
    ("revision", "card"),
    [
        ("0xc8", "AMD Radeon RX 7900 XTX"),
        ("0xcc", "AMD Radeon RX 7900 XT"),
        ("0xce", "AMD Radeon RX 7900 GRE"),
    ],
)
def test_amd_cards_of_one_id_are_told_apart_by_revision(revision: str, card: str) -> None:
    files = pci_files(
        "0000:03:00.0", **{"class": "0x030000", "vendor": "0x1002", "device": "0x744c", "revision": revision}
    )
    (match,) = machine(files).devices
    assert match.device is not None
    assert match.device.card == card


def test_or_by_memory_where_no_tool_tells_the_revision() -> None:
    (match,) = machine(
        pci_files("0000:03:00.0", vendor="0x1002", device="0x744c", mem_info_vram_total=str(20464 * MIB))
    ).devices
    assert match.device is not None
    assert match.device.card == "AMD Radeon RX 7900 XT"


def test_and_where_nothing_tells_them_apart_the_slowest_is_reckoned_with_and_said() -> None:
    found = machine(pci_files("0000:03:00.0", vendor="0x1002", device="0x744c"))
    (match,) = found.devices
    assert match.device is None
    assert len(match.candidates) >= 3
    assert any("the slowest of" in note for note in reckoned(found).assumed)


def test_an_integrated_gpu_beside_a_card_is_kept_apart() -> None:
    files = [
        pci_files(
            "0000:03:00.0",
            vendor="0x1002",
            device="0x744c",
            revision="0xc8",
            mem_info_vram_total=str(24560 * MIB),
        ),
        pci_files("0000:0e:00.0", vendor="0x1002", device="0x13c0", mem_info_vram_total=str(512 * MIB)),
    ]
    found = machine("\n".join(files), memory(61))
    assert [match.integrated for match in found.devices] == [False, True]
    assert reckoned(found).name == "AMD Radeon RX 7900 XTX"
    assert reckoned(found).host_bytes == 61 * GIB


def test_tools_that_list_the_same_card_do_not_make_two_of_it() -> None:
    smi = '{"card0": {"Card Series": "AMD Radeon RX 7900 XTX", "PCI Bus": "0000:03:00.0"}}'
    info = agent("AMD Radeon RX 7900 XTX", "gfx1100", 25149440)
    files = pci_files("0000:03:00.0", vendor="0x1002", device="0x744c", revision="0xc8")
    assert len(machine(files, smi, info).devices) == 1
    assert len(machine(info + info, smi).devices) == 2


def test_two_equal_cards_are_two_and_a_mixed_machine_runs_on_what_drives_all() -> None:
    two = reckoned(
        machine(csv("NVIDIA GeForce RTX 3090, 24576 MiB", "NVIDIA GeForce RTX 3090, 24575 MiB"), memory(62))
    )
    assert (two.name, len(two.gpus)) == ("2x NVIDIA GeForce RTX 3090", 2)
    files = pci_files("0000:03:00.0", vendor="0x1002", device="0x73bf", revision="0xc3")
    mixed = reckoned(machine(csv("NVIDIA GeForce RTX 3060, 12288 MiB"), files))
    assert len(mixed.gpus) == 2
    assert mixed.backend is Backend.VULKAN


def test_an_apu_has_its_carve_out_and_what_it_may_map_of_all_the_memory() -> None:
    files = pci_files(
        "0000:c6:00.0",
        vendor="0x1002",
        device="0x1586",
        revision="0xc1",
        mem_info_vram_total=str(96 * GIB),
        mem_info_gtt_total=str(round(15.5 * GIB)),
    )
    cpu = "processor\t: 0\nmodel name\t: AMD RYZEN AI MAX+ 395 w/ Radeon 8060S\n"
    found = reckoned(machine(files, cpu, memory(31)))
    assert found.unified
    assert found.gpus[0].memory_bytes == 128 * GIB
    assert found.capacity_bytes(found.gpus[0]) == round(111.5 * GIB)


def test_a_mac_may_use_more_on_newer_systems_and_what_its_owner_set() -> None:
    def mac(*lines: str) -> int:
        chip = reckoned(
            machine("\n".join(["machdep.cpu.brand_string: Apple M2 Max", f"hw.memsize: {32 * GIB}", *lines]))
        )
        return chip.capacity_bytes(chip.gpus[0]) // MIB

    assert mac() == 21845 or mac() == 21845 - 1
    assert mac("kern.osproductversion: 15.7.1") == mac()
    assert mac("kern.osproductversion: 26.4") == 25559
    assert mac("kern.osproductversion: 26.4", "iogpu.wired_limit_mb: 26000") == 26000


def test_a_macs_memory_follows_from_metals_limit_where_nothing_else_tells_it() -> None:
    log = (
        "ggml_metal_init: GPU name:   Apple M2 Ultra\n"
        "ggml_metal_init: recommendedMaxWorkingSetSize  = 154618.82 MB"
    )
    (match,) = machine(log).devices
    assert match.taken is not None
    assert match.taken.memory_bytes == 192 * GIB


@pytest.mark.parametrize(
    ("device", "integrated"),
    [
        ("0xe20b", False),
        ("0x56a0", False),
        ("0xb080", True),
        ("0x64a0", True),
        ("0x7dd5", True),
        ("0xa788", True),
    ],
)
def test_intels_cards_are_told_from_its_chips(device: str, integrated: bool) -> None:
    (match,) = machine(pci_files("0000:03:00.0", vendor="0x8086", device=device)).devices
    assert match.integrated is integrated


def test_a_gb10_is_known_though_no_tool_is_installed() -> None:
    found = reckoned(machine(pci_files("000f:01:00.0", vendor="0x10de", device="0x2e12"), memory(119.6)))
    assert found.gpus[0].name == "NVIDIA DGX Spark (GB10)"


@pytest.mark.parametrize(
    ("cpu", "platform"),
    [
        ("AMD EPYC 7443P 24-Core Processor", "EPYC 7002/7003 (8ch DDR4-3200)"),
        ("AMD EPYC 7551P 32-Core Processor", "EPYC 7001 (8ch DDR4-2666)"),
        ("Intel(R) Xeon(R) Platinum 8480+", "Xeon Platinum 8480+ (8ch DDR5-4800)"),
        ("AMD Ryzen 5 3500U with Radeon Vega Mobile Gfx", None),
        ("AMD EPYC 9135 16-Core Processor", None),
    ],
)
def test_a_cpu_is_its_platform_by_whole_words_or_none(cpu: str, platform: str | None) -> None:
    found = machine(f"processor\t: 0\nmodel name\t: {cpu}\n")
    assert (found.cpu and found.cpu.name) == platform


def test_a_jetson_is_its_board_and_its_memory_is_the_systems() -> None:
    board = "/proc/device-tree/model: NVIDIA Jetson Orin NX Engineering Reference Developer Kit\0"
    found = reckoned(machine(csv("Orin (nvgpu), [N/A]"), board, memory(15.3)))
    assert found.gpus[0].name == "NVIDIA Jetson Orin NX 16 GB"
    assert found.capacity_bytes(found.gpus[0]) == round(15.3 * (1 << 20)) << 10
    spark = reckoned(machine(csv("NVIDIA GB10, [N/A]"), memory(119.6)))
    assert spark.gpus[0].memory_bytes == 128 * GIB


def test_a_card_the_catalog_does_not_know_is_used_with_what_is_known_or_left_out_and_said() -> None:
    found = machine(csv("NVIDIA GeForce RTX 9999 Quux, 65536 MiB"))
    gpu = reckoned(found).gpus[0]
    assert (gpu.memory_bytes, gpu.bandwidth_bytes_per_s) == (64 * GIB, None)
    silent = reckoned(machine(csv("NVIDIA GeForce RTX 9999 Quux, [N/A]"), memory(15)))
    assert silent.gpus == ()
    assert any("left out" in note for note in silent.assumed)


@pytest.mark.parametrize(
    ("value", "left"),
    [("0", 1), ("1,0", 2), ("-1", 0), ("", 0), ("GPU-bb", 1), ("0,9,1", 1), ("nonsense", 0)],
)
def test_visible_device_variables_are_honoured(value: str, left: int) -> None:
    rows = ("NVIDIA GeForce RTX 3090, 24576 MiB, GPU-aa11", "NVIDIA RTX A4000, 16376 MiB, GPU-bb22")
    text = csv(*rows, header="name, memory.total [MiB], uuid")
    found = machine(text, CUDA_VISIBLE_DEVICES=value)
    assert len(reckoned(found).gpus) == left
    if left < 2:
        assert any("CUDA_VISIBLE_DEVICES" in note for note in reckoned(found).assumed)


def test_without_a_gpu_it_is_the_cpu_with_the_memory_it_may_use() -> None:
    cpu = "processor\t: 0\nmodel name\t: AMD EPYC 9654 96-Core Processor\n"
    found = reckoned(machine(cpu, memory(700), "/sys/fs/cgroup/memory.max: 4294967296\n"))
    assert (found.name, found.host_bytes, found.backend) == ("EPYC 9654", 4 * GIB, Backend.CPU)
    assert found.host_bandwidth == 460_800_000_000
    laptop = machine(pci_files("0000:00:02.0", vendor="0x8086", device="0x9b41"), memory(15))
    assert not laptop.has_gpu
    assert reckoned(laptop).gpus == ()


def test_the_detected_machine_becomes_a_profile_that_says_the_same() -> None:
    for texts in (
        (csv("NVIDIA GeForce RTX 3090, 24576 MiB", "NVIDIA GeForce RTX 4090 D, 49140 MiB"), memory(62)),
        ("machdep.cpu.brand_string: Apple M2 Max", f"hw.memsize: {32 * GIB}\niogpu.wired_limit_mb: 26000"),
    ):
        found = machine(*texts)
        profile = profile_of_detected(found, "mine", shipped().devices)
        again = machine_of_profile(profile, shipped().devices, shipped().systems)
        first = reckoned(found)
        assert [again.capacity_bytes(gpu) for gpu in again.gpus] == [
            first.capacity_bytes(gpu) for gpu in first.gpus
        ]
        assert again.host_bytes == first.host_bytes


def test_nothing_detected_is_no_profile() -> None:
    with pytest.raises(BadValue, match="doctor"):
        profile_of_detected(Detected(), "mine", shipped().devices)
