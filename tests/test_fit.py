"""What llama.cpp's own --fit would choose, and what auto finds beside it."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from llmfit_tui.core.answers.limits import max_context
from llmfit_tui.core.estimate import estimate
from llmfit_tui.core.hardware.device import Backend, Device, DeviceKind
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.placement.compared import compared
from llmfit_tui.core.placement.fit import TARGET_BYTES, Fit, fit_of
from llmfit_tui.core.scenario import Scenario, Settings
from scenes import (
    CUDA,
    LLAMA_70B,
    QWEN_MOE,
    ask,
    card,
    cards,
    estimated,
    machine,
    model,
    quant,
    rows,
    run,
    spelled,
)

ROWS = rows("fit.jsonl.gz")


def asked(row: dict[str, Any], context: int | None = None) -> Scenario:
    gpus = tuple(
        Device(f"CUDA{i}", "CUDA", "NVIDIA", DeviceKind.DESKTOP, CUDA, mib << 20, None)
        for i, mib in enumerate(row["gpus_mib"])
    )
    host = Machine("host", gpus, 1 << 45, None, Backend.CUDA, driver_bytes=0)
    settings = Settings(
        context=context or row["context"] or 4096,
        outputs_per_batch=bool(row["outputs_per_batch"]),
        planned=True,
    )
    trained = replace(model(row["model"]), context_max=row["context_max"])
    return Scenario(trained, quant(row["quant"]), host, settings)


@cache
def chosen(at: int) -> Fit:
    return fit_of(asked(ROWS[at]), bool(ROWS[at]["free_context"]))


SOME = range(0, len(ROWS), 15)
"""One row in fifteen: planning all of them takes half a minute, which `tests/accuracy/make.py` does."""


def test_layers_experts_and_context_are_what_fit_chooses() -> None:
    for at in SOME:
        row, found = ROWS[at], chosen(at)
        assert found.overrides == row["overridden_blocks"], row
        assert abs((found.gpu_layers or 0) - (row["chosen_layers"] or 0)) <= 1 or not row["chosen_layers"], (
            row
        )
        assert abs(found.context - row["chosen_context"]) <= 256, row


def test_auto_places_at_least_as_many_layers_without_taking_more_than_there_is() -> None:
    for at in SOME:
        row = ROWS[at]
        scenario = asked(row, row["chosen_context"])
        found = estimate(replace(scenario, machine=replace(scenario.machine, margin_bytes=TARGET_BYTES)))
        placed = found.placement
        assert placed.gpus_hold, row
        over_target = any(
            used > (mib << 20) - TARGET_BYTES
            for used, mib in zip(row["gpu_bytes"], row["gpus_mib"], strict=True)
        )
        if not over_target:
            assert placed.gpu_layers >= (row["chosen_layers"] or placed.layers_total), row


def test_where_everything_fits_nothing_is_changed() -> None:
    for at in SOME:
        row = ROWS[at]
        if row["chosen_layers"] is None and row["chosen_context"] == row["context"]:
            found = chosen(at)
            assert (found.gpu_layers, found.overrides, found.tensor_split) == (None, 0, ())


def test_the_most_context_is_what_fit_finds_on_one_card() -> None:
    some = [
        row
        for row in ROWS
        if row["free_context"] and len(row["gpus_mib"]) == 1 and row["chosen_layers"] is None
    ]
    for row in some[::6]:
        scenario = asked(row)
        kept_free = replace(scenario, machine=replace(scenario.machine, margin_bytes=TARGET_BYTES))
        most = max_context(estimate(kept_free))
        assert most is not None
        assert abs(most - row["chosen_context"]) <= 256, row


def test_auto_says_what_it_gains_over_the_default() -> None:
    found = estimated(LLAMA_70B, "Q4_K_M", machine("RTX 4090", ram_gib=64))
    beside = compared(found)
    assert beside is not None
    assert beside.default.placement.gpu_layers < found.placement.gpu_layers
    assert beside.gain is not None
    assert 0 < beside.gain < 0.5
    assert beside.default.placement.gpus[0].free_bytes >= TARGET_BYTES - machine("RTX 4090").overhead_bytes


@pytest.mark.parametrize(
    "settings", [{"gpu_layers": 10}, {"cpu_moe_layers": 3}, {"tensor_split": (1.0, 1.0)}]
)
def test_a_placement_by_hand_is_compared_with_nothing(settings: dict[str, Any]) -> None:
    assert compared(estimated(QWEN_MOE, "Q4_K_M", cards(24, 24), **settings)) is None


def test_mixed_cards_fill_the_fast_one_first() -> None:
    fast, slow = card(24), replace(card(12), name="slow", bandwidth_bytes_per_s=300_000_000_000)
    for gpus in ((fast, slow), (slow, fast)):
        mixed = Machine("mixed", gpus, 64 << 30, 60_000_000_000, Backend.CUDA, driver_bytes=0)
        found = estimated("Qwen/Qwen3-32B", "Q4_K_M", mixed, context=32_768)
        assert found.placement.fits
        free = [load.free_bytes for load in found.placement.gpus if load.name == fast.name]
        assert free[0] < 700 << 20
        beside = compared(found)
        assert beside is not None
        assert beside.gain is not None
        assert beside.gain > 0.05


def test_unequal_cards_hold_a_model_that_the_even_split_overflows() -> None:
    found = estimated("Qwen/Qwen3-32B", "Q4_K_M", cards(16, 6), context=4096)
    assert found.placement.fits
    assert found.placement.gpu_layers == found.placement.layers_total
    evenly = {"tensor_split": (1.0, 1.0), "gpu_layers": 65}
    halves = estimated("Qwen/Qwen3-32B", "Q4_K_M", cards(16, 6), context=4096, **evenly)
    assert not halves.placement.gpus_hold


def test_a_card_too_small_for_dense_layers_leaves_the_first_ones_to_the_host() -> None:
    found = estimated("zai-org/GLM-4.5-Air", "Q4_K_M", cards(4, ram_gib=128))
    assert 0 < found.placement.gpu_layers < found.placement.layers_total
    assert found.placement.host.layers > 0


def test_the_command_line_takes_the_context_that_fit_would() -> None:
    words = ("Qwen/Qwen3-8B", "--quant", "Q4_K_M", "--vram", "8GiB", "--context", "fit")
    answer = ask(*words)
    assert 4096 < answer["settings"]["context"] < 40_960
    assert answer["settings"]["context"] % 256 == 0
    assert answer["placement"]["default"]["gpu_layers"] == 37


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--vram", "8GiB", "--tensor-split", "1,1"), "--tensor-split: 1 shares were expected, not 2."),
        (("--vram", "8GiB,8GiB", "--tensor-split", "0,0"), 'shares such as "3,1" were expected'),
        (("--hardware", "cpu", "--tensor-split", "1"), "has no GPU to share among"),
        (("--vram", "0GiB"), "more than 0 was expected"),
        (("--vram", "8GiB", "--margin", "-1GiB"), "--margin"),
        (("--gpu-layers", "-5"), "--gpu-layers"),
        (("--n-cpu-moe", "-1"), "--n-cpu-moe"),
        (("--parallel", "256", "--context", "200"), "cannot be shared by"),
    ],
    ids=spelled,
)
def test_placements_nobody_can_mean_get_one_sentence(words: tuple[str, ...], said: str) -> None:
    answer = run("estimate", "Qwen/Qwen3-8B", *words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert answer.err.count("\n") == 1
