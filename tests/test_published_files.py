"""Sizes of published GGUF files, read as exactly as they were printed."""

import gzip
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from llmfit_tui.core.memory.modeltensors import tensors_of
from llmfit_tui.core.scenario import Settings, uses_imatrix
from llmfit_tui.core.tensors.header import file_bytes
from scenes import FIXTURES, estimated, model, quant


@cache
def listing() -> tuple[dict[str, str], tuple[list[Any], ...]]:
    """Repositories with a mix of their own, and rows: repository, model, type, bytes, rounding, variant."""
    with gzip.open(FIXTURES / "tensors" / "published_files.jsonl.gz", "rt", encoding="utf-8") as lines:
        return json.loads(next(lines))["own_mixes"], tuple(json.loads(line) for line in lines)


@cache
def explained() -> dict[str, str]:
    """Repositories with files that no variant fits, and what they are."""
    with gzip.open(FIXTURES / "tensors" / "published_files.jsonl.gz", "rt", encoding="utf-8") as lines:
        return json.loads(next(lines))["explained"]


@cache
def errors() -> tuple[tuple[str, float, float], ...]:
    """(repository, by its variant, by the usual one): how far beyond the rounding, as a share of the file."""
    found: list[tuple[str, float, float]] = []
    for repository, name, file_type, published, rounding, variant in listing()[1]:
        form, off = quant(file_type), list[float]()
        for which in (variant, None):
            made = tensors_of(model(name), form, uses_imatrix(Settings(), form), which)
            assert made is not None
            off.append(max(abs(file_bytes(made) - published) - rounding, 0) / published)
        found.append((repository, off[0], off[1]))
    return tuple(found)


def share(found: list[float], part: float) -> float:
    return sorted(found)[int(part * len(found))]


def test_published_files_have_the_size_we_say() -> None:
    """1,757 files of 127 repositories, each by the variant its repository is known to hold."""
    found = [named for _, named, _ in errors()]
    assert len(found) == 1757
    assert share(found, 0.5) <= 0.001
    assert share(found, 0.9) <= 0.015


def test_but_for_mixes_of_their_own_nearly_all_are_right_to_the_last_digit_printed() -> None:
    found = [named for repository, named, _ in errors() if repository not in listing()[0]]
    assert sum(error < 0.001 for error in found) > 0.96 * len(found)


def test_the_usual_variant_is_right_for_most_files() -> None:
    found = [usual for repository, _, usual in errors() if repository not in listing()[0]]
    assert share(found, 0.9) <= 0.005


def test_every_repository_that_is_off_is_named() -> None:
    own, rows = listing()
    assert set(own) <= {row[0] for row in rows}
    assert all(own.values())
    assert len(own) < 0.2 * len({row[0] for row in rows})


def dynamic() -> Iterator[tuple[str, float, bool]]:
    """Unsloth's UD files: type, how far off beyond the rounding, and whether in the range we name."""
    with gzip.open(FIXTURES / "tensors" / "dynamic_files.jsonl.gz", "rt", encoding="utf-8") as lines:
        next(lines)
        for _, name, file_type, published, rounding in map(json.loads, lines):
            weights = estimated(name, file_type, "RTX 4090").weights
            assert weights.file_range is not None
            low, high = weights.file_range
            off = max(abs(weights.file_bytes - published) - rounding, 0) / published
            yield file_type, off, low - rounding <= published <= high + rounding


def test_dynamic_files_lie_where_we_say_nine_of_ten_do() -> None:
    """The recipe is not written down, and its sizes are fitted on these very files."""
    found = list(dynamic())
    assert len(found) == 283
    assert 0.88 < sum(inside for _, _, inside in found) / len(found) < 0.97
    assert share([off for _, off, _ in found], 0.5) < 0.02
    assert share([off for _, off, _ in found], 0.9) < 0.12
