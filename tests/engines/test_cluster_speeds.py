"""Speeds that people published of several GPUs and machines against ours, each with the link they had."""

import json
from functools import cache
from statistics import median
from typing import Any

from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.engines.machines import for_engine
from llmfit_tui.core.estimate import estimate
from llmfit_tui.core.scenario import Scenario, Settings
from llmfit_tui.core.speed import Basis, Speed
from scenes import FIXTURES, machine, model, quant, shipped

CLUSTERS = FIXTURES.parents[1] / "catalogs" / "clusters.json"
SHARED_EXPERTS_PUBLISHED = 3
"""Runs of DeepSeek over 8 and 16 H100, which no engine of 2025 ran as fast as is reckoned."""


@cache
def speeds() -> list[tuple[dict[str, Any], Speed]]:
    """Every published run with the speed we reckon, by the two catalogs alone."""
    runs: list[dict[str, Any]] = json.loads(CLUSTERS.read_text())["runs"]
    return [(run, reckoned(run)) for run in runs]


def reckoned(run: dict[str, Any]) -> Speed:
    engine = Engine(run["engine"])
    settings = Settings(
        engine=engine,
        tensor_parallel=run.get("tensor_parallel"),
        pipeline_parallel=run.get("pipeline_parallel"),
    )
    there = for_engine(machine(run["hardware"]), engine, shipped().links, run["link"])
    return estimate(
        Scenario(model(run["model"]), quant(run["quant"]), there, settings), shipped().fits_alone
    ).speed


def test_published_speeds_lie_in_our_bands() -> None:
    outside = [
        (run["model"], run["hardware"], run["decode_tok_s"], speed.decode_tok_s)
        for run, speed in speeds()
        if not (speed.decode_low or 0) <= run["decode_tok_s"] <= (speed.decode_high or 0)
    ]
    assert len(speeds()) >= 25
    assert len(outside) <= len(speeds()) // 10, outside


def test_the_middle_of_our_bands_is_near_what_was_published() -> None:
    errors = [abs((speed.decode_tok_s or 0) / run["decode_tok_s"] - 1) for run, speed in speeds()]
    assert median(errors) < 0.15
    assert sum(error < 0.35 for error in errors) >= len(errors) - SHARED_EXPERTS_PUBLISHED


def test_more_machines_do_not_help_a_small_model_that_splits_every_layer_but_help_a_large_one() -> None:
    """As published: 31.5 tok/s of a 32B model on one Mac, 21.6 on two; 3.0 of a 405B model, then 4.3, 6.4."""
    for run, speed in speeds():
        alone = run.get("alone_tok_s")
        if alone and run["engine"] == "mlx" and "DeepSeek" not in run["model"]:
            assert ((speed.decode_tok_s or 0) > alone) == (run["decode_tok_s"] > alone), run


def test_experts_shared_among_gpus_are_said_to_be_rough() -> None:
    rough = {run["model"] for run, speed in speeds() if speed.basis is Basis.ROUGH}
    assert "deepseek-ai/DeepSeek-R1" in rough
