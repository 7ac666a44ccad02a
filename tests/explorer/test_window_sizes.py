"""Every size of the terminal: nothing past the edge, one pane at a time where it is narrow."""

import pytest
from rich.cells import cell_len
from stage import CLASSIC, LEAST, MEDIUM, PANES, WIDE, Stage, on_stage, screen_lines

from llmfit_tui.storage.catalogs import Catalog

NARROW = (CLASSIC, LEAST)
BETWEEN = ((99, 30), (100, 30), (240, 60))


def _fits(stage: Stage, size: tuple[int, int]) -> None:
    lines = screen_lines(stage.app)
    assert len(lines) == size[1]
    assert {cell_len(line) for line in lines} == {size[0]}


@pytest.mark.parametrize(
    "size", [WIDE, LEAST, *(pytest.param(size, marks=pytest.mark.soak) for size in (MEDIUM, *BETWEEN))]
)
async def test_every_line_is_as_wide_as_the_terminal_whatever_is_shown(
    catalog: Catalog, size: tuple[int, int]
) -> None:
    async with on_stage(catalog, size) as stage:
        _fits(stage, size)
        for keys in (("2", "end"), ("3", "end"), ("1", "end"), ("k", "s", "f", "i"), ("question_mark",)):
            await stage.press(*keys)
            _fits(stage, size)
        await stage.press("escape")
        await stage.press("slash")
        await stage.type("nothing like it")
        _fits(stage, size)


@pytest.mark.parametrize("size", NARROW)
async def test_a_narrow_terminal_shows_one_pane_and_the_keys_of_the_others(
    catalog: Catalog, size: tuple[int, int]
) -> None:
    async with on_stage(catalog, size) as stage:
        for keys in (("1", "2", "3"), ("tab", "tab", "tab")):
            for key in keys:
                await stage.press(key)
                shown = [pane for pane in PANES if stage.pane(pane).display]
                assert shown == [stage.focused]
                others = [number for number, pane in enumerate(PANES, 1) if pane != stage.focused]
                title = stage.shows(shown[0]).splitlines()[0]
                assert all(f"{number} {stage.pane(PANES[number - 1]).heading}" in title for number in others)


@pytest.mark.parametrize("size", NARROW)
async def test_a_pane_that_was_off_screen_comes_up_with_new_figures(
    catalog: Catalog, size: tuple[int, int]
) -> None:
    async with on_stage(catalog, size) as stage:
        await stage.press("2")
        before = stage.rows("quants")
        await stage.press("1")
        await stage.press("down")
        await stage.press("2")
        assert stage.rows("quants") != before
        assert any(row.startswith("▌") for row in stage.rows("quants"))


@pytest.mark.parametrize("size", NARROW)
async def test_i_turns_between_the_estimate_and_the_model(catalog: Catalog, size: tuple[int, int]) -> None:
    async with on_stage(catalog, size) as stage:
        before = stage.shows("estimate")
        assert "i: about the model" in before
        assert "publisher" not in before
        await stage.press("i")
        facts = stage.shows("estimate")
        assert "i: the estimate" in facts
        assert all(name in facts for name in ("publisher", "parameters", "context", "vocabulary"))
        await stage.press("i")
        assert stage.shows("estimate") == before


@pytest.mark.parametrize("size", [(59, 30), (120, 14), (20, 5), (1, 1)])
async def test_a_terminal_too_small_says_what_it_needs(catalog: Catalog, size: tuple[int, int]) -> None:
    async with on_stage(catalog, size) as stage:
        words = " ".join(stage.text.split())
        if size[0] > 10:
            assert "llmfit-tui needs a terminal of at least 60 x 15" in words
        assert "Models" not in words


async def test_resizing_back_and_forth_keeps_everything(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        await stage.press(*["down"] * 12)
        await stage.press("3")
        await stage.press(*["down"] * 9)
        await stage.press("k", "right_square_bracket")
        scenario, text = stage.scenario, stage.text
        for size in (CLASSIC, LEAST, (99, 24), (200, 60), CLASSIC):
            await stage.resize(size)
            _fits(stage, size)
            assert stage.scenario == scenario
            assert stage.focused == "hardware"
        await stage.resize(MEDIUM)
        assert stage.scenario == scenario
        assert _without_scroll(stage.text) == _without_scroll(text)


async def test_a_moment_in_a_window_too_small_keeps_the_scenario(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        await stage.press(*["down"] * 3)
        scenario = stage.scenario
        await stage.resize((20, 5))
        assert stage.scenario == scenario
        await stage.resize(MEDIUM)
        assert stage.scenario == scenario
        assert stage.cursor_row("models")


async def test_a_moment_in_a_window_too_small_leaves_the_keys_where_they_were(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        await stage.press("3")
        await stage.resize((40, 10))
        await stage.resize(MEDIUM)
        assert stage.focused == "hardware"


async def test_a_resize_leaves_the_keys_in_the_pane_that_was_clicked(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        await stage.pilot.click("#hardware", offset=(6, 5))
        await stage.settle()
        await stage.resize(CLASSIC)
        assert stage.focused == "hardware"


async def test_the_cursor_stays_in_view_at_every_size(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        await stage.press(*["down"] * 25)
        row = stage.scenario.model.name[:6]
        for size in (LEAST, CLASSIC, (160, 40)):
            await stage.resize(size)
            assert row in stage.cursor_row("models")


async def test_a_resize_below_the_help_leaves_the_explorer_in_order(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        await stage.press("question_mark")
        await stage.resize(CLASSIC)
        await stage.press("escape")
        _fits(stage, CLASSIC)
        assert [pane for pane in PANES if stage.pane(pane).display] == ["models"]


def _without_scroll(text: str) -> list[str]:
    """The lines that do not depend on how far a list is scrolled."""
    return [line for line in text.splitlines() if "──" in line or "·" in line[:60]]
