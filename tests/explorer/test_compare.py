"""Pinned scenarios side by side, and every model on two machines."""

from stage import CLASSIC, MEDIUM, on_stage

from llmfit_tui.format.comparison import compared
from llmfit_tui.storage.catalogs import Catalog
from scenes import LLAMA_8B, estimated

PINS = ("plus", "3", "down", "plus", "right_square_bracket", "equals_sign")


async def test_pins_stand_side_by_side_with_the_present_one_and_differences_come_first(
    catalog: Catalog,
) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        for key in PINS:
            await stage.press(key)
        lines = stage.text.splitlines()
        assert "What differs" in lines[1]
        (hardware,) = (line for line in lines if line.startswith("  hardware"))
        assert hardware.split("  ")[-1] == "RTX 5090"
        assert next(i for i, line in enumerate(lines) if "Alike in all" in line) < next(
            i for i, line in enumerate(lines) if line.startswith("  model")
        )


async def test_enter_goes_to_a_pinned_scenario_and_x_takes_it_away(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        first = stage.scenario
        for key in PINS:
            await stage.press(key)
        await stage.press("left", "left", "enter")
        assert stage.scenario == first
        for key in ("equals_sign", "right", "x"):
            await stage.press(key)
        assert "One scenario" in stage.text


async def test_a_fifth_pin_is_refused_and_a_second_press_unpins(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        for key in ("plus", "s") * 4:
            await stage.press(key)
        await stage.press("plus")
        assert "four are pinned already" in stage.shows("hints")
        await stage.press("S")
        await stage.press("plus")
        assert "no longer pinned; 3 are" in stage.shows("hints")


async def test_another_machine_is_judged_over_every_model_of_the_list(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        await stage.press("slash")
        await stage.type("qwen3")
        await stage.press("enter")
        for key in (*PINS, "h"):
            await stage.press(key)
        assert "all models" in stage.text
        await stage.press("down", "enter", "escape")
        assert stage.scenario.machine.gpus


async def test_two_machines_over_no_model_at_all_lead_back(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        await stage.press("slash", *"xyzzy", "enter")
        for key in (*PINS, "h", "down", "enter"):
            await stage.press(key)
        assert "all models" not in stage.text  # it was left


def test_the_best_of_a_row_is_marked_where_one_reads_better() -> None:
    rows = {
        row.name: row
        for row in compared([estimated(LLAMA_8B, name, "RTX 4090") for name in ("Q4_K_M", "Q8_0")])
    }
    assert rows["tok/s"].best == {0}
    assert rows["agreement"].best == {1}
    assert rows["file"].best == {0}
    assert not rows["model"].best
    assert not rows["model"].differs
