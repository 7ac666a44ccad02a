"""What a person reads before pressing anything."""

import re
from dataclasses import replace

import pytest
from stage import WIDE, Stage, on_stage

from llmfit_tui.cli.explore import first_scenario
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.storage.catalogs import Catalog

SPECIFICATIONS = {
    "publisher": "Alibaba (Qwen)",
    "family": "Qwen2.5",
    "parameters": "494M",
    "architecture": "qwen2, 24 layers",
    "context": "32,768 tokens",
    "vocabulary": "151,936 tokens",
    "released": "2024-09-19",
    "licence": "apache-2.0",
}


async def test_it_opens_on_a_small_model_that_runs_on_a_card_people_know(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        scenario = stage.scenario
        assert scenario.model.id == "Qwen/Qwen2.5-0.5B-Instruct"
        assert scenario.quant.name == "Q4_K_M"
        assert scenario.settings.context == 8192
        assert [gpu.card for gpu in scenario.machine.gpus] == ["NVIDIA GeForce RTX 4090"]
        summary = stage.text.splitlines()[0]
        assert "Qwen2.5 0.5B Instruct · Q4_K_M · 8,192 tokens · KV f16 · RTX 4090" in summary


async def test_the_four_parts_are_titled(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        titles = ("Models", "Quantization", "Hardware", "Estimate")
        assert all(f"── {title} ─" in stage.text for title in titles)
        assert stage.focused == "models"


async def test_the_model_and_the_card_stand_first_and_under_the_cursor(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        for pane, words in (("models", "Qwen2.5 0.5B"), ("hardware", "RTX 4090")):
            first = stage.rows(pane)[0]
            assert first.startswith("▌")
            assert words in first
        assert "Q4_K_M" in stage.cursor_row("quants")


async def test_every_model_quantization_still_made_and_device_is_listed(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        made = [quant for quant in catalog.quants if quant.status != "removed"]
        assert f" {len(catalog.models)} ──" in stage.shows("models").splitlines()[0]
        assert f"· {len(made)} ──" in stage.shows("quants").splitlines()[0]
        assert len(stage.pane("hardware").shown) == len(catalog.devices)


async def test_the_verdict_is_in_words(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        estimate = stage.shows("estimate")
        assert re.search(r"● Runs great · \d+% of the RTX 4090 stays free", estimate)
        assert re.search(r"about \d+ tok/s", estimate)
        assert "most context here 32,768 tokens, its own maximum" in estimate


@pytest.mark.parametrize("size", [WIDE, (120, 36)])
async def test_the_specifications_of_the_model_stand_beside_the_verdict(
    catalog: Catalog, size: tuple[int, int]
) -> None:
    async with on_stage(catalog, size) as stage:
        shown = _specifications(stage)
        for name, value in SPECIFICATIONS.items():
            if name == "architecture":  # the only one too long for every window
                assert shown[name].startswith(value)
            else:
                assert shown[name] in {value, value.removesuffix(" tokens")}, name
        assert "dense model of 494M" in stage.shows("estimate")


async def test_an_approximate_release_date_says_about(catalog: Catalog) -> None:
    model = next(one for one in catalog.models if one.release_date_approximate and one.parameters)
    async with on_stage(catalog, start=_start(catalog, model)) as stage:
        assert _specifications(stage)["released"] == f"about {model.release_date}"


async def test_facts_nobody_published_are_dashes(catalog: Catalog) -> None:
    model = replace(first_scenario(catalog).model, license=None, release_date=None, context_max=None)
    async with on_stage(catalog, start=_start(catalog, model)) as stage:
        shown = _specifications(stage)
        assert [shown[name] for name in ("licence", "released", "context")] == ["–"] * 3


async def test_a_mixture_of_experts_says_how_much_of_it_is_active(catalog: Catalog) -> None:
    model = next(one for one in catalog.models if one.active_parameters and one.parameters)
    async with on_stage(catalog, start=_start(catalog, model)) as stage:
        assert "mixture of experts" in stage.shows("estimate")
        assert _specifications(stage)["parameters"].endswith("active)")


def _start(catalog: Catalog, model: Model) -> Scenario:
    return replace(first_scenario(catalog), model=model)


def _specifications(stage: Stage) -> dict[str, str]:
    """Name and value of each specification on the right of the estimate, where two may share a line."""
    lines = [line.rpartition(" │ ")[2] for line in stage.shows("estimate").splitlines()]
    found = (re.fullmatch(r"([a-z]+) +(.*)", part) for line in lines for part in line.split(" · "))
    return {match[1]: match[2] for match in found if match}
