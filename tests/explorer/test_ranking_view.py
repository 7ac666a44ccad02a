"""The ranking as a view: filters that combine, orders both ways, and views kept under a name."""

from dataclasses import replace
from pathlib import Path

import pytest
from kept_screens import reads_as_kept
from stage import CLASSIC, MEDIUM, WIDE, OtherCatalog, Stage, on_stage

from llmfit_tui.core.ranking.choice import Wanted
from llmfit_tui.core.ranking.rank import Ranked, rank
from llmfit_tui.core.ranking.view import SORTS, RankingView, sorted_rows
from llmfit_tui.core.scenario import Settings
from llmfit_tui.panes.ranking import RankingPane
from llmfit_tui.storage.places import Places
from llmfit_tui.storage.ranking_views import delete_view, read_views, save_view
from llmfit_tui.storage.remembered import Remembered, read_remembered, remember
from scenes import LLAMA_8B, machine, model, scenario, shipped

FEW = OtherCatalog([model(LLAMA_8B), *shipped().models[:24]])
START = scenario(LLAMA_8B, "Q4_K_M", "RTX 3060 12GB")


def _rows(stage: Stage) -> list[Ranked]:
    body = stage.app.screen.query_one("#body", RankingPane)
    return [body.rows[i] for i in body.shown]


def _names(stage: Stage) -> list[str]:
    """Models from the top."""
    return [row.estimate.scenario.model.name for row in _rows(stage)]


def _speeds(stage: Stage) -> list[float | None]:
    return [row.estimate.speed.decode_tok_s for row in _rows(stage)]


async def _open(stage: Stage) -> None:
    await stage.press("r")
    for _ in range(20):
        if "still to be judged" not in stage.text:
            return
        await stage.settle()


@pytest.mark.parametrize("size", [WIDE, MEDIUM, CLASSIC], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_ranking_reads_as_it_did(size: tuple[int, int]) -> None:
    async with on_stage(FEW, size, START) as stage:
        await _open(stage)
        reads_as_kept(f"ranking-{size[0]}x{size[1]}", stage.text)


async def test_it_is_the_ranking_of_the_rank_command() -> None:
    ranking = rank(FEW.models, FEW.quants, START.machine, Settings(), FEW.evidence, Wanted(use="coding"))
    async with on_stage(FEW, MEDIUM, START) as stage:
        await _open(stage)
        await stage.press("u")
        assert "use coding" in stage.text
        assert _names(stage) == [row.estimate.scenario.model.name for row in ranking.rows]
        assert ranking.rows[0].why[:40] in stage.text
        for reason, count in ranking.left_out.items():
            assert f"{reason}: {count}" in stage.text


async def test_filters_combine_and_can_be_taken_away() -> None:
    async with on_stage(FEW, WIDE, START) as stage:
        await _open(stage)
        every = len(_names(stage))
        await stage.press(*"iiii")
        assert "size up to 15.0B" in stage.text
        small = _names(stage)
        assert 0 < len(small) < every
        await stage.press("slash")
        await stage.type("license:apache tok/s>30")
        await stage.press("enter")
        both = _names(stage)
        assert both
        assert set(both) < set(small)
        assert "Llama 3.1 8B Instruct" not in both
        await stage.press("slash", "escape")
        assert _names(stage) == small


async def test_any_column_sorts_both_ways() -> None:
    async with on_stage(FEW, WIDE, START) as stage:
        await _open(stage)
        body = stage.app.screen.query_one("#body")
        y = 1
        title = stage.text.splitlines()[body.region.y + y].index("tok/s")
        await stage.pilot.click("#body", offset=(title - 1, y))
        await stage.settle()
        fast = _speeds(stage)
        assert fast == sorted(fast, key=lambda speed: -(speed or 0))
        assert "tok/s▼" in stage.text
        await stage.press("O")
        assert "tok/s▲" in stage.text
        assert _speeds(stage) == list(reversed(fast))
        await stage.press("tab", "tab", "tab", "tab", "tab", "left")
        assert "order quant" in stage.text


async def test_enter_goes_to_the_model_at_the_quantization_chosen() -> None:
    async with on_stage(FEW, CLASSIC, START) as stage:
        await _open(stage)
        await stage.press("down")
        row = _rows(stage)[1].estimate.scenario
        await stage.press("enter")
        assert stage.scenario.model is row.model
        assert stage.scenario.quant is row.quant
        assert row.model.name[:12] in stage.cursor_row("models")


async def test_a_view_is_kept_under_a_name_and_offered_at_the_next_visit(tmp_path: Path) -> None:
    where = Places(tmp_path)
    async with on_stage(FEW, MEDIUM, START, where) as stage:
        await _open(stage)
        await stage.press("u", "e", "e", "o")
        await stage.press("n")
        await stage.type("fast coder")
        await stage.press("enter")
        assert "view fast coder" in stage.text
    async with on_stage(FEW, MEDIUM, START, where) as stage:
        await _open(stage)
        await stage.press("v")
        for text in ("use coding", "speed from 5 tok/s", "order model", "view fast coder"):
            assert text in stage.text
        await stage.press("d")
        assert "view not kept" in stage.text
    assert read_views(where) == {}


def test_views_live_beside_what_else_is_remembered(tmp_path: Path) -> None:
    where = Places(tmp_path)
    where.settings.parent.mkdir(exist_ok=True)
    where.settings.write_text('# mine\nschema = 1\n[keys]\nkv.next = "v"\n', encoding="utf-8")
    wanted = Wanted(use="coding", min_tok_s=20.0, max_parameters=15_000_000_000, license="apache")
    view = RankingView(wanted, "speed", True, "tok/s>30")
    save_view(where, 'with "quotes" and . points', view)
    save_view(where, "usual", RankingView())
    remember(where, Remembered(model="x"))
    assert read_views(where) == {'with "quotes" and . points': view, "usual": RankingView()}
    assert read_remembered(where).model == "x"
    delete_view(where, "usual")
    text = where.settings.read_text(encoding="utf-8")
    assert "# mine" in text
    assert 'kv.next = "v"' in text
    assert list(read_views(where)) == ['with "quotes" and . points']


def test_what_cannot_be_read_of_a_view_is_left_as_usual(tmp_path: Path) -> None:
    where = Places(tmp_path)
    where.settings.write_text(
        'schema = 1\n[views.odd]\nuse = "juggling"\nmin_tok_s = "fast"\nmax_parameters = -3\n'
        'column = 7\nturned = "no"\nlicense = ["mit"]\n[views]\nnone = 3\n',
        encoding="utf-8",
    )
    assert read_views(where) in ({}, {"odd": RankingView()})
    where.settings.write_text('schema = 1\n[views.odd]\nuse = "juggling"\nmin_tok_s = true\n', "utf-8")
    assert read_views(where) == {"odd": RankingView()}


def test_unknown_comes_last_whichever_way_round() -> None:
    ranking = rank(FEW.models, FEW.quants, machine("RTX 4090"), Settings(), FEW.evidence, Wanted())
    rows = [*ranking.rows, replace(ranking.rows[0], rank=None, score=None)]
    for column in SORTS:
        for turned in (False, True):
            shown = sorted_rows(rows, column, turned)
            assert sorted(map(id, shown)) == sorted(map(id, rows))
        if column in {"rank", "score"}:
            assert all(sorted_rows(rows, column, turned)[-1].score is None for turned in (False, True))
