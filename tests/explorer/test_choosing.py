"""The cursor is the selection: the other panes follow, and what does not depend on it stays."""

import re
from collections.abc import Sequence

import pytest
from stage import PANES, Stage, on_stage

from llmfit_tui.storage.catalogs import Catalog

RATED = re.compile(r"great|well|usable|slow|crawls|won't")


async def _chosen(stage: Stage, pane: str, name: str) -> None:
    await stage.choose(pane, name)
    await stage.press(str(PANES.index(pane) + 1))


def _names(rows: Sequence[str]) -> list[str]:
    """The rows with the cursor's mark and the bright cursor aside."""
    return [row[1:] for row in rows]


async def test_another_model_changes_the_figures_of_formats_and_hardware(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        before = {pane: stage.rows(pane) for pane in PANES}
        await stage.press("down")
        assert stage.scenario.model.name != "Qwen2.5 0.5B Instruct"
        assert stage.scenario.model.name in stage.text.splitlines()[0]
        assert _names(stage.rows("models")) == _names(before["models"])
        assert _changed(before["quants"], stage.rows("quants")) > 20
        assert _changed(before["hardware"], stage.rows("hardware")) > 20


async def test_another_quantization_changes_the_figures_of_models_and_hardware(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        await stage.press("2")
        before = {pane: stage.rows(pane) for pane in PANES}
        await stage.press("end")
        await stage.press("home")
        assert stage.scenario.quant.name in stage.cursor_row("quants")
        assert _changed(before["models"], stage.rows("models")) > 10
        assert _changed(before["hardware"], stage.rows("hardware")) > 10


async def test_another_card_changes_the_figures_of_models_and_formats(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        await stage.press("3")
        before = {pane: stage.rows(pane) for pane in PANES}
        await stage.press(*["down"] * 4)
        assert "RX 9060 XT" in stage.text.splitlines()[0]
        assert _names(stage.rows("hardware")) == _names(before["hardware"])
        assert _changed(before["models"], stage.rows("models")) > 10
        assert _changed(before["quants"], stage.rows("quants")) > 20


async def test_ratings_follow_in_every_pane(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        great = stage.shows("quants").count("● great"), stage.shows("hardware").count("● great")
        await _chosen(stage, "models", "llama 3.3 70b instruct")
        assert "llama 3.3 70b" in stage.scenario.model.name.lower()
        assert stage.shows("quants").count("● great") < great[0]
        assert stage.shows("hardware").count("● great") < great[1]
        assert "Runs great" not in stage.shows("estimate")


@pytest.mark.parametrize("pane", PANES)
async def test_what_does_not_depend_on_the_key_does_not_move(catalog: Catalog, pane: str) -> None:
    async with on_stage(catalog) as stage:
        await stage.press(str(PANES.index(pane) + 1))
        before = {other: (stage.pane(other).top, _row_names(stage, other)) for other in PANES}
        await stage.press("down")
        for other in PANES:
            assert (stage.pane(other).top, _row_names(stage, other)) == before[other]


async def test_the_cursor_keeps_its_row_when_everything_else_changes(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        await stage.press(*["down"] * 7)
        await stage.press("3")
        await stage.press(*["down"] * 9)
        await stage.press("2")
        chosen = [stage.pane(pane).chosen_index for pane in PANES]
        tops = [stage.pane(pane).top for pane in PANES]
        for key in ("right_square_bracket", "right_curly_bracket", "k", "s", "f", "m", "M", "0"):
            await stage.press(key)
            assert [stage.pane(pane).chosen_index for pane in PANES] == chosen
            assert [stage.pane(pane).top for pane in PANES] == tops


async def test_the_list_scrolls_to_keep_the_cursor_in_view(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        await stage.press("end")
        assert stage.rows("models")[-1].startswith("▌")
        await stage.press("pageup")
        assert stage.cursor_row("models")
        await stage.press("home", "up")
        assert stage.rows("models")[0].startswith("▌")
        assert stage.scenario.model.name == "Qwen2.5 0.5B Instruct"


async def test_tab_and_arrows_go_round_the_panes(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        for key, pane in [("tab", 1), ("right", 2), ("tab", 0), ("left", 2), ("shift+tab", 1), ("1", 0)]:
            await stage.press(key)
            assert stage.focused == PANES[pane]


def _changed(before: Sequence[str], after: Sequence[str]) -> int:
    """How many rows read otherwise."""
    return sum(old != new for old, new in zip(before, after, strict=True))


def _row_names(stage: Stage, pane: str) -> list[str]:
    """What rows are called, without marks, ratings and figures."""
    bare = (RATED.sub("", row[3:]).split("  ") for row in stage.rows(pane))
    return [next((part.strip("★ ") for part in parts if part.strip()), "") for parts in bare]
