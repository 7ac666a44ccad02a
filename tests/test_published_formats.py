"""Sizes of published repositories in formats other than GGUF, as exactly as their listings print them."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from llmfit_tui.core.memory.modeltensors import plan_of
from llmfit_tui.core.tensors.formats import format_named
from llmfit_tui.core.tensors.quantized import MAINLINE, Quantized
from llmfit_tui.core.tensors.storing import stored_as
from llmfit_tui.core.tensors.variants import variant_named, variants_of_format
from scenes import FIXTURES, model

UNITS = {"B": 1, "MB": 10**6, "GB": 10**9, "GiB": 2**30}
LISTED: dict[str, Any] = json.loads((FIXTURES / "tensors" / "format_files.json").read_text(encoding="utf-8"))


def listed_bytes(sizes: list[str]) -> tuple[float, float]:
    """(bytes, how far they may be rounded): three digits are printed, so "4.96 GB" is 4.955 to 4.965."""
    total = rounding = 0.0
    for size in sizes:
        number, unit = size.split()
        whole = len(number.partition(".")[0])
        digits = 0 if unit == "B" else 1 if unit == "GiB" else max(3 - whole, 0)
        total += float(number) * UNITS[unit]
        rounding += 0.0 if unit == "B" else 0.5 * 10.0**-digits * UNITS[unit]
    return total, rounding


@cache
def stored(name: str, form: str, variant: str | None = None) -> Quantized:
    plan, rule = plan_of(model(name)), format_named(form)
    assert plan is not None
    assert rule is not None
    practice = MAINLINE
    if variant is not None:
        practice = variant_named(variant, variants_of_format(plan, rule), form).practice
    made = stored_as(plan, form, practice)
    assert made is not None
    return made


def errors() -> Iterator[tuple[str, str, float]]:
    """(format, model, how far off beyond rounding, as a signed share of the published size)."""
    for form, name, sizes, _ in LISTED["files"]:
        yield form, name, off(stored(name, form).tensor_bytes, sizes)
    for form, name, sizes, _ in LISTED["without_embedding"]:
        made = stored(name, form)
        embedding = sum(piece.bytes for piece in made.of("token_embd"))
        yield form, name, off(made.tensor_bytes - embedding, sizes)


def off(ours: int, sizes: list[str]) -> float:
    published, rounding = listed_bytes(sizes)
    beyond = max(abs(ours - published) - rounding, 0.0) / published
    return beyond if ours >= published else -beyond


def test_repositories_have_the_size_we_say_in_every_format_that_could_be_found() -> None:
    found = list(errors())
    assert len(found) == 49
    assert {form.partition("-")[0] for form, _, _ in found} >= {
        "AWQ",
        "GPTQ",
        "FP8",
        "INT8",
        "BNB",
        "MLX",
        "EXL2",
    }
    assert max(abs(error) for _, _, error in found) < 0.0015


def test_groups_bits_and_heads_are_all_counted() -> None:
    """Nearly all are right to the last digit printed; a file's own header is some 100 kB."""
    assert sorted(abs(error) for _, _, error in errors())[44] < 0.0005


@pytest.mark.parametrize("row", LISTED["other_practices"])
def test_what_is_made_differently_is_off_for_the_reason_named(row: list[Any]) -> None:
    form, name, sizes, _, why, variant = row
    assert abs(off(stored(name, form).tensor_bytes, sizes)) > 0.004, why
    if variant is not None:
        assert abs(off(stored(name, form, variant).tensor_bytes, sizes)) < 0.0015, why


def test_every_listing_can_be_looked_up() -> None:
    rows = [row for part in ("files", "without_embedding", "other_practices") for row in LISTED[part]]
    assert all(row[3].startswith("https://huggingface.co/") for row in rows)
