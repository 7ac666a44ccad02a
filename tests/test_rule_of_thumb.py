"""The rule of thumb reproduces the page it comes from, figure by figure."""

import json
from typing import Any

import pytest

from llmfit_tui.core.ruleofthumb import RuleOfThumb, rule_of_thumb
from llmfit_tui.core.scenario import architecture
from scenes import FIXTURES, LLAMA_8B, model, quant

PAGE: dict[str, Any] = json.loads((FIXTURES / "compatibility_page.json").read_text(encoding="utf-8"))


def rule(
    type_name: str, vendor: str | None = None, bandwidth: int | None = None, name: str = PAGE["model"]
) -> RuleOfThumb:
    one = model(name)
    return rule_of_thumb(one, architecture(one), quant(type_name), vendor, bandwidth)


def test_the_page_has_19_quantizations() -> None:
    assert len(PAGE["quantizations"]) == 19


@pytest.mark.parametrize("row", PAGE["quantizations"], ids=lambda row: row["quant"])
def test_the_pages_three_sizes_come_out(row: dict[str, Any]) -> None:
    found = rule(row["quant"])
    assert (found.weights_gb, found.vram_gb, found.vram_full_context_gb) == (
        row["file_gb"],
        row["vram_gb"],
        row["vram_full_context_gb"],
    )


@pytest.mark.parametrize("device", PAGE["speed_tok_s_q4_k_m"])
def test_the_pages_speeds_come_out_within_a_per_cent(device: str) -> None:
    told = PAGE["speed_tok_s_q4_k_m"][device]
    vendor = device.split()[0]
    found = rule("Q4_K_M", vendor, told["bandwidth_gb_s"] * 10**9)
    assert found.decode_tok_s == pytest.approx(told["tok_s"], rel=0.01)


def test_it_has_no_speed_where_it_has_no_efficiency_or_no_bandwidth() -> None:
    assert rule("Q4_K_M", "Apple", 400 * 10**9).decode_tok_s is None
    assert rule("Q4_K_M", "NVIDIA", None).decode_tok_s is None


def test_it_speaks_of_any_model() -> None:
    found = rule("Q4_K_M", name=LLAMA_8B)
    assert found.weights_gb == pytest.approx(8.03 * 4.8 / 8, abs=0.01)


def test_a_model_of_unknown_size_has_no_figures() -> None:
    assert rule("Q4_K_M", name="stepfun-ai/Step-3.5-Flash") == RuleOfThumb(None, None, None, None)
