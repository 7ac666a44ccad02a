"""Variables that hide devices: by number in the order the runtime counts, by id, by instance, by term."""

import pytest
from pretend import GIB, csv, machine

from llmfit_tui.core.hardware.machines import Wishes
from llmfit_tui.core.seen.detected import Detected
from llmfit_tui.core.seen.machine import machine_of_detected

MIXED = csv(
    "NVIDIA RTX A4000, 16376 MiB, GPU-aa11",
    "NVIDIA GeForce RTX 4090, 24564 MiB, GPU-bb22",
    "NVIDIA GeForce RTX 3090, 24576 MiB, GPU-cc33",
    header="name, memory.total [MiB], uuid",
)
SPLIT = (
    "GPU 0: NVIDIA A100-SXM4-80GB (UUID: GPU-aa11)\n"
    "  MIG 3g.40gb     Device  0: (UUID: MIG-1111aaaa)\n"
    "  MIG 1g.10gb     Device  1: (UUID: MIG-2222bbbb)\n"
    "GPU 1: NVIDIA A100-SXM4-80GB (UUID: GPU-bb22)\n"
)
RADEONS = (
    '{"card0": {"Card Series": "Radeon RX 7900 XTX"}, "card1": {"Card Series": "Radeon RX 7800 XT"},'
    ' "card2": {"Card Series": "Radeon RX 6800"}}'
)
ARCS = "\n".join(f"0{n}:00.0 VGA compatible controller: Intel Corporation DG2 [Arc A770]" for n in (3, 4, 5))


def used(found: Detected) -> list[str]:
    return [gpu.card.rpartition("RTX ")[2] for gpu in machine_of_detected(found, Wishes()).gpus]


@pytest.mark.parametrize(
    ("value", "order", "left"),
    [
        ("0", "", ["4090"]),
        ("0", "PCI_BUS_ID", ["A4000"]),
        ("1,2", "", ["A4000", "3090"]),
        ("1,2", "pci_bus_id", ["4090", "3090"]),
        ("GPU-cc", "", ["3090"]),
        ("GPU-cc33,GPU-aa11", "", ["A4000", "3090"]),
        ("2,-1,0", "PCI_BUS_ID", ["3090"]),
    ],
)
def test_cuda_counts_the_fastest_card_first_unless_told_to_go_by_address(
    value: str, order: str, left: list[str]
) -> None:
    assert used(machine(MIXED, CUDA_VISIBLE_DEVICES=value, CUDA_DEVICE_ORDER=order)) == left


@pytest.mark.parametrize(
    ("value", "gib"), [("MIG-2222", 10), ("MIG-1111aaaa", 40), ("MIG-GPU-bb22/1/0", 80), ("1", 80)]
)
def test_an_instance_named_by_its_id_is_the_one_that_is_used(value: str, gib: int) -> None:
    found = machine_of_detected(machine(SPLIT, CUDA_VISIBLE_DEVICES=value), Wishes())
    assert [gpu.memory_bytes for gpu in found.gpus] == [gib * GIB]


def test_where_no_tool_tells_ids_as_many_cards_are_left_as_are_named() -> None:
    rows = csv("NVIDIA L4, 23034 MiB", "NVIDIA L4, 23034 MiB")
    found = machine_of_detected(machine(rows, CUDA_VISIBLE_DEVICES="GPU-8932f937"), Wishes())
    assert len(found.gpus) == 1


@pytest.mark.parametrize(
    ("variable", "value", "left"),
    [
        ("HIP_VISIBLE_DEVICES", "1", 1),
        ("ROCR_VISIBLE_DEVICES", "0,2", 2),
        ("GPU_DEVICE_ORDINAL", "0", 1),
        ("HIP_VISIBLE_DEVICES", "", 3),
        ("CUDA_VISIBLE_DEVICES", "", 3),
    ],
)
def test_amds_variables_hide_radeons(variable: str, value: str, left: int) -> None:
    assert len(machine_of_detected(machine(RADEONS, **{variable: value}), Wishes()).gpus) == left


@pytest.mark.parametrize(
    ("variable", "value", "left"),
    [
        ("ZE_AFFINITY_MASK", "0.1,2", 2),
        ("ONEAPI_DEVICE_SELECTOR", "level_zero:1", 1),
        ("ONEAPI_DEVICE_SELECTOR", "level_zero:0,2;opencl:cpu", 2),
        ("ONEAPI_DEVICE_SELECTOR", "*:gpu", 3),
        ("ONEAPI_DEVICE_SELECTOR", "opencl:cpu", 0),
        ("ONEAPI_DEVICE_SELECTOR", "!level_zero:0", 2),
        ("ONEAPI_DEVICE_SELECTOR", "cuda:*", 0),
        ("ONEAPI_DEVICE_SELECTOR", "level_zero:nonsense", 0),
    ],
)
def test_intels_variables_hide_arcs(variable: str, value: str, left: int) -> None:
    assert len(machine_of_detected(machine(ARCS, **{variable: value}), Wishes()).gpus) == left
