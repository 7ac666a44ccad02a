"""Quality that somebody measured is shown as measured, and a KV cache has a figure of its own."""

import math

import pytest

from llmfit_tui.core.cachequality import CacheQuality, cache_quality
from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.core.quality import DIVERGENCE, ESTIMATED, MEASURED, Quality, quality_of
from llmfit_tui.core.qualityrows import AGREE
from llmfit_tui.core.scenario import architecture
from llmfit_tui.format.why.figures import derivations
from scenes import LLAMA_8B, QWEN, QWEN_MOE, Answer, estimated, model, quant, run, shipped

LLAMA_2 = "meta-llama/Llama-2-7b-hf"


def quality(name: str, type_name: str, imatrix: bool = False) -> Quality:
    asked = ("estimate", name, "--quant", type_name, "--imatrix" if imatrix else "--no-imatrix", "--json")
    told = run(*asked, "--hardware", "RTX 4090").estimate["quality"]
    return Quality(*(told[key] for key in ("agree_percent", "agree_low", "agree_high", "basis", "source")))


def test_an_agreement_measured_of_the_very_checkpoint_is_shown_with_its_source() -> None:
    found = quality(LLAMA_2, "Q4_K_M")
    assert (found.basis, found.agree_percent) == (MEASURED, pytest.approx(94.67, abs=0.01))
    assert "perplexity/README" in found.source


def test_a_measured_divergence_gives_the_agreement_in_a_narrow_band() -> None:
    measured, guessed = quality(LLAMA_8B, "IQ4_XS", imatrix=True), quality(LLAMA_8B, "IQ4_NL", imatrix=True)
    assert (measured.basis, guessed.basis) == (DIVERGENCE, ESTIMATED)
    assert measured.agree_high - measured.agree_low < guessed.agree_high - guessed.agree_low
    fit = shipped().quality_fit
    expected = 100 * math.exp(fit.agree_coefficient * 0.023**fit.agree_exponent)
    assert measured.agree_percent == pytest.approx(expected, abs=0.01)


def test_another_checkpoint_or_a_file_made_otherwise_is_not_what_was_measured() -> None:
    assert quality("meta-llama/Llama-2-7b-chat-hf", "Q4_K_M").basis == ESTIMATED
    assert quality(LLAMA_8B, "Q4_K_M", imatrix=True).basis == DIVERGENCE
    assert quality(LLAMA_8B, "Q4_K_M").basis == ESTIMATED


def test_no_measured_leaves_them_out() -> None:
    words = ("estimate", LLAMA_2, "--quant", "Q4_K_M", "--hardware", "RTX 4090", "--json", "--no-measured")
    assert run(*words).estimate["quality"]["basis"] == ESTIMATED


def test_every_row_names_a_checkpoint_and_a_type_of_the_catalogs_and_a_source() -> None:
    fit = shipped().quality_fit
    ids = {checkpoint.id for one in shipped().models for checkpoint in one.checkpoints}
    types = {one.name for one in shipped().quants}
    assert len(fit.measured) > 80
    for row in fit.measured:
        assert row.model in ids
        assert row.quant in types
        assert fit.measured_sources[row.source][0]
        assert 0 < row.value < (100 if row.what == AGREE else 5)
    for row in fit.kv_measured:
        assert KVType(row.key_type)
        assert KVType(row.value_type)


def cache(name: str, keys: str, values: str) -> CacheQuality | None:
    return cache_quality(model(name), KVType(keys), KVType(values), shipped().quality_fit)


def test_an_eight_bit_cache_costs_little_and_four_bit_keys_may_cost_a_lot() -> None:
    eight, four = cache(QWEN_MOE, "q8_0", "q8_0"), cache(QWEN_MOE, "q4_0", "f16")
    assert eight is not None
    assert four is not None
    assert 98 < eight.agree_low <= eight.agree_high < 99
    assert not eight.of_this_model
    assert four.of_this_model
    assert four.agree_low < 90 < four.agree_high


def test_types_nobody_measured_together_have_no_figure() -> None:
    assert cache(QWEN, "q4_0", "q4_0") is None
    assert cache(QWEN, "iq4_nl", "f16") is None
    reference = cache(QWEN, "f16", "f16")
    assert reference is not None
    assert reference.agree_percent == 100


def asked(types: str) -> Answer:
    return run("estimate", LLAMA_8B, "--quant", "Q4_K_M", "--hardware", "RTX 4090", "--kv-type", types)


def test_the_cache_is_told_apart_from_the_weights() -> None:
    weights, both = (
        estimated(LLAMA_8B, "Q4_K_M", "RTX 4090", kv_type_k=kind, kv_type_v=kind)
        for kind in (KVType.F16, KVType.Q8_0)
    )
    assert weights.quality == both.quality
    names = [one.name for one in derivations(weights)]
    assert "KV agreement" not in names
    (told,) = [one for one in derivations(both) if one.name == "KV agreement"]
    assert "98" in told.figure
    assert any("pull/7412" in row.working for row in told.rows)
    assert "KV q8_0 agrees with a 16-bit cache on" in asked("q8_0").out
    assert "what KV q4_0 costs was not measured" in " ".join(asked("q4_0").out.split())


def test_why_shows_what_was_measured_before_the_estimate() -> None:
    measured = quality_of(
        model(LLAMA_8B), architecture(model(LLAMA_8B)), quant("IQ4_XS"), True, shipped().quality_fit
    )
    assert measured is not None
    found = estimated(LLAMA_8B, "IQ4_XS", "RTX 4090")
    assert found.quality == measured
    (told,) = [one for one in derivations(found) if one.key == "quality"]
    words = [row.name for row in told.rows]
    assert words.index("D, mean KL divergence to 16 bit") < words.index("for comparison, the estimate")
    assert any("exllamav3" in row.working for row in told.rows)
