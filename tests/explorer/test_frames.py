"""What is worked out when: the cursor and its estimate first, other rows in the frames after it."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

import pytest
from stage import MEDIUM, Stage, on_stage

from llmfit_tui.panes.direct import Frames
from llmfit_tui.panes.fitmap import A_FRAME, FitMap
from llmfit_tui.panes.painted import Line
from llmfit_tui.storage.catalogs import Catalog

REST = 1000
"""Seconds: nothing but what a key asks for is worked out."""
T = TypeVar("T")


def at_every_frame(monkeypatch: pytest.MonkeyPatch, look: Callable[[], T]) -> list[T]:
    """What is seen after each frame from now on."""
    seen: list[T] = []
    paint = Frames.paint

    def painted(frames: Frames) -> None:
        paint(frames)
        seen.append(look())

    monkeypatch.setattr(Frames, "paint", painted)
    return seen


def made(stage: Stage) -> int:
    """Estimates that were not known before."""
    return stage.explorer.estimates.made


@pytest.mark.parametrize(("pane", "keys"), [("1", ("down",)), ("2", ("down",)), ("3", ("down", "home"))])
async def test_no_row_of_another_list_is_worked_out_before_the_cursor_and_its_estimate_stand(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch, pane: str, keys: tuple[str, ...]
) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        stage.explorer.rests_after_s = REST
        await stage.press(pane)
        for key in keys:
            before, old = made(stage), stage.explorer.panel.found
            seen = at_every_frame(monkeypatch, lambda: (stage.explorer.panel.found, made(stage)))
            await stage.press(key)
            first = next(count for found, count in seen if found is not old)
            assert first - before <= 2
            assert made(stage) - before > 20 or key == "home"


async def test_quick_keys_leave_no_work_behind_for_scenarios_that_went(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        stage.explorer.rests_after_s = REST
        before = made(stage)
        await stage.press("down")
        of_one, before = made(stage) - before, made(stage)
        await stage.press(*["down"] * 8)
        assert made(stage) - before < 3 * of_one


async def test_a_list_never_mixes_rows_of_two_scenarios(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        stage.explorer.rests_after_s = REST
        old = stage.rows("quants")
        seen = at_every_frame(monkeypatch, lambda: stage.rows("quants"))
        await stage.press("down")
        new = stage.rows("quants")
        assert sum(a != b for a, b in zip(old, new, strict=True)) > 10
        assert all(rows in (old, new) for rows in seen)


async def test_where_every_row_is_known_one_frame_shows_all(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        stage.explorer.rests_after_s = REST
        for key in ("k", "K"):
            await stage.press(key)
        before, seen = made(stage), at_every_frame(monkeypatch, lambda: stage.text)
        await stage.press("k")
        assert made(stage) == before
        assert seen == [stage.text]


async def test_lists_that_a_view_covers_rest_until_it_closes(catalog: Catalog) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        stage.explorer.rests_after_s = REST
        await stage.press("g")
        before = made(stage)
        await stage.press("down")
        await stage.press("right")
        assert made(stage) - before <= 2
        await stage.press("escape")
        assert made(stage) - before > 20
        assert stage.scenario.quant.name in stage.cursor_row("quants")


async def test_the_fit_map_fills_a_few_cells_a_frame_and_remembers_them(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_stage(catalog, MEDIUM) as stage:
        stage.explorer.rests_after_s = REST
        seen, lines = [made(stage)], FitMap.lines

        def noted(fit_map: FitMap, width: int, height: int) -> Sequence[Line]:
            made_of = lines(fit_map, width, height)
            seen.append(made(stage))
            return made_of

        monkeypatch.setattr(FitMap, "lines", noted)
        await stage.press("g")
        assert seen[-1] - seen[0] > A_FRAME
        assert max(after - before for before, after in pairwise(seen)) <= A_FRAME + 1
        await stage.press("escape")
        before = made(stage)
        await stage.press("g")
        assert made(stage) == before
