"""Entries that are out of the ordinary: no size, another engine, a name with escapes; and the counts."""

import re
from dataclasses import replace

import pytest
from stage import CLASSIC, PANES, WIDE, OtherCatalog, on_stage, screen_lines

from llmfit_tui.cli.explore import first_scenario
from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.estimate import estimate
from llmfit_tui.core.hardware.device import DeviceKind
from llmfit_tui.core.hardware.machines import Wishes, machine_of
from llmfit_tui.core.models.model import Checkpoint, Model
from llmfit_tui.core.scenario import Scenario, within_own_context
from llmfit_tui.storage.catalogs import Catalog

EVIL = "Evil\x1b]0;title\x07 \x1b[31mred\u202e\x9b2J model"


async def test_a_model_without_a_size_shows_dashes(catalog: Catalog) -> None:
    model = _sizeless(catalog, "someone/Secret")
    others = OtherCatalog([*catalog.models[:3], model, *catalog.models[3:]])
    async with on_stage(others) as stage:
        await stage.choose("models", "secret")
        assert stage.scenario.model == model
        assert stage.cursor_row("models").split()[-3:] == ["–"] * 3
        for pane in PANES[1:]:
            assert all(row.split()[-1] == "–" for row in stage.rows(pane))
        assert "no known size for someone/Secret" in stage.shows("estimate")


async def test_every_key_is_safe_on_a_model_without_a_size(catalog: Catalog) -> None:
    model = _sizeless(catalog, "someone/Secret")
    others = OtherCatalog([model, *catalog.models])
    async with on_stage(others, CLASSIC, replace(first_scenario(catalog), model=model)) as stage:
        for key in ("right_square_bracket", "right_curly_bracket", "k", "s", "f", "m", "asterisk", "i", "0"):
            await stage.press(key)
        await stage.press("i")
        await stage.press("down")
        assert "tok/s" in stage.shows("estimate")


async def test_the_sentence_names_the_model_it_is_about(catalog: Catalog) -> None:
    one, other = _sizeless(catalog, "someone/Secret"), _sizeless(catalog, "other/Hidden")
    others = OtherCatalog([one, other, *catalog.models])
    async with on_stage(others, start=replace(first_scenario(catalog), model=one)) as stage:
        assert one.id in stage.shows("estimate")
        await stage.press("down")
        assert other.id in stage.shows("estimate")


def _sizeless(catalog: Catalog, name: str) -> Model:
    """A model whose number of parameters and whose tensors are not known."""
    return replace(
        catalog.models[0],
        id=name,
        name=name.rpartition("/")[2],
        config={**catalog.models[0].config, "model_type": "unheard_of", "architectures": ["Unheard"]},
        parameters=None,
        checkpoint_parameters=None,
        active_parameters=None,
        context_max=None,
        checkpoints=(Checkpoint(name),),
    )


async def test_a_format_llama_cpp_does_not_run_shows_its_engine(catalog: Catalog) -> None:
    quant = next(
        one for one in catalog.quants if one.engines and one.engines[0] == "vllm" and one.bits_per_weight
    )
    async with on_stage(catalog) as stage:
        await stage.choose("quants", quant.name)
        assert stage.scenario.quant.engines[0] == "vllm"
        row = stage.cursor_row("quants")
        assert "vllm" in row
        assert row.startswith("▌·")
        assert "runs in vllm" in stage.shows("estimate")


@pytest.mark.parametrize("size", [WIDE, CLASSIC])
async def test_no_terminal_escape_comes_from_a_name(catalog: Catalog, size: tuple[int, int]) -> None:
    model = replace(catalog.models[0], name=EVIL, publisher=EVIL, license=EVIL)
    others = OtherCatalog([model, *catalog.models[1:]])
    async with on_stage(others, size, replace(first_scenario(catalog), model=model)) as stage:
        await stage.press("i")
        assert [
            letter for line in screen_lines(stage.app) for letter in line if not letter.isprintable()
        ] == []


@pytest.mark.parametrize(
    ("name", "quant"),
    [
        ("Qwen/Qwen2.5-0.5B-Instruct", "Q4_K_M"),
        ("meta-llama/Llama-3.3-70B-Instruct", "Q8_0"),
        ("deepseek-ai/DeepSeek-V3", "F32"),
    ],
)
async def test_the_counts_equal_counting_one_by_one(catalog: Catalog, name: str, quant: str) -> None:
    start = replace(
        first_scenario(catalog),
        model=next(one for one in catalog.models if one.id == name),
        quant=next(one for one in catalog.quants if one.name == quant),
    )
    async with on_stage(catalog, start=start) as stage:
        shown = re.search(r"(\d+) GPUs(?:,| and) (\d+) unified", stage.text)
        assert shown
        assert (int(shown[1]), int(shown[2])) == _counted(start, catalog)


def _counted(scenario: Scenario, catalog: Catalog) -> tuple[int, int]:
    """Graphics cards and unified chips that run it, each of them estimated."""
    gpus = unified = 0
    for device in catalog.devices:
        if device.kind in {DeviceKind.CPU, DeviceKind.NPU}:
            continue
        machine = machine_of(device.name, (device,), Wishes())
        try:
            found = estimate(within_own_context(replace(scenario, machine=machine)))
        except LlmfitError:
            continue
        if found.rating.level > 0:
            unified += device.kind is DeviceKind.UNIFIED
            gpus += device.kind is not DeviceKind.UNIFIED
    return gpus, unified
