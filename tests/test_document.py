"""Amounts in words: GiB for memory, decimal GB for files, and a dash for what is unknown."""

import pytest

from llmfit_tui.core.answers.limits import Limits
from llmfit_tui.format import amounts
from llmfit_tui.format.document import device_document, estimate_document, model_document, quant_document
from llmfit_tui.format.verdict import speed_parts, verdict
from scenes import LLAMA_8B, QWEN, estimated, shipped

GIB = 2**30
WORDS = (
    amounts.gib,
    amounts.gb,
    amounts.count,
    amounts.tokens,
    amounts.rate,
    amounts.percent,
    amounts.agreement,
    amounts.bandwidth,
    amounts.seconds,
    amounts.bits,
)


@pytest.mark.parametrize("words", WORDS, ids=lambda function: function.__name__)
def test_unknown_is_a_dash(words: object) -> None:
    assert callable(words)
    assert words(None) == amounts.DASH


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0.00 GiB"),
        (GIB // 2, "0.50 GiB"),
        (1.5 * GIB, "1.5 GiB"),
        (24 * GIB, "24.0 GiB"),
        (1500 * GIB, "1,500 GiB"),
    ],
)
def test_memory_is_gib_and_says_so(size: float, text: str) -> None:
    assert amounts.gib(size) == text


@pytest.mark.parametrize(
    ("size", "text"), [(398e6, "398 MB"), (4.92e9, "4.92 GB"), (40.1e9, "40.1 GB"), (1.3e12, "1.30 TB")]
)
def test_files_are_decimal_gb_and_say_so(size: float, text: str) -> None:
    assert amounts.gb(size) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(494e6, "494M"), (7.6e9, "7.6B"), (70.6e9, "70.6B"), (235e9, "235B"), (1.04e12, "1.04T")],
)
def test_parameters_are_counted_as_publishers_do(number: float, text: str) -> None:
    assert amounts.count(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(8192, "8,192"), (32_768, "32k"), (131_072, "128k"), (1 << 20, "1M"), (40_000, "40,000")],
)
def test_tokens_are_short_where_that_is_exact(number: int, text: str) -> None:
    assert amounts.tokens(number) == text


@pytest.mark.parametrize(
    ("tok_s", "text"),
    [(0.44, "0.4"), (9.96, "10"), (12.4, "12"), (99.6, "100"), (353, "350"), (4702, "4,700")],
)
def test_speeds_show_no_more_digits_than_are_known(tok_s: float, text: str) -> None:
    assert amounts.rate(tok_s) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.012, "12 ms"), (0.8, "0.8 s"), (34, "34 s"), (300, "5 min")]
)
def test_short_times_are_readable(seconds: float, text: str) -> None:
    assert amounts.seconds(seconds) == text


def test_a_document_says_what_the_estimate_says() -> None:
    found = estimated(LLAMA_8B, "Q4_K_M", "RTX 4090")
    document = estimate_document(found, Limits(1234, None))
    assert document["rating"]["label"] == found.rating.label
    assert document["memory"]["total_bytes"] == found.total_bytes
    assert document["limits"] == {"max_context": 1234, "max_parallel": None}
    assert document["model"]["parameters"] == found.scenario.model.parameters


def test_every_catalog_entry_becomes_a_document() -> None:
    assert all(model_document(one)["id"] for one in shipped().models)
    assert all(quant_document(one)["name"] for one in shipped().quants)
    assert all(device_document(one)["name"] for one in shipped().devices)


def test_the_verdict_says_where_a_model_runs() -> None:
    assert "stays free" in verdict(estimated(QWEN, "Q4_K_M", "RTX 4090"))
    assert "layers on the GPU" in verdict(estimated(LLAMA_8B, "F16", "RTX 3060 8GB"))
    assert "would need" in verdict(estimated("deepseek-ai/DeepSeek-V3", "Q8_0", "RTX 4090"))


def test_a_speed_that_is_never_reached_is_conditional() -> None:
    found = estimated("deepseek-ai/DeepSeek-V3", "Q8_0", "RTX 4090")
    assert speed_parts(found)[0].startswith("if it ran, ")
