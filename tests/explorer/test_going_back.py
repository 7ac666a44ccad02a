"""Going back: the last change undone, recent scenarios, favourites; kept between visits."""

from functools import partial
from pathlib import Path

from stage import CLASSIC, Stage, on_stage

from llmfit_tui.cli.explore import opened_line
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.format.scenario_line import scenario_line
from llmfit_tui.screens.keys.keymap import Keymap
from llmfit_tui.screens.tips import _ROWS, TIPS, tip_after  # pyright: ignore[reportPrivateUsage]
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.places import places
from llmfit_tui.storage.remembered import Remembered, mark_favourite, read_remembered, remember
from scenes import scenario

LINE = scenario_line(scenario("google/gemma-3-12b-it", "Q5_K_M", "RTX 3090", context=32768))


def _reopen(catalog: Catalog, line: str) -> tuple[Scenario, str]:
    opened = opened_line(catalog, None, line)
    return opened.start, opened.notice


async def test_backspace_takes_the_last_changes_back_one_by_one(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        first = stage.scenario
        await stage.press("k")
        await stage.press("right_square_bracket")
        await stage.press("3")
        await stage.press("down")
        await stage.press("backspace")
        assert stage.scenario.machine == first.machine
        assert "taken back" in stage.shows("hints")
        assert "RTX 4090" in stage.cursor_row("hardware")
        await stage.press("backspace")
        assert stage.settings.context == first.settings.context
        await stage.press("backspace")
        assert stage.scenario == first
        await stage.press("backspace")
        assert "nothing was changed" in stage.shows("hints")


async def test_undo_works_in_a_view_and_with_the_host_memory(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        first = stage.scenario
        await stage.press("m")
        assert stage.scenario.machine.host_bytes > first.machine.host_bytes
        await stage.press("g")
        await stage.press("backspace")
        assert stage.scenario == first
        await stage.press("escape")
        await stage.press("m")
        assert stage.scenario.machine.host_bytes == 64 * 1024**3


async def test_a_favourite_is_marked_listed_and_opened_again(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        stage.explorer.reopen = partial(_reopen, catalog)
        await stage.choose("models", "gemma 3 12b")
        await stage.press("k")
        marked = stage.scenario
        await stage.press("F")
        assert "a favourite now; R lists them" in stage.shows("hints")
        await stage.press("0")
        await stage.choose("models", "qwen3 8b")
        await stage.press("R")
        assert "gemma-3-12b-it · Q4_K_M" in stage.text
        await stage.press("enter")
        assert stage.scenario.model is marked.model
        assert stage.settings == marked.settings
        await stage.press("F")
        assert "no favourite any more" in stage.shows("hints")
        assert stage.explorer.favourites == ()


async def test_a_line_with_unknown_names_opens_what_it_can_and_names_the_rest(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        stage.explorer.reopen = partial(_reopen, catalog)
        stage.explorer.recent = (LINE.replace("3090", "9099").replace("1,", "2,", 1) + ",colour=blue",)
        await stage.press("R")
        await stage.press("enter")
        assert stage.scenario.model.name == "gemma 3 12B it"
        assert stage.settings.context == 32768
        said = stage.explorer.key_hints.said
        assert "newer version" in said
        assert "9099" in said
        assert "colour=blue" in said


async def test_a_filter_that_hides_what_comes_back_ends(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        first = stage.scenario
        await stage.press("slash", *"gemma", "enter")
        await stage.press("backspace")
        assert stage.scenario == first
        assert stage.pane("models").filter_text == ""
        _has_cursor(stage)


def _has_cursor(stage: Stage) -> None:
    assert stage.scenario.model.name[:9] in stage.cursor_row("models")


def test_recent_scenarios_and_favourites_are_kept_beside_a_persons_own_lines(tmp_path: Path) -> None:
    where = places(str(tmp_path))
    where.settings.write_text("# mine\n[keys]\nflash = 'f6'\n", encoding="utf-8")
    assert mark_favourite(where, LINE, marked=True) == (LINE,)
    remember(where, Remembered(recent=("1,model=a", LINE), found=("command flash",)))
    remember(where, Remembered(recent=("1,model=b",)))
    found = read_remembered(where)
    assert found.favourites == (LINE,)
    assert found.recent == ("1,model=b", "1,model=a", LINE)
    assert mark_favourite(where, LINE, marked=False) == ()
    assert where.settings.read_text(encoding="utf-8").startswith("# mine\n")
    assert read_remembered(where).keys == {"flash": "f6"}


async def test_a_hint_for_the_first_visit_leaves_for_good_once_it_was_followed(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        assert "filter the list" not in stage.shows("summary")
        stage.explorer.show_tips(())
        stage.explorer.summary.repaint()
        await stage.settle()
        assert stage.shows("summary").endswith("/ filter the list; Escape clears it")
        await stage.press("slash", *"gemma", "enter")
        assert stage.shows("summary").endswith("Tab next pane; Shift-Tab the one before")
        await stage.press("g")
        await stage.press("escape")
        assert stage.explorer.learned == {"list.filter", "view.map"}


async def test_a_narrow_window_has_its_hints_above_the_estimate_until_all_was_tried(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        stage.explorer.show_tips(())
        stage.explorer.panel.repaint()
        await stage.settle()
        assert stage.shows("summary").endswith("RTX 4090")
        for tip in TIPS:
            head = next(line for line in stage.text.splitlines() if " Estimate " in line)
            keys, does = tip_after(stage.explorer.learned or set(), Keymap())
            assert f" try {keys} {does} ─" in head
            assert " i: " in head
            assert stage.explorer.learned is not None
            stage.explorer.learn(_ROWS[tip].action)
            await stage.settle()
        assert " try " not in stage.text
    assert tip_after(set(TIPS), Keymap()) == ("", "")
