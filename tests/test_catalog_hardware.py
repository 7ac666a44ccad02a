"""Hardware facts that are easy to get wrong."""

import pytest

from llmfit_tui.core.hardware.device import GB, GIB, Device
from llmfit_tui.storage.catalogs import Catalog
from scenes import hardware, shipped

MACS = [device for device in shipped().devices if device.vendor == "Apple" and device.unified]


def one(name: str) -> Device:
    (device,) = hardware(name).devices
    return device


@pytest.mark.parametrize(
    ("name", "gib", "gb_per_s"),
    [
        ("RTX 3060 8GB", 8, 240),
        ("RTX 3060 12GB", 12, 360),
        ("H100 PCIe 80GB", 80, 2039),
        ("H100 SXM 80GB", 80, 3350),
        ("RTX 4090", 24, 1008),
        ("RTX 3090", 24, 936),
        ("Tesla T4", 16, 320),
        ("M2 Ultra (76-core GPU) 192 GB", 192, 800),
        ("AMD Instinct MI300X", 192, 5300),
    ],
)
def test_memory_and_bandwidth_are_those_of_the_very_card(name: str, gib: int, gb_per_s: int) -> None:
    device = one(name)
    assert device.memory_bytes == gib * GIB
    assert device.bandwidth_bytes_per_s == pytest.approx(gb_per_s * GB, rel=0.01)


def test_the_two_rtx_3060_are_options_of_one_card_and_12_gb_is_the_usual_one(catalog: Catalog) -> None:
    both = [device for device in catalog.devices if device.card == "NVIDIA GeForce RTX 3060"]
    assert {device.memory_bytes: device.default_option for device in both} == {8 * GIB: False, 12 * GIB: True}


def test_the_two_m3_max_differ_in_cores_and_bandwidth() -> None:
    small, large = one("M3 Max 30-core"), one("M3 Max 40-core")
    assert small.card != large.card
    assert (small.bandwidth_bytes_per_s, large.bandwidth_bytes_per_s) == (300 * GB, 400 * GB)


@pytest.mark.parametrize("device", MACS, ids=lambda device: device.name)
def test_a_macs_gpu_may_use_two_thirds_and_from_36_gb_three_quarters(device: Device) -> None:
    assert device.memory_bytes is not None
    assert device.usable_bytes is not None
    assert device.usable_note
    if device.memory_bytes == 512 * GIB:
        assert device.usable_bytes == 464 * GIB  # as llama.cpp logs it
        return
    share = 2 / 3 if device.memory_bytes < 36 * GIB else 3 / 4
    assert device.usable_bytes / device.memory_bytes == pytest.approx(share, abs=0.005)


def test_no_device_may_use_more_than_it_has(catalog: Catalog) -> None:
    wrong = [d.name for d in catalog.devices if d.usable_bytes and d.usable_bytes > (d.memory_bytes or 0)]
    assert wrong == []


def test_memory_options_of_a_card_have_one_default(catalog: Catalog) -> None:
    options: dict[str, list[Device]] = {}
    for device in catalog.devices:
        options.setdefault(device.card, []).append(device)
    wrong = [name for name, found in options.items() if sum(d.default_option for d in found) != 1]
    assert wrong == []


def test_unknown_figures_are_null_and_never_zero(catalog: Catalog) -> None:
    fields = ("memory_bytes", "bandwidth_bytes_per_s", "usable_bytes", "fp16_flops", "fp32_flops", "tdp_w")
    zeros = [(d.name, field) for d in catalog.devices for field in fields if getattr(d, field) == 0]
    assert zeros == []


def test_a_system_is_a_number_of_cards_that_exist(catalog: Catalog) -> None:
    names = {device.name for device in catalog.devices}
    for system in catalog.systems:
        assert system.card in names, system.name
        assert system.count > 1, system.name
        assert len(hardware(system.name).devices) == system.count


def test_a_dgx_h100_is_eight_of_its_cards() -> None:
    devices = hardware("DGX H100").devices
    assert len(devices) == 8
    assert all(device == devices[0] for device in devices)
    assert devices[0].memory_bytes == 80 * GIB
