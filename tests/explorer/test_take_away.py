"""Taking a scenario away: copied, exported, and reopened from one line."""

import csv
import json
from pathlib import Path
from typing import cast

import pytest
from stage import CLASSIC, MEDIUM, on_stage

from llmfit_tui.cli.explore import opened_line
from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.core.scenario import Settings
from llmfit_tui.format.scenario_line import read_line, scenario_line
from llmfit_tui.screens.clipboard import sequences
from llmfit_tui.screens.takeaway import TakeawayScreen
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.export import Exists, export_text
from scenes import LLAMA_8B, QWEN_MOE, scenario


async def test_every_text_is_shown_in_full_and_a_copy_says_that_it_may_fail(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        await stage.press("c")
        assert "llama-server -m Qwen2.5-0.5B-Instruct-Q4_K_M.gguf -c 8192" in stage.text
        await stage.press("enter")
        assert "was sent to the clipboard" in stage.text
        await stage.press("end", "down", "down", "down", "down", "down", "down")
        assert "llmfit-tui --scenario '1,model=Qwen/" in stage.text


def test_a_copy_is_wrapped_as_the_multiplexer_wants_it() -> None:
    assert sequences("hi", {}) == "\x1b]52;c;aGk=\x07"
    assert sequences("hi", {"TMUX": "x"}) == "\x1b]52;c;aGk=\x07\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\"
    assert sequences("hi", {"STY": "x"}) == "\x1bP\x1b]52;c;aGk=\x07\x1b\\"


@pytest.mark.parametrize("kind", ["json", "csv", "md", "svg"])
async def test_the_list_and_the_screen_go_to_a_file_of_the_asked_name(
    catalog: Catalog, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with on_stage(catalog, CLASSIC) as stage:
        await stage.press("slash")
        await stage.type("gemma 4")
        await stage.press("enter")
        await stage.press("E")
        await stage.press("ctrl+u")
        await stage.press(*("full_stop" if letter == "." else letter for letter in f"out.{kind}"), "enter")
        assert f"written to out.{kind}" in stage.text
    text = (tmp_path / f"out.{kind}").read_text(encoding="utf-8")
    assert "gemma" in text
    if kind == "json":
        assert len(json.loads(text)["estimates"]) == text.count('"trust"')


def test_a_target_that_cannot_be_written_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    there = tmp_path / "there.csv"
    export_text(str(there), "one")
    with pytest.raises(Exists, match="is there already"):
        export_text(str(there), "two")
    assert there.read_text() == "one"
    export_text(str(there), "two", replace=True)
    assert there.read_text() == "two"
    for name, said in (
        (str(tmp_path), "is a folder"),
        (str(tmp_path / "new.csv") + "/", "is a folder"),
        (str(tmp_path / "no" / "x.csv"), "no such file"),
        (str(tmp_path / "a\0b.csv"), "cannot be written"),
        (str(tmp_path / ("x" * 300 + ".csv")), "too long"),
    ):
        with pytest.raises(LlmfitError, match=said):
            export_text(name, "text")
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["there.csv"]


@pytest.mark.parametrize("hardware", ["RTX 4090", "M3 Max 64GB", "2x RTX 3090"])
def test_a_line_reopens_exactly_the_scenario(catalog: Catalog, hardware: str) -> None:
    asked = scenario(
        QWEN_MOE, "IQ4_XS", hardware, context=40_000, kv_type_k=KVType.Q8_0, parallel=2, flash_attention=False
    )
    line = scenario_line(asked, "map")
    assert " " not in line
    opened = opened_line(catalog, None, line)
    assert (opened.notice, opened.view) == ("", "map")
    assert opened.start == asked


def test_a_line_from_elsewhere_opens_what_it_can_and_names_the_rest(catalog: Catalog) -> None:
    line = f"2,model={LLAMA_8B},quant=Q9_X,hardware=RTX+4090,context=4096,telepathy=on,kv_type_k=f17,view=x"
    opened = opened_line(catalog, None, line)
    assert opened.start.model.id == LLAMA_8B
    assert opened.start.settings == Settings(context=4096)
    for named in ("newer version (2)", "Q9_X", "telepathy=on, kv_type_k=f17", 'view is called "x"'):
        assert named in opened.notice


@pytest.mark.parametrize(("key", "view"), [("g", "map"), ("G", "charts"), ("P", "plan"), ("", "")])
async def test_the_line_taken_away_in_a_view_opens_that_view(catalog: Catalog, key: str, view: str) -> None:
    async with on_stage(catalog) as stage:
        await stage.press(*([key] if key else []), "c")
        screen = cast("TakeawayScreen", stage.app.screen)
        line = dict(screen.body.told)["scenario line: --scenario reopens it"]
        assert opened_line(catalog, None, line).view == view


@pytest.mark.parametrize(
    "text", ["", ",,,", "1", "1,=,a=", "x" * 9000, "1,context=-5,parallel=0", "1,model=%00%1b"]
)
def test_no_line_is_a_crash(catalog: Catalog, text: str) -> None:
    assert opened_line(catalog, None, text).start.settings.context > 0
    assert read_line(text)


async def test_what_a_line_did_not_say_well_is_told_in_the_explorer(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        stage.explorer.notice = "Not opened as told: x."
        stage.explorer.on_mount()
        await stage.settle()
        assert "Not opened as told" in stage.text


@pytest.mark.parametrize(
    ("keys", "name", "rows"),
    [
        (("g",), "llmfit-map.csv", 100),
        (("plus", "3", "down", "equals_sign"), "llmfit-compare.csv", 2),
        (
            ("slash", *"gemma 3", "enter", "plus", "3", "down", "equals_sign", "h"),
            "llmfit-two-machines.csv",
            8,
        ),
    ],
)
async def test_a_view_is_written_as_the_rows_it_shows(
    catalog: Catalog,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    keys: tuple[str, ...],
    name: str,
    rows: int,
) -> None:
    monkeypatch.chdir(tmp_path)
    async with on_stage(catalog) as stage:
        for key in keys:
            await stage.press("space" if key == " " else key)
        await stage.press("E")
        await stage.press("enter")
        assert "written to" in stage.text
    with (tmp_path / name).open(encoding="utf-8") as file:
        written = list(csv.DictReader(file))
    assert len(written) >= rows
    assert all(row["model"] and row["hardware"] for row in written)
    assert any(row["decode_tok_s"] for row in written)
