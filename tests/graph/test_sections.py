"""A plan put together from one section for each situation of a block, beside the plan of the whole graph."""

import random
from collections.abc import Iterator
from itertools import pairwise

import pytest

from llmfit_tui.core.build import NEWEST, build_named
from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.graph.model import GraphModel
from llmfit_tui.core.graph.plan import as_a_whole, by_sections, chosen
from llmfit_tui.core.graph.run import Layout, Run
from llmfit_tui.core.graph.sections import EntangledError
from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.core.placement.planning import planner_of
from llmfit_tui.core.scenario import Settings
from scenes import quant, sized_models


def settings(rng: random.Random) -> Settings:
    """Any that change a graph."""
    kind = rng.choice([KVType.F16, KVType.F16, KVType.Q8_0, KVType.F32])
    return Settings(
        context=rng.choice([512, 8192, 131072]),
        parallel=rng.choice([1, 1, 2, 4]),
        unified_kv=rng.random() < 0.3,
        ubatch=rng.choice([512, 16, 2048]),
        swa_full=rng.random() < 0.15,
        kv_type_k=kind,
        kv_type_v=kind,
        flash_attention=None if kind.quantized else rng.choice([None, True, False]),
        outputs_per_batch=rng.random() < 0.3,
        planned=True,
        build=NEWEST if rng.random() < 0.9 else build_named("b7000", "--build"),
    )


def layout(rng: random.Random, blocks: int) -> Layout:
    """Blocks on up to three GPUs, some of them or some of their experts on the host."""
    cuts = sorted(rng.randrange(blocks + 1) for _ in range(rng.choice([0, 1, 1, 2])))
    on_host = rng.random() < 0.4
    starts = [*cuts, blocks] if on_host and cuts else [0, *cuts, blocks]
    gpus = tuple(pairwise(starts)) if rng.random() < 0.9 else ()
    experts = rng.randrange(blocks) if rng.random() < 0.3 else 0
    return Layout(
        gpus,
        len(gpus) - 1 if gpus else None,
        host_experts=((0, experts),) if gpus and experts else (),
        cache_on_gpu=rng.random() < 0.9,
        op_offload=rng.random() < 0.85,
    )


def drawn(seed: str, count: int) -> Iterator[tuple[GraphModel, Run]]:
    """Models under settings on devices."""
    rng, models = random.Random(seed), sized_models()
    while count:
        try:
            planner = planner_of(rng.choice(models), quant("Q4_K_M"), settings(rng))
        except LlmfitError:
            continue
        if planner is not None:
            count -= 1
            yield planner.graph, planner.run_on(layout(rng, planner.blocks))


def assert_equal(seed: str, count: int) -> None:
    put_together = 0
    for model, run in drawn(seed, count):
        try:
            sizes = by_sections(model, run).reserved(run.cells)[0]
        except EntangledError:
            continue
        put_together += 1
        whole = (as_a_whole(model, run, every).reserved(run.cells)[0] for every in (False, True))
        assert sizes in whole, (model, run)
    assert put_together > 0.9 * count


def test_a_plan_by_sections_equals_the_plan_of_the_whole_graph() -> None:
    assert_equal("sections", 80)


def test_what_was_built_for_one_layout_serves_the_next() -> None:
    rng = random.Random("layouts")
    for model in rng.sample(list(sized_models()), 12):
        planner = planner_of(model, quant("Q4_K_M"), Settings(planned=True))
        if planner is None:
            continue
        for _ in range(6):
            run = planner.run_on(layout(rng, planner.blocks))
            try:
                alone = by_sections(planner.graph, run)
            except EntangledError:
                alone = as_a_whole(planner.graph, run)
            assert chosen(planner.graph, run) == alone.reserved(run.cells), (model.id, run.layout)


@pytest.mark.soak
def test_every_plan_by_sections_equals_the_plan_of_the_whole_graph() -> None:
    assert_equal("many sections", 4000)
