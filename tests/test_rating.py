"""Ratings: the contract's examples, and every threshold."""

import math

import pytest

from llmfit_tui.core.placement.placement import Load, Mode, Placement
from llmfit_tui.core.rating import LABELS, Rating, headroom_level, rate, speed_level
from llmfit_tui.core.speed import Basis, Speed
from scenes import LLAMA_8B, card, cards, estimated

WHOLE = 100 * 2**30


def load(free: float, *, gpu: bool = True) -> Load:
    """A device of which this fraction is free."""
    used = round(WHOLE * (1 - free))
    return Load(
        "card" if gpu else "host", card(100) if gpu else None, 1 if gpu else 0, used, 0, 0, 0, 0, WHOLE, used
    )


def rated(mode: Mode, tok_s: float | None, *, gpu: float | None = None, host: float = 0.9) -> Rating:
    gpus = () if gpu is None else (load(gpu),)
    speed = Speed(tok_s, tok_s, tok_s, None, None, None, None, Basis.ESTIMATED, "")
    return rate(Placement(mode, (*gpus, load(host, gpu=False)), 1, 1, 0), speed, None)


@pytest.mark.parametrize(
    ("mode", "gpu", "host", "tok_s", "level"),
    [
        (Mode.GPU, 0.97, 0.9, 600.0, 5),
        (Mode.GPU, 0.97, 0.9, 12.0, 4),
        (Mode.GPU, 0.10, 0.9, 40.0, 4),
        (Mode.GPU, 0.03, 0.9, 40.0, 3),
        (Mode.SPLIT, 0.01, 0.5, 3.0, 2),
        (Mode.CPU, None, 0.5, 1.0, 1),
        (Mode.NONE, -0.5, -0.5, 40.0, 0),
    ],
)
def test_the_contracts_examples(mode: Mode, gpu: float | None, host: float, tok_s: float, level: int) -> None:
    found = rated(mode, tok_s, gpu=gpu, host=host)
    assert found.level == level
    assert found.label == LABELS[level]
    assert found.reason


@pytest.mark.parametrize(("least", "level"), [(0.20, 5), (0.08, 4), (0.0, 3)])
def test_a_headroom_threshold_belongs_to_the_better_level(least: float, level: int) -> None:
    below = math.nextafter(least, -1)
    assert headroom_level(least) == level
    assert headroom_level(below) == (level - 1 if level > 3 else 0)


@pytest.mark.parametrize(("least", "level"), [(20.0, 5), (10.0, 4), (5.0, 3), (2.0, 2)])
def test_a_speed_threshold_belongs_to_the_better_level(least: float, level: int) -> None:
    assert speed_level(least) == level
    assert speed_level(math.nextafter(least, 0)) == level - 1


def test_the_labels_are_the_contracts() -> None:
    assert LABELS[::-1] == ("Runs great", "Runs well", "Usable", "Slow", "Crawls", "Won't run")


def test_a_card_filled_on_purpose_does_not_count_when_the_host_limits() -> None:
    assert rated(Mode.SPLIT, 30.0, gpu=0.001, host=0.6).level == 5
    assert rated(Mode.MOE_OFFLOAD, 30.0, gpu=0.001, host=0.1).level == 4


def test_the_fullest_of_several_cards_decides() -> None:
    speed = Speed(50.0, 50.0, 50.0, None, None, None, None, Basis.ESTIMATED, "")
    both = Placement(Mode.GPU, (load(0.5), load(0.05), load(0.9, gpu=False)), 2, 2, 0)
    assert rate(both, speed, None).headroom_fraction == pytest.approx(0.05)


def test_an_unknown_speed_is_not_counted_and_said() -> None:
    found = rated(Mode.GPU, None, gpu=0.5)
    assert found.level == 5
    assert "speed is unknown" in found.reason


def test_what_limits_is_said() -> None:
    assert "speed limits" in rated(Mode.GPU, 3.0, gpu=0.5).reason
    assert "memory limits" in rated(Mode.GPU, 50.0, gpu=0.1).reason
    assert "has 100.0 GiB" in rated(Mode.NONE, 50.0, gpu=-0.5).reason


def test_a_card_one_byte_too_small_is_not_a_full_gpu_run() -> None:
    needed = estimated(LLAMA_8B, "Q4_K_M", cards(24), gpu_layers=99).placement.gpus[0].total_bytes
    exact = estimated(LLAMA_8B, "Q4_K_M", cards(needed / 2**30))
    short = estimated(LLAMA_8B, "Q4_K_M", cards((needed - 1) / 2**30))
    assert exact.placement.mode is Mode.GPU
    assert (exact.rating.headroom_fraction, exact.rating.level) == (0.0, 3)
    assert short.placement.mode is Mode.SPLIT


def test_host_and_gpu_of_a_unified_memory_are_counted_once() -> None:
    found = estimated("Qwen3.5-122B-A10B", "Q5_K_M", "M2 Max (38-core GPU) 96 GB")
    memory = found.scenario.machine.memory_bytes
    left = memory - found.total_bytes
    assert found.placement.host.total_bytes
    assert found.placement.mode in {Mode.SPLIT, Mode.MOE_OFFLOAD}
    assert found.rating.headroom_fraction == left / memory
    assert found.rating.level <= headroom_level(left / memory)
