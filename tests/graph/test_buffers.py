"""Compute buffers planned on each architecture's graph, beside those llama.cpp's allocator made."""

import random
from collections.abc import Iterable
from functools import cache
from statistics import mean

import pytest

from graph.truth import Compared, Row, architecture_of, compared, fixture, kind_of
from llmfit_tui.core.graph.plan import is_described

RECONSTRUCTED = frozenset({"inclusionAI/Ling-mini-2.0"})
"""The published configuration lacks what the file states of its experts' weights."""


@cache
def by_kind_and_architecture() -> dict[tuple[str, str], list[Row]]:
    """The fixture, sorted."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in fixture():
        found.setdefault((kind_of(row), architecture_of(row)), []).append(row)
    return found


def described(kind: str) -> list[str]:
    """Architectures with a graph and rows of this kind."""
    return sorted({name for k, name in by_kind_and_architecture() if k == kind and is_described(name)})


def drawn(kind: str, architecture: str, count: int) -> list[Row]:
    """A few rows, the same in every run."""
    rows = by_kind_and_architecture()[kind, architecture]
    return random.Random(f"{kind} {architecture}").sample(rows, min(count, len(rows)))


def wrong(buffers: Iterable[Compared]) -> list[tuple[object, ...]]:
    """Those that are not equal to the byte."""
    return [
        (b.row, b.device, b.predicted_bytes, b.truth_bytes)
        for b in buffers
        if b.row["model"] not in RECONSTRUCTED and (not b.planned or b.predicted_bytes != b.truth_bytes)
    ]


@pytest.mark.parametrize("architecture", described("cpu"))
def test_buffers_on_the_cpu_equal_llama_cpp_to_the_byte(architecture: str) -> None:
    assert not wrong(compared(drawn("cpu", architecture, 3)))


@pytest.mark.parametrize("architecture", described("one gpu"))
def test_buffers_on_one_gpu_and_its_host_equal_llama_cpp_to_the_byte(architecture: str) -> None:
    assert not wrong(compared(drawn("one gpu", architecture, 2)))


@pytest.mark.parametrize(
    ("kind", "at_most"), [("several gpus", 0.005), ("partly", 0.002), ("experts", 0.001), ("cache", 0.01)]
)
def test_buffers_of_mixed_placements_are_close(kind: str, at_most: float) -> None:
    names = random.Random(kind).sample(described(kind), 12)
    sample = [row for name in names for row in drawn(kind, name, 1)]
    assert mean(abs(b.error) for b in compared(sample)) < at_most


@pytest.mark.soak
def test_every_buffer_on_the_cpu_or_on_one_gpu_equals_llama_cpp() -> None:
    exact = [row for row in fixture() if kind_of(row) in ("cpu", "one gpu")]
    assert not wrong(compared(row for row in exact if is_described(architecture_of(row))))


@pytest.mark.soak
@pytest.mark.parametrize(
    ("kind", "device", "at_most"),
    [
        ("several gpus", "gpu", 0.0005),
        ("several gpus", "host", 0.0),
        ("partly", "gpu", 0.0),
        ("partly", "host", 0.0),
        ("experts", "gpu", 0.0005),
        ("cache", "gpu", 0.0),
    ],
)
def test_every_mixed_placement_is_close_on_average(kind: str, device: str, at_most: float) -> None:
    rows = [row for row in fixture() if kind_of(row) == kind and is_described(architecture_of(row))]
    assert mean(abs(b.error) for b in compared(rows) if b.device == device) <= at_most


def test_every_architecture_of_the_fixture_has_its_graph_described() -> None:
    assert all(is_described(name) for _, name in by_kind_and_architecture())


def test_an_architecture_without_a_graph_is_estimated_by_the_formula_and_says_so() -> None:
    row = drawn("cpu", "llama", 1)[0]
    (buffer,) = compared([{**row, "model": "facebook/opt-6.7b", "quant": "F16"}])
    assert not buffer.planned
    assert buffer.predicted_bytes
