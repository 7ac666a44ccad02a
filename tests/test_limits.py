"""How far a scenario can be pushed."""

import pytest

from llmfit_tui.core.answers.limits import Limits, limits_of
from llmfit_tui.core.estimate import Estimate, estimate
from llmfit_tui.core.placement.placement import Mode
from llmfit_tui.core.scenario import MOST_SLOTS
from scenes import LLAMA_8B, LLAMA_70B, QWEN, QWEN_MOE, cards, estimated, machine


def limits(found: Estimate) -> Limits:
    return limits_of(found)


def mode_at(found: Estimate, context: int) -> tuple[Mode, bool]:
    placed = estimate(found.scenario.with_settings(context=context)).placement
    return placed.mode, placed.fits


@pytest.mark.parametrize(
    ("name", "place"),
    [
        (LLAMA_8B, "RTX 3060 8GB"),
        (QWEN_MOE, "RTX 4090"),
        ("google/gemma-3-27b-it", "RTX 4090"),
        (LLAMA_8B, "M1 (8-core GPU) 8 GB"),
    ],
)
def test_the_most_context_fits_and_no_more_does(name: str, place: str) -> None:
    found = estimated(name, "Q4_K_M", place, context=2048)
    most = limits(found).max_context
    assert most is not None
    assert mode_at(found, most) == (found.placement.mode, True)
    if most != found.scenario.model.context_max:
        assert mode_at(found, most + 256) != (found.placement.mode, True)


def test_the_models_own_length_is_the_most_promised() -> None:
    assert limits(estimated(QWEN, "Q4_K_M", "RTX 4090")).max_context == 32_768


def test_the_most_slots_fit_and_no_more_do() -> None:
    found = estimated(LLAMA_8B, "Q4_K_M", "RTX 3060 12GB", context=4096)
    most = limits(found).max_parallel
    assert most is not None
    assert 1 < most < MOST_SLOTS

    def at(slots: int) -> tuple[Mode, bool]:
        placed = estimate(found.scenario.with_settings(parallel=slots, context=slots * 4096)).placement
        return placed.mode, placed.fits

    assert at(most) == (Mode.GPU, True)
    assert at(most + 1) != (Mode.GPU, True)


def test_a_tiny_model_may_have_every_slot_llama_cpp_allows() -> None:
    assert limits(estimated(QWEN, "Q4_K_M", "MI300X", context=512)).max_parallel == MOST_SLOTS


def test_where_nothing_fits_there_is_no_limit_to_name() -> None:
    found = estimated("deepseek-ai/DeepSeek-V3", "Q8_0", cards(4, ram_gib=4))
    assert limits(found) == Limits(None, None)


def test_a_split_model_can_grow_until_the_host_is_full() -> None:
    found = estimated(LLAMA_70B, "Q4_K_M", machine("RTX 4090", ram_gib=64), context=2048)
    most = limits(found).max_context
    assert found.placement.mode is Mode.SPLIT
    assert most is not None
    assert mode_at(found, most) == (Mode.SPLIT, True)


def test_what_fits_now_is_never_beyond_the_limit() -> None:
    found = estimated(LLAMA_8B, "Q4_K_M", "RTX 3060 8GB", context=32_768)
    assert found.placement.mode is Mode.SPLIT
    assert found.placement.fits
    assert (limits(found).max_context or 0) >= 32_768
