"""The plan as a view: what hardware runs the model, by group, and the smallest step to it."""

from pathlib import Path

import pytest
from kept_screens import reads_as_kept
from stage import CLASSIC, LEAST, MEDIUM, WIDE, OtherCatalog, Stage, on_stage

from llmfit_tui.core.hardware.machines import Wishes
from llmfit_tui.core.ranking.choice import Wanted
from llmfit_tui.core.ranking.plan import plan
from llmfit_tui.core.ranking.stepup import step_up
from llmfit_tui.core.ranking.wish import wish_of
from llmfit_tui.panes.page import PagePane
from scenes import LLAMA_8B, LLAMA_70B, hardware, model, scenario

NAMES = (
    *("RTX 3060 12GB", "RTX 3090", "RTX 4090", "RTX 5090", "RTX 4060 Laptop", "RTX A6000", "RTX 6000 Ada"),
    *("M4 Max 64GB", "M2 Ultra (76-core GPU) 192 GB", "DGX Spark", "H100 SXM", "Raspberry Pi 5"),
)
FEW = OtherCatalog([model(LLAMA_8B), model(LLAMA_70B)])
FEW.__dict__["devices"] = tuple(hardware(name).devices[0] for name in NAMES)
START = scenario(LLAMA_70B, "Q4_K_M", "RTX 3060 12GB")


async def _open(stage: Stage) -> None:
    await stage.press("P")
    await _finish(stage)


def _words(stage: Stage) -> str:
    """The page in one line."""
    return " ".join(stage.text.split())


async def _finish(stage: Stage) -> None:
    for _ in range(30):
        await stage.settle()
        if "still to be tried" not in stage.text and "looking for" not in stage.text:
            return


def _targets(stage: Stage) -> list[str]:
    """Hardware that can be taken, from top to bottom."""
    page = stage.app.screen.query_one("#body", PagePane).page
    rows = (row for section in page.one for row in section.rows)
    return [row.target.machine.name for row in rows if row.target is not None]  # pyright: ignore


@pytest.mark.parametrize("size", [WIDE, MEDIUM, CLASSIC], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_plan_reads_as_it_did(size: tuple[int, int]) -> None:
    async with on_stage(FEW, size, START) as stage:
        await _open(stage)
        reads_as_kept(f"plan-{size[0]}x{size[1]}", stage.text)


async def test_it_is_the_plan_of_the_plan_command() -> None:
    wish = wish_of(START.model, FEW.quants, START.settings, FEW.evidence, Wanted(), None, FEW.links)
    found = plan(wish, FEW.devices, Wishes())
    own = step_up(wish, START.machine, FEW.devices, found)
    async with on_stage(FEW, MEDIUM, START) as stage:
        await _open(stage)
        steps = [step.estimate.scenario.machine.name for step in own.steps]
        assert _targets(stage)[: len(steps)] == steps
        await stage.press("o", "o")
        offers = [offer.estimate.scenario.machine.name for offer in found.offers]
        assert _targets(stage)[len(steps) :] == offers
        assert f"now: {own.missing}" in stage.text


async def test_enter_takes_the_hardware_with_what_serves_there() -> None:
    async with on_stage(FEW, CLASSIC, START) as stage:
        await _open(stage)
        await stage.press("down", "enter")
        assert stage.app.screen is stage.explorer
        assert len(stage.scenario.machine.gpus) > 1
        assert stage.explorer.found is not None
        assert stage.explorer.found.rating.level >= 3


async def test_what_is_asked_can_be_changed_by_letter_arrow_and_click() -> None:
    async with on_stage(FEW, CLASSIC, START) as stage:
        await _open(stage)
        usable = len(_targets(stage))
        await stage.press("e", "e")
        await _finish(stage)
        assert "20 tok/s or more" in _words(stage)
        assert len(_targets(stage)) < usable
        await stage.press("left")
        assert "speed from 10 tok/s" in stage.text
        await stage.press("tab", "right")
        assert "agrees from 90%" in stage.text
        await stage.pilot.click("#bar", offset=(stage.text.splitlines()[1].index("quant"), 0))
        await stage.settle()
        assert "quant Q4_K_M" in stage.text


async def test_where_nothing_does_it_that_is_said() -> None:
    async with on_stage(FEW, LEAST, START) as stage:
        await _open(stage)
        await stage.press("e", "e", "e", "e", "a", "a", "a")
        await _finish(stage)
        assert "No hardware of the catalog does that" in _words(stage)


async def test_a_model_that_runs_already_needs_no_step() -> None:
    async with on_stage(FEW, CLASSIC, scenario(LLAMA_8B, "Q4_K_M", "RTX 4090")) as stage:
        await _open(stage)
        assert "It does that already: runs great at" in stage.text
        await stage.press("right_square_bracket")
        assert "16,384 tokens" in stage.text


async def test_the_plan_goes_to_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with on_stage(FEW, CLASSIC, START) as stage:
        await _open(stage)
        await stage.press("E")
        await stage.press("enter")
    written = (tmp_path / "llmfit-plan.csv").read_text(encoding="utf-8")
    assert written.startswith("group,hardware,count")
    assert "several,3x NVIDIA GeForce RTX 3090" in written or "several,2x NVIDIA GeForce RTX 3090" in written
