"""The filter: letters narrow the list that has the keys, and nothing else happens meanwhile."""

from stage import CLASSIC, MEDIUM, Stage, on_stage
from textual.events import Paste

from llmfit_tui.storage.catalogs import Catalog


async def _filter(stage: Stage, text: str) -> None:
    await stage.press("slash")
    await stage.type(text)


async def test_letters_narrow_the_list_and_the_tally_says_so(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        await _filter(stage, "gemma 12b")
        head, typed, *rows = stage.shows("models").splitlines()
        assert f" of {len(catalog.models)} ──" in head
        assert typed.startswith("/ gemma 12b")
        listed = [row for row in rows if row]
        assert 0 < len(listed) < 20
        assert all("gemma" in row.lower() for row in listed)


async def test_words_match_by_their_beginnings_in_any_order(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        await stage.press("3")
        await _filter(stage, "4090 rt")
        assert all("4090" in row for row in stage.rows("hardware") if row)
        assert any("RTX 4090 D" in row for row in stage.rows("hardware"))


async def test_only_the_list_that_has_the_keys_narrows(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        before = stage.rows("models"), stage.rows("hardware")
        await stage.press("2")
        await _filter(stage, "q4_k_m")
        assert (stage.rows("models"), stage.rows("hardware")) == before
        assert len(stage.pane("quants").shown) < 10


async def test_letters_that_are_keys_elsewhere_do_not_act(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        await stage.press("slash")
        before = stage.settings
        keys = ("q", "k", "K", "s", "f", "m", "t", "i", "0", "2", "left_square_bracket", "question_mark")
        await stage.press(*keys)
        assert stage.app.is_running
        assert stage.settings == before
        assert stage.focused == "models"
        assert stage.app.screen is stage.explorer
        assert stage.shows("models").splitlines()[1].startswith("/ qkKsfmti02[?")


async def test_letters_typed_right_after_the_slash_go_to_the_filter(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        await stage.press("slash", *"qwen")
        assert stage.app.is_running
        assert stage.pane("models").filter_text == "qwen"


async def test_escape_brings_the_whole_list_back(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        before = stage.rows("models")
        await _filter(stage, "qwen")
        await stage.press("escape")
        assert stage.rows("models") == before
        await stage.press("down")
        assert stage.pane("models").cursor == 1


async def test_enter_keeps_the_filter_and_gives_the_keys_back(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        await _filter(stage, "gemma")
        await stage.press("enter")
        await stage.press("k")
        assert stage.settings.kv_type_k.value == "q8_0"
        assert "/ gemma" in stage.shows("models")
        await stage.press("escape")
        assert len(stage.pane("models").shown) == len(catalog.models)


async def test_tab_keeps_the_filter_and_goes_to_the_next_pane(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        await _filter(stage, "gemma")
        await stage.press("tab")
        assert stage.focused == "quants"
        assert len(stage.pane("models").shown) < len(catalog.models)


async def test_backspace_takes_the_last_letter_and_control_u_all(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        await _filter(stage, "gemmx")
        assert not stage.pane("models").shown
        await stage.press("backspace")
        assert stage.pane("models").filter_text == "gemm"
        assert stage.pane("models").shown
        await stage.press("ctrl+u", "backspace")
        assert len(stage.pane("models").shown) == len(catalog.models)


async def test_no_match_says_so_and_how_to_go_on(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        await _filter(stage, "zzz")
        before = stage.scenario
        shown = stage.shows("models")
        assert "0 of" in shown
        assert "Nothing matches “zzz”." in shown
        assert "Escape clears the filter." in shown
        await stage.press("down", "end", "pageup")
        assert stage.scenario == before


async def test_the_cursor_stays_on_its_row_where_the_filter_lets_it(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        await stage.choose("models", "gemma 4 12b")
        chosen = stage.scenario.model
        await _filter(stage, "gemma")
        assert stage.scenario.model == chosen
        assert chosen.name[:8] in stage.cursor_row("models")
        await stage.press("escape")
        assert stage.scenario.model == chosen


async def test_a_row_the_filter_hides_gives_way_to_the_first_that_is_left(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        await _filter(stage, "gemma")
        assert "gemma" in stage.scenario.model.name.lower()
        assert stage.rows("models")[0].startswith("▌")


async def test_clearing_a_filter_without_a_match_keeps_what_was_chosen(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        await stage.press(*["down"] * 5)
        chosen = stage.scenario.model
        await stage.press("slash")
        # One paste, so that no shorter filter comes first and moves the cursor on its own.
        stage.pane("models").post_message(Paste("zzz"))
        await stage.settle()
        await stage.press("escape")
        assert stage.scenario.model == chosen


async def test_rows_hidden_while_the_host_memory_changes_come_back_with_new_figures(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        await stage.choose("models", "llama 3.3 70b instruct")
        await stage.press("3")
        await _filter(stage, "zzz")
        await stage.press("enter")
        await stage.press("M")
        await stage.press("escape")
        shown = stage.rows("hardware")
        stage.pane("hardware").forget()
        await stage.settle()
        assert shown == stage.rows("hardware")


async def test_a_paste_goes_into_the_filter_without_its_control_characters(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        await stage.press("slash")
        stage.pane("models").post_message(Paste("gem\x1b[31mma\r\n\x07\t"))
        await stage.settle()
        assert stage.pane("models").filter_text == "gem[31mma"
        assert stage.shows("models").splitlines()[1].startswith("/ gem[31mma▏")


async def test_a_paste_without_a_filter_does_nothing(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        before = stage.text
        stage.pane("models").post_message(Paste("qqq"))
        await stage.settle()
        assert stage.text == before


async def test_a_filter_asks_for_facts_and_for_figures_of_the_scenario(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        await _filter(stage, "qwen <15B license:apache fits")
        pane = stage.explorer.models
        listed = [pane.models[i] for i in pane.shown]
        assert listed
        assert all((model.parameters or 0) < 15e9 and model.license == "apache-2.0" for model in listed)
        found = [pane.estimate_of(i) for i in pane.shown]
        assert all(one is not None and one.rating.level for one in found)


async def test_a_filter_that_cannot_be_read_keeps_the_list_and_says_what_was_expected(
    catalog: Catalog,
) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        await _filter(stage, "qwen")
        before = list(stage.pane("models").shown)
        await stage.type(" ctx>=")
        assert list(stage.pane("models").shown) == before
        assert stage.shows("models").splitlines()[1].startswith("! qwen ctx>=")
        assert "at 11: a number such as 128k was expected" in stage.shows("hints")
        await stage.type("32k")
        assert stage.shows("models").splitlines()[1].startswith("/ qwen ctx>=32k")
        assert len(stage.pane("models").shown) < len(before)


async def test_tab_completes_a_name_that_was_begun(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        await stage.press("slash")
        assert "words, size>=7B" in stage.shows("hints")
        await stage.type("lic")
        assert stage.shows("models").splitlines()[1].startswith("/ lic▏ense:")
        await stage.press("tab")
        await stage.type("apa")
        await stage.press("right")
        assert stage.pane("models").filter_text == "license:apache-2.0"
        assert stage.focused == "models"
        await stage.press("enter")
        assert "filter" in stage.shows("hints")


async def test_other_hardware_sifts_anew_and_keeps_the_chosen_row(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        await stage.choose("models", "qwen3 32b")
        await stage.press("slash")
        await stage.type("fits")
        await stage.press("enter")
        before = len(stage.pane("models").shown)
        chosen = stage.scenario.model
        await stage.choose("hardware", "rtx 3060 8 gb")
        await stage.settle()
        shown = stage.explorer.models.shown
        assert 1 < len(shown) < before
        assert stage.scenario.model is chosen
        assert stage.explorer.models.chosen_index in shown


async def test_a_name_on_its_way_chooses_nothing(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        before = stage.scenario
        await stage.press("3")
        await _filter(stage, "vr")
        await stage.press("escape")
        assert stage.scenario == before
        await _filter(stage, "vram>=24")
        assert stage.scenario == before
        assert "RTX 4090" in stage.cursor_row("hardware")


async def test_what_cannot_be_read_stands_out_where_it_begins_and_the_list_stays(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        await _filter(stage, "qwen ctx>12")
        pane = stage.pane("models")
        before = stage.rows("models")
        await stage.press("backspace", "backspace", *"oops")
        assert stage.rows("models") == before
        assert stage.shows("hints").endswith("was expected; the list stays as it was")
        head = pane.header_line(80, ())
        assert [text for text, tone in head if tone == "over"] == ["! ", "oops▏"]
