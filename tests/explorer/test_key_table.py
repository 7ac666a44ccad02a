"""One table of keys: README, bindings and hints agree with it, and settings.toml can change it."""

import re
from pathlib import Path

import pytest
from stage import MEDIUM, on_stage
from textual.keys import _character_to_key  # pyright: ignore[reportPrivateUsage]

from llmfit_tui.core.errors import BadValue
from llmfit_tui.screens.explorer import ExplorerScreen
from llmfit_tui.screens.keys import KEYS, VIEWS, together
from llmfit_tui.screens.keys.keymap import keymap_of
from llmfit_tui.screens.keys.names import PUNCTUATION, key_called, shown_key
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.places import places
from llmfit_tui.storage.remembered import read_remembered, remember

README = Path(__file__).parents[2] / "README.md"
WORDS = {"Tab": "tab", "Shift-Tab": "shift+tab", "Enter": "enter", "↑": "up", "↓": "down", "→": "right"} | {
    "←": "left"
}


def _readme_keys() -> set[str]:
    """Textual's names of the keys in README's table."""
    table = README.read_text(encoding="utf-8").partition("| key | what it does |\n| --- | --- |\n")[2]
    rows = table.partition("\n\n")[0].splitlines()
    left, right = zip(*(row.strip("| ").split(" | ", 1) for row in rows), strict=True)
    named = [
        key_called(text) for text in re.findall(r"`([^` ]+)`", " ".join((*left, *right)).replace(",", " "))
    ]
    return {*named, *(name for word, name in WORDS.items() if word in " ".join(left).split())}


def test_readme_names_only_keys_of_the_table_and_all_that_a_newcomer_is_shown() -> None:
    readme = _readme_keys()
    table = {name: key for key in KEYS for name in key.keys.split(",")}
    assert readme <= table.keys()
    assert {key.id for key in KEYS if key.hint} <= {table[name].id for name in readme}


def test_no_two_keys_of_one_place_are_the_same() -> None:
    for rows in together():
        names = [name for key in rows for name in key.keys.split(",")]
        assert len(names) == len(set(names))
    ids = [key.id for key in (*KEYS, *(key for keys in VIEWS.values() for key in keys))]
    assert len(ids) == len(set(ids))


def test_every_row_has_an_action_the_explorer_knows() -> None:
    for key in KEYS:
        name = key.action.removeprefix("app.").partition("(")[0]
        if key.bound and not key.action.startswith("app."):
            assert hasattr(ExplorerScreen, f"action_{name}"), key.id


def test_keys_are_called_as_textual_calls_them() -> None:
    assert all(_character_to_key(sign) == name for sign, name in PUNCTUATION.items())
    for text, name in (("K", "K"), ("[", "left_square_bracket"), ("Ctrl-N", "ctrl+n"), ("ctrl+n", "ctrl+n")):
        assert key_called(text) == name
    assert key_called("shift+k") == "K"
    assert key_called("+") == "plus"
    assert key_called("PgDn") == "pagedown"
    assert shown_key("ctrl+n") == "Ctrl-N"
    for text in ("", "kk", "hyper+k", "ctrl+", "f99", "\x1b"):
        with pytest.raises(BadValue):
            key_called(text)


def test_a_key_of_ones_own_takes_the_place_of_the_tables() -> None:
    keymap, problems = keymap_of({"kv": {"next": "f7", "previous": ["f8", "f9"]}, "tensors": "V"})
    assert not problems
    rows = {key.id: key for key in KEYS}
    assert keymap.keys(rows["kv.next"]) == "f7"
    assert keymap.shown(rows["kv.next"]) == "F7 F8"
    assert keymap.shown(rows["tensors"]) == "V"
    assert keymap.shown(rows["flash"]) == "f"


def test_two_actions_may_change_places() -> None:
    keymap, problems = keymap_of({"kv.next": "s", "slots.more": "k"})
    assert not problems
    assert keymap.changed == {"kv.next": "s", "slots.more": "k"}


