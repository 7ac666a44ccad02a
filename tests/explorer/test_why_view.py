"""Enter on a figure shows where it comes from; what is changed there is changed everywhere."""

import pytest
from stage import CLASSIC, LEAST, MEDIUM, WIDE, on_stage

from llmfit_tui.storage.catalogs import Catalog


async def test_enter_derives_the_figures_with_their_numbers_put_in(catalog: Catalog) -> None:
    async with on_stage(catalog, WIDE) as stage:
        await stage.press("enter")
        assert "the lower of them" in stage.text
        await stage.press("down", "down", "down")
        assert "24 layers × 8,192 cells × 2 K and V × 128 values × 2 B" in stage.text
        assert "96.00 MiB" in stage.text


@pytest.mark.parametrize(
    ("pane", "says"), [("1", "the lower of them"), ("2", "tensors of the file"), ("3", "one token")]
)
async def test_it_begins_with_the_figure_that_matters_in_the_pane(
    catalog: Catalog, pane: str, says: str
) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        await stage.press(pane)
        await stage.press("enter")
        assert says in stage.text


@pytest.mark.parametrize("size", [CLASSIC, LEAST])
async def test_escape_returns_to_what_was_there(catalog: Catalog, size: tuple[int, int]) -> None:
    async with on_stage(catalog, size) as stage:
        before = stage.text
        await stage.press("enter")
        await stage.press("down", "pagedown")
        await stage.press("escape")
        assert stage.text == before


async def test_a_key_of_the_scenario_works_there_and_the_derivation_follows(catalog: Catalog) -> None:
    async with on_stage(catalog, WIDE) as stage:
        await stage.press("enter")
        await stage.press("down", "down", "down", "right_square_bracket")
        assert stage.settings.context == 16_384
        assert "16,384 cells" in stage.text
        await stage.press("k")
        assert "272 B a cell" in stage.text


async def test_a_click_on_the_estimate_asks_why(catalog: Catalog) -> None:
    async with on_stage(catalog, WIDE) as stage:
        await stage.pilot.click("#estimate", offset=(4, 2))
        await stage.settle()
        assert "a second ÷ one token" in stage.text
        await stage.pilot.click("#body", offset=(4, 4))
        await stage.settle()
        assert "layers that keep every position" in stage.text
