"""Limits of other engines, on one machine and on several: an answer fits, and one step more does not."""

import random
from collections.abc import Iterator

import pytest

from llmfit_tui.core.answers.limits import limits_of
from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.memory.kvcache import KVType
from scenes import estimated, sized_models
from test_limits_grid import limits_hold

CARDS = ("RTX 3090", "RTX 5090", "L40S", "H100 SXM", "B200")
MACS = ("M4 Max 40-core 128GB", "M2 Ultra 76-core 192GB", "M3 Ultra 80-core 512GB")
F16, Q8_0 = KVType.F16, KVType.Q8_0
KINDS = {
    Engine.VLLM: (CARDS, ("BF16", "FP8", "AWQ-INT4-g128"), (F16, KVType.FP8)),
    Engine.MLX: (MACS, ("BF16", "MLX-4bit", "MLX-8bit"), (F16, Q8_0)),
    Engine.OLLAMA: (CARDS, ("Q4_K_M", "Q8_0"), (F16, Q8_0)),
    Engine.LLAMA_CPP: (MACS, ("Q4_K_M", "Q8_0"), (F16, Q8_0)),
}


def made_up(seed: int, count: int) -> Iterator[Estimate]:
    """Scenarios of any engine that it does not refuse."""
    chance = random.Random(seed)
    while count:
        engine = chance.choice(tuple(KINDS))
        devices, formats, caches = KINDS[engine]
        hardware = chance.choice(devices)
        if devices is CARDS:
            hardware = f"{chance.choice((1, 1, 2, 8))}x {hardware}"
        if engine is not Engine.OLLAMA and (machines := chance.choice((1, 1, 2, 4))) > 1:
            hardware = f"{machines}x({hardware})"
        slots, cache = chance.choice((1, 1, 2, 8)), chance.choice(caches)
        try:
            yield estimated(
                chance.choice(sized_models()).id,
                chance.choice(formats),
                hardware,
                engine=engine,
                context=slots * chance.choice((1000, 4096, 32_768)),
                parallel=slots,
                kv_type_k=cache,
                kv_type_v=cache,
            )
        except BadValue:
            continue
        count -= 1


def test_a_sample_of_limits_fits_and_one_step_more_does_not() -> None:
    for now in made_up(seed=1, count=25):
        limits_hold(now)


@pytest.mark.soak
def test_limits_of_five_hundred_scenarios_fit_and_one_step_more_does_not() -> None:
    for now in made_up(seed=2, count=500):
        limits_hold(now)


def test_an_engine_that_serves_one_request_at_a_time_says_one_slot() -> None:
    now = estimated("Qwen/Qwen3-8B", "MLX-4bit", MACS[0], engine=Engine.MLX, kv_type_k=Q8_0, kv_type_v=Q8_0)
    assert limits_of(now).max_parallel == 1
