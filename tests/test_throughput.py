"""Several slots at once: more in all than one, less than each alone, and told apart from a single stream."""

import pytest

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.speed.throughput import Throughput, weights_read
from llmfit_tui.core.speed.work import work_of
from scenes import LLAMA_8B, LLAMA_70B, QWEN_MOE, estimated, machine, run

LITE = "deepseek-ai/DeepSeek-V2-Lite-Chat"


def together(found: Estimate) -> Throughput:
    made = found.throughput
    assert made is not None
    return made


def slots(count: int, name: str = LLAMA_8B, place: str = "RTX 4090", quant: str = "Q4_K_M") -> Estimate:
    return estimated(name, quant, place, context=256 * count, parallel=count)


@pytest.mark.parametrize(("name", "place"), [(LLAMA_8B, "RTX 4090"), (QWEN_MOE, "M2 Ultra 76")])
def test_more_slots_make_more_tokens_and_never_more_than_as_many_streams(name: str, place: str) -> None:
    made = [together(slots(count, name, place)) for count in (2, 4, 8, 16, 32)]
    single = slots(1, name, place).speed
    assert single.decode_tok_s is not None
    rates = [one.tok_s for one in made]
    assert rates == sorted(rates)
    for one in made:
        assert one.low < one.tok_s < one.high <= one.slots * (single.decode_high or 0) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("name", "quant", "place", "count", "measured"),
    [
        (LLAMA_8B, "Q4_0", "RTX 3090", 2, 280),
        (LLAMA_8B, "Q4_0", "RTX 3090", 8, 584),
        (LLAMA_8B, "BF16", "RTX 4090", 8, 485),
        (LITE, "Q4_0", "RTX 3090", 8, 475),
        (LITE, "Q4_0", "RTX 3090", 128, 2253),
    ],
)
def test_published_batches_lie_within_the_band(
    name: str, quant: str, place: str, count: int, measured: float
) -> None:
    """From llama.cpp's pull requests 15802, 15131 and 15525: micro-batches of so many tokens."""
    made = together(slots(count, name, place, quant))
    assert made.low < measured < made.high


def test_slots_ask_for_different_experts() -> None:
    dense, sparse = slots(8), slots(8, QWEN_MOE)
    assert weights_read(dense.arch, work_of(dense.scenario, dense.arch), 8) == 1
    read = [weights_read(sparse.arch, work_of(sparse.scenario, sparse.arch), count) for count in (1, 8, 4096)]
    assert read[0] == pytest.approx(1)
    assert 3 < read[1] < 8
    assert read[2] == pytest.approx((sparse.scenario.model.parameters or 0) / 3.3e9, rel=0.1)


def test_one_slot_has_no_throughput_and_a_split_has_one() -> None:
    assert slots(1).throughput is None
    split = estimated(LLAMA_70B, "Q4_K_M", machine("RTX 4090", ram_gib=128), parallel=4)
    assert together(split).tok_s > (split.speed.decode_tok_s or 0)


def test_it_is_told_apart_in_json_and_words() -> None:
    words = ("estimate", LLAMA_8B, "--quant", "Q4_K_M", "--hardware", "RTX 4090")
    alone, several = (run(*words, "-np", count, "--json").estimate["speed"] for count in ("1", "8"))
    assert alone["throughput"] is None
    assert several["decode_tok_s"] == alone["decode_tok_s"]
    told = several["throughput"]
    assert (told["slots"], told["basis"]) == (8, "rough")
    assert told["low"] < told["tok_s"] < told["high"]
    said = " ".join(run(*words, "-np", "8").out.split())
    assert "tok/s each slot alone" in said
    assert "8 slots at once: about" in said
