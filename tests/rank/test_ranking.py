"""The order of models on a machine: by score, ties as ties, and only what was asked for."""

from dataclasses import replace
from typing import Any

import pytest

from llmfit_tui.core.answers.recommend import recommended
from llmfit_tui.core.estimate import estimate
from llmfit_tui.core.ranking.choice import Wanted
from llmfit_tui.core.ranking.rank import TIE_POINTS, Ranking, rank
from llmfit_tui.core.rating import USABLE_LEVEL
from llmfit_tui.core.scenario import Scenario, Settings
from scenes import machine, shipped, sized_models

SOME = sized_models()[:90:2]


def ranked(place: str = "RTX 4090", **wanted: Any) -> Ranking:
    asked = replace(Wanted(), **wanted)
    return rank(SOME, shipped().quants, machine(place), Settings(), shipped().evidence, asked)


def test_better_scores_come_first_and_less_than_two_points_is_a_tie() -> None:
    rows = [row for row in ranked(use="coding").rows if row.estimate.rating.level >= USABLE_LEVEL]
    scored = [row for row in rows if row.score]
    assert len(scored) > 10
    for place, row in enumerate(scored, start=1):
        assert row.rank is not None
        assert row.rank <= place
        others = [one for one in scored if one.rank == row.rank]
        assert row.tied == len(others)
        values = [one.score.value for one in others if one.score]
        assert max(values) - min(values) < TIE_POINTS
    by_rank = {
        row.rank: max(r.score.value for r in scored if r.score and r.rank == row.rank) for row in scored
    }
    assert list(by_rank.values()) == sorted(by_rank.values(), reverse=True)


def test_a_model_nobody_scored_has_no_rank_and_says_so() -> None:
    rows = [row for row in ranked(use="tools").rows if row.score is None]
    assert rows
    assert all(row.rank is None and "no independent tools score" in row.why for row in rows)
    assert all(not row.estimate.scenario.model.capability.get("tools") for row in rows)


def test_everything_asked_for_is_kept() -> None:
    found = ranked(
        min_tok_s=30.0,
        min_context=32_768,
        min_agree_percent=90.0,
        max_parameters=30 * 10**9,
        license="apache",
    )
    assert found.rows
    for row in found.rows:
        one = row.estimate
        assert (one.speed.decode_tok_s or 0) >= 30
        assert one.scenario.settings.context >= 32_768
        assert one.quality is not None
        assert one.quality.agree_percent >= 90
        assert "apache" in (one.scenario.model.license or "")
        assert (one.scenario.model.parameters or 0) <= 30 * 10**9
    assert len(found.rows) + sum(found.left_out.values()) == len(SOME)


def test_what_is_slow_comes_after_what_is_usable() -> None:
    levels = [row.estimate.rating.level >= USABLE_LEVEL for row in ranked("RTX 3060 12GB").rows]
    assert levels == sorted(levels, reverse=True)


@pytest.mark.parametrize("place", ["RTX 4090", "RTX 3060 12GB"])
def test_the_quantization_is_the_recommended_one(place: str) -> None:
    rows = ranked(place).rows[:24]
    other = 0
    for row in rows:
        best = recommended(row.estimate.scenario, shipped().quants, shipped().evidence)
        assert best is not None
        other += row.estimate.scenario.quant is not best.scenario.quant
    # A few stop at a type because the guess for the better one was a little too low.
    assert other <= len(rows) / 8


def test_a_row_is_the_estimate_anyone_would_get() -> None:
    row = ranked().rows[0]
    one = row.estimate.scenario
    again = Scenario(one.model, one.quant, one.machine, one.settings)
    assert estimate(again, shipped().evidence).speed == row.estimate.speed
