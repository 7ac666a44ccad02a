"""Whatever a file of a real model says of its shape, opening it ends in an estimate or in one sentence."""

import random
from pathlib import Path
from typing import Any, cast

import pytest

from ggufs import converted, write_model
from llmfit_tui.cli.resolve import Resolver
from llmfit_tui.core.errors import LlmfitError
from scenes import shipped

SAMPLE, ALL = range(0, 1000, 30), range(1000)
HARDWARE = ("RTX 4090", "2x RTX 3090", "cpu")
RESOLVER = Resolver(shipped())


def lied(dice: random.Random, value: Any) -> Any:
    """Another value of the same kind: small, large, reversed, cut, doubled."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, list):
        entries = cast("list[Any]", value)
        return dice.choice((entries[::-1], entries[:3], entries * 2, entries[0]))
    if isinstance(value, int):
        return dice.choice(
            (0, 1, 2, 3, 7, value + 1, value * 2, max(value - 1, 0), value // 2, 1 << 20, 1 << 31)
        )
    return dice.choice((0.0, -1.0, 1e30, float("nan")))


@pytest.mark.parametrize("seeds", [SAMPLE, pytest.param(ALL, marks=pytest.mark.soak)], ids=["sample", "all"])
def test_a_file_that_lies_about_its_shape_is_told_in_one_sentence(seeds: range, tmp_path: Path) -> None:
    for seed in seeds:
        dice = random.Random(seed)
        name, said = dice.choice(converted())
        keys = [key for key, value in said.items() if not isinstance(value, str)]
        extra = {key: lied(dice, said[key]) for key in dice.choices(keys, k=dice.choice((1, 1, 2, 4)))}
        path = write_model(tmp_path / "m.gguf", name, **extra)
        RESOLVER.model.cache_clear()
        problem = told(str(path), dice.choice(HARDWARE))
        assert problem.isprintable(), (seed, problem)
        assert not problem or problem.endswith("."), (seed, problem)
        assert len(problem) < 600, (seed, problem)


def told(path: str, hardware: str) -> str:
    """The sentence said about a file; empty where it could be estimated."""
    try:
        RESOLVER.estimates(path, {"hardware": hardware})
    except LlmfitError as problem:
        return str(problem)
    return ""
