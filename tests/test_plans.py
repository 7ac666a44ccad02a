"""Plans of compute buffers shared between questions: how few are made, and that what follows is exact."""

import random
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from llmfit_tui.core.answers.limits import limits_of
from llmfit_tui.core.estimate import estimate
from llmfit_tui.core.graph.model import GraphModel
from llmfit_tui.core.graph.plan import chosen
from llmfit_tui.core.graph.run import Layout, Run
from llmfit_tui.core.memory import buffers, demand
from llmfit_tui.core.memory.plans import Line, Plan, line_of
from llmfit_tui.core.placement.planning import planner_of
from llmfit_tui.core.scenario import Settings
from scenes import LLAMA_8B, QWEN, machine, quant, scenario, sized_models


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Cells of every plan made; none is kept from before."""
    made: list[int] = []

    def counted(model: GraphModel, run: Run) -> Plan:
        made.append(run.cells)
        return chosen(model, run)

    monkeypatch.setattr(buffers, "chosen", counted)
    line_of.cache_clear()
    demand._demands.clear()  # pyright: ignore[reportPrivateUsage]
    return made


def test_what_lies_between_two_plans_is_what_a_plan_there_says() -> None:
    pick, followed = random.Random(8), 0
    for model in pick.sample(list(sized_models()), 14):
        flash = pick.choice((None, False))
        settings = Settings(parallel=pick.choice((1, 4)), flash_attention=flash, planned=True)
        planner = planner_of(model, quant("Q4_K_M"), replace(settings, context=1 << 20))
        if planner is None:
            continue
        end = planner.blocks
        whole, shared = Layout(((0, end),), output=0), Layout(((0, 2), (2, end)), output=1)
        plan = partial(planner.plan, pick.choice((whole, shared, Layout())), None)
        line, asked = Line(), list[int]()

        def noted(cells: int, made: list[int] = asked, plan: Callable[[int], Plan] = plan) -> Plan:
            made.append(cells)
            return plan(cells)

        for cells in (4096, 131_072, *(256 * pick.randrange(20, 2000) for _ in range(3))):
            before = len(asked)
            found = line.at(cells, 131_072, noted)
            if len(asked) == before:
                followed += 1
                assert found == plan(cells)[0], (model.id, cells)
    assert followed > 10


def test_the_most_context_takes_a_handful_of_plans_and_the_next_machine_none(plans: list[int]) -> None:
    here = scenario(LLAMA_8B, "Q4_K_M", machine("RTX 4090")).with_settings(planned=True)
    limits_of(estimate(here))
    assert 0 < len(plans) <= 5
    plans.clear()
    limits_of(estimate(here.with_settings(context=16_384)))
    assert len(plans) <= 1


def test_a_shorter_cache_never_follows_from_longer_ones_alone(plans: list[int]) -> None:
    here = scenario(QWEN, "Q4_K_M", machine("RTX 4090")).with_settings(planned=True, context=8192)
    estimate(here)
    estimate(here.with_settings(context=4096))
    assert plans == [8192, 4096]
