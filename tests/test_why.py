"""Every figure's terms add up to the figure, over scenarios nobody picked."""

import math
import random

import pytest

from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.estimate import Estimate, estimate
from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.core.scenario import Scenario, Settings, within_own_context
from llmfit_tui.core.speed.decode import decode_seconds
from llmfit_tui.core.speed.prefill import prefill_seconds
from llmfit_tui.core.speed.work import work_of
from llmfit_tui.core.why.memory import (
    cache_sum,
    compute_sum,
    device_sum,
    file_sum,
    loaded_sum,
    overhead_sum,
    state_sum,
)
from llmfit_tui.core.why.quality import divergence_sum
from llmfit_tui.core.why.speed import decode_sum, measurements_used, prompt_sum
from llmfit_tui.core.why.terms import Sum, product
from scenes import QWEN, QWEN_MOE, estimated, machine, shipped

MACHINES = ("RTX 4090", "2x RTX 3090", "RTX 3060 12GB", "M3 Max 64GB", "cpu", "RX 7900 XTX", "8x H100 SXM")


def some_estimates(seed: int, count: int) -> list[Estimate]:
    """Estimates of random models, types, machines and settings."""
    chance = random.Random(seed)
    catalog = shipped()
    found: list[Estimate] = []
    while len(found) < count:
        settings = Settings(
            context=chance.choice((512, 3000, 8192, 40_000)),
            parallel=chance.choice((1, 1, 3)),
            kv_type_k=chance.choice((KVType.F16, KVType.Q8_0, KVType.Q4_0)),
            kv_type_v=chance.choice((KVType.F16, KVType.Q8_0)),
            flash_attention=chance.choice((None, False)),
            depth=chance.choice((0, 2000)),
            planned=chance.random() < 0.1,
        )
        asked = Scenario(
            chance.choice(catalog.models),
            chance.choice(catalog.quants),
            machine(chance.choice(MACHINES)),
            settings,
        )
        try:
            found.append(estimate(within_own_context(asked), catalog.evidence))
        except LlmfitError:
            continue
    return found


def check(found: Estimate) -> None:
    """All sums of one estimate."""
    loads = found.placement.loads
    held = sum(load.cache_bytes for load in loads)
    sums = [
        (found.weights.tensor_bytes, file_sum(found)),
        (sum(load.weights_bytes for load in loads), loaded_sum(found)),
        (held - found.cache.state_bytes, cache_sum(found)),
        (found.cache.state_bytes, state_sum(found)),
        (sum(load.compute_bytes + load.output_bytes for load in loads), compute_sum(found)),
        (sum(load.overhead_bytes for load in loads), overhead_sum(found)),
        *((load.total_bytes, device_sum(load)) for load in loads),
    ]
    for whole, made in sums:
        _adds_up(made, whole)
    work = work_of(found.scenario, found.arch)
    speed = found.evidence.speed
    for made, seconds in (
        (decode_sum(found), decode_seconds(found.placement, found.scenario.machine, work, speed.decode)),
        (prompt_sum(found), prefill_seconds(found.placement, found.scenario.machine, work, speed.prefill)),
    ):
        assert (made is None) == (seconds is None)
        if made is not None and seconds is not None:
            _adds_up(made, seconds)
    ln_d = divergence_sum(found)
    if ln_d is not None and found.quality is not None and found.evidence.quality is not None:
        fit = found.evidence.quality
        agree = 100 * math.exp(fit.agree_coefficient * math.exp(ln_d.total) ** fit.agree_exponent)
        assert found.quality.agree_percent == pytest.approx(agree)


def _adds_up(made: Sum, whole: float) -> None:
    assert made.total == pytest.approx(whole, rel=1e-9, abs=1e-12), made
    for one in made.terms:
        if one.factors:
            assert product(one.factors) == pytest.approx(one.amount, rel=1e-9)


def test_the_terms_of_every_figure_add_up_to_it() -> None:
    for found in some_estimates(9, 150):
        check(found)


@pytest.mark.soak
def test_the_terms_of_every_figure_add_up_to_it_in_twenty_thousand_scenarios() -> None:
    for found in some_estimates(10, 20_000):
        check(found)


def test_a_plain_cache_is_layers_by_cells_by_keys_and_values_by_bytes() -> None:
    made = cache_sum(estimated(QWEN, "Q4_K_M", "RTX 4090"))
    (only,) = made.terms
    assert [one.value for one in only.factors] == [24, 8192, 2, 128, 2]
    assert made.total == 96 << 20


def test_measurements_behind_a_measured_speed_are_named() -> None:
    found = estimated("google/gemma-3-1b-it", "Q4_K_M", "RTX 3060 12GB")
    assert found.speed.basis.value == "measured"
    speeds = [tok_s for tok_s, _ in measurements_used(found)]
    assert min(speeds) <= (found.speed.decode_tok_s or 0) <= max(speeds)
    assert not measurements_used(estimated(QWEN_MOE, "Q2_K", "M3 Max 64GB"))