@pytest.mark.parametrize("nothing", ["", False, []])
async def test_an_action_without_a_key_is_found_in_help_and_palette_alone(
    catalog: Catalog, nothing: object
) -> None:
    keymap, problems = keymap_of({"quit": nothing, "list.filter": nothing})
    assert not problems
    async with on_stage(catalog, MEDIUM, keymap=keymap) as stage:
        assert "quit" not in stage.shows("hints")
        await stage.press("q", "slash")
        assert stage.app.is_running
        assert not stage.pane("models").filtering
        await stage.press("question_mark")
        assert "–         filter the list" in stage.text
        await stage.press("escape", "colon", *"filter", "enter")
        assert stage.pane("models").filtering


async def test_the_key_that_leaves_the_explorer_leaves_a_view_too(catalog: Catalog) -> None:
    keymap, _ = keymap_of({"quit": "Q"})
    async with on_stage(catalog, MEDIUM, keymap=keymap) as stage:
        await stage.press("g", "q")
        assert stage.app.screen is not stage.explorer
        await stage.press("Q")
        assert stage.app.screen is stage.explorer
        assert stage.app.is_running


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"kv.nxt": "f7"}, 'No action is called "kv.nxt". Did you mean kv.next'),
        ({"kv.next": "hyper+k"}, 'a key such as "w", "W", "[", "f5" or "ctrl+n" was expected'),
        ({"kv.next": 7}, "in quotation marks"),
        ({"kv.next": "s"}, 's for "kv.next" is the key of "slots.more"'),
        ({"kv.next": "ctrl+c"}, "the way out"),
        ({"flash": "tab"}, '"pane.next"'),
        ({"map.turn": "down"}, '"map.down"'),
    ],
)
def test_what_cannot_be_done_is_told_and_the_rest_works(table: dict[str, object], said: str) -> None:
    keymap, problems = keymap_of({**table, "star": "f6"})
    assert len(problems) == 1
    assert problems[0].startswith("settings.toml, [keys]: ")
    assert said in problems[0]
    assert keymap.changed == {"star": "f6"}


async def test_a_changed_key_acts_in_panes_and_views_and_is_shown_in_hints_and_help(catalog: Catalog) -> None:
    changed, _ = keymap_of({"kv.next": "f7", "help": "f2", "list.filter": "f3"})

    async with on_stage(catalog, MEDIUM, keymap=changed) as stage:
        await stage.press("k")
        assert stage.settings.kv_type_k.value == "f16"
        await stage.press("f7")
        assert stage.settings.kv_type_k.value == "q8_0"
        assert "F7 KV type" in stage.shows("hints")
        await stage.press("f2")
        assert "F7 K" in stage.text
        await stage.press("escape", "g", "f7")
        assert stage.settings.kv_type_k.value == "q5_1"
        await stage.press("escape")
        await stage.press("f3", *"gem")
        assert stage.pane("models").filter_text == "gem"


def test_keys_of_ones_own_survive_what_is_remembered(tmp_path: Path) -> None:
    where = places(str(tmp_path))
    where.settings.write_text('# mine\n[keys]\nkv.next = "f7"\n', encoding="utf-8")
    visit = read_remembered(where)
    assert visit.keys == {"kv": {"next": "f7"}}
    remember(where, visit)
    assert where.settings.read_text(encoding="utf-8").startswith("# mine\n")
    assert read_remembered(where).keys == visit.keys


def test_a_damaged_settings_file_is_told_in_one_sentence(tmp_path: Path) -> None:
    where = places(str(tmp_path))
    where.settings.write_text("[keys]\nkv.next = f7\n", encoding="utf-8")
    found = read_remembered(where)
    assert "settings.toml cannot be read, and nothing in it counts" in found.problem
    assert "line 2" in found.problem
