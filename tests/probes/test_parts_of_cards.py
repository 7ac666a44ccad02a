"""Parts of a card: virtual GPUs, instances of a split one, partitions."""

import pytest
from pretend import GIB, MIB, csv, machine, reckoned


@pytest.mark.parametrize(
    ("name", "mib", "gib", "card"),
    [
        ("GRID A100-10C", 10240, 10, "A100"),
        ("NVIDIA A40-24Q", 24512, 24, "A40"),
        ("GRID V100D-32Q", 32768, 32, "V100"),
        ("NVIDIA A100-3-20C", 20480, 20, "A100"),
        ("NVIDIA RTXA6000-48Q", 49152, 48, "A6000"),
        ("NVIDIA L40S-48Q", 49152, 48, "L40S"),
        ("GRID T4-16Q", 16384, 16, "T4"),
        ("NVIDIA H100L-94C", 96256, 94, "H100"),
        ("GRID RTX6000P-6Q", 6144, 6, "RTX 6000"),
    ],
)
def test_a_vgpu_has_the_memory_of_its_profile_and_at_best_the_speed_of_its_card(
    name: str, mib: int, gib: int, card: str
) -> None:
    found = machine(csv(f"{name}, {mib} MiB"))
    (gpu,) = reckoned(found).gpus
    assert gpu.memory_bytes == gib * GIB
    assert card in gpu.card
    assert gpu.bandwidth_bytes_per_s is not None
    assert any(name in note for note in reckoned(found).assumed)


def test_a_slice_behind_a_vgpu_has_its_part_of_the_bandwidth() -> None:
    (half,) = reckoned(machine(csv("GRID A100-3-20C, 20480 MiB"))).gpus
    (whole,) = reckoned(machine(csv("GRID A100-20C, 20480 MiB"))).gpus
    assert (half.bandwidth_bytes_per_s or 0) * 2 == whole.bandwidth_bytes_per_s


def test_a_split_card_is_one_of_its_instances() -> None:
    xml = (
        '<nvidia_smi_log><gpu id="00000000:01:00.0"><product_name>NVIDIA A100-SXM4-40GB</product_name>'
        "<mig_devices>"
        + "".join(
            f"<mig_device><gpu_instance_id>{number}</gpu_instance_id>"
            "<fb_memory_usage><total>19968 MiB</total></fb_memory_usage></mig_device>"
            for number in (1, 2)
        )
        + "</mig_devices><fb_memory_usage><total>40960 MiB</total></fb_memory_usage></gpu></nvidia_smi_log>"
    )
    gpu = reckoned(machine(xml)).gpus[0]
    assert gpu.memory_bytes == 19968 * MIB


def test_partitions_that_repeat_a_cards_memory_are_one_card() -> None:
    rows = "".join(
        f"GPU[{n}]\t\t: VRAM Total Memory (B): 206141652992\nGPU[{n}]\t: Card Series: AMD Instinct MI300X\n"
        for n in range(8)
    )
    bank = (
        "cat /sys/class/kfd/kfd/topology/nodes/3/mem_banks/0/properties",
        "heap_type 1\nsize_in_bytes 25767706624\n",
    )
    assert len(machine(rows, bank).devices) == 1
