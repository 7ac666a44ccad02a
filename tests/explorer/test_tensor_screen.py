"""What the weights are made of, over the explorer."""

import pytest
from stage import CLASSIC, LEAST, WIDE, on_stage

from llmfit_tui.storage.catalogs import Catalog


@pytest.mark.parametrize("keys", [("v",), ("2", "enter", "enter"), ("enter", "v")])
async def test_a_key_lists_the_types_of_the_tensors_and_why(catalog: Catalog, keys: tuple[str, ...]) -> None:
    async with on_stage(catalog, WIDE) as stage:
        await stage.press(*keys[:1])
        await stage.press(*keys[1:])
        assert "Q4_K_M ─" in stage.text
        assert "Q6_K in 12 layers, Q4_K in 12" in stage.text
        assert "Q6_K for the first and last eighth of the layers" in stage.text
        assert "stored-output would be 491 MB" in stage.text


@pytest.mark.parametrize("key", ["escape", "enter", "v"])
async def test_any_usual_key_leaves_it(catalog: Catalog, key: str) -> None:
    async with on_stage(catalog) as stage:
        before = stage.text
        await stage.press("v")
        assert "Escape: back" in stage.text
        await stage.press(key)
        assert stage.text == before


@pytest.mark.parametrize("size", [CLASSIC, LEAST])
async def test_in_a_low_terminal_it_scrolls_to_the_end(catalog: Catalog, size: tuple[int, int]) -> None:
    async with on_stage(catalog, size) as stage:
        await stage.press("v")
        assert "never quantized" not in stage.text
        await stage.press(*["pagedown"] * 5)
        assert "never quantized" in stage.text
        await stage.press(*["pageup"] * 5)
        assert "290 tensors, exact" in stage.text


@pytest.mark.parametrize("size", [WIDE, LEAST])
async def test_a_recipe_nobody_wrote_down_says_so(catalog: Catalog, size: tuple[int, int]) -> None:
    async with on_stage(catalog, size) as stage:
        await stage.choose("quants", "UD-Q4_K_XL")
        await stage.press("v")
        assert "about " in stage.text
        assert "between" in stage.text
        assert "published" in stage.text


@pytest.mark.parametrize("size", [WIDE, LEAST])
async def test_another_file_of_the_same_name_is_one_key_away(catalog: Catalog, size: tuple[int, int]) -> None:
    async with on_stage(catalog, size) as stage:
        await stage.press("v")
        meant = stage.text
        await stage.press("right")
        assert "Q4_K_M · stored-output" in stage.text
        assert "another file of that name" in stage.text
        await stage.press("right")
        assert stage.text == meant


async def test_approximate_files_are_marked_in_the_list(catalog: Catalog) -> None:
    async with on_stage(catalog, WIDE) as stage:
        await stage.press("2", "slash")
        await stage.type("q4_k")
        shown = stage.rows("quants")
        marked = {name: any(name in row and "~" in row for row in shown) for name in ("UD-Q4_K_XL", "Q4_K_L")}
        assert marked == {"UD-Q4_K_XL": True, "Q4_K_L": False}
