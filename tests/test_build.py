"""Builds of llama.cpp: what an older one reserves that the newest does not."""

import pytest

from llmfit_tui.core.build import NEWEST, Build, build_named
from llmfit_tui.core.errors import BadValue
from scenes import LLAMA_8B, QWEN, ask, estimated, run


def device(build: Build, **settings: object) -> int:
    found = estimated(QWEN, "Q4_K_M", "RTX 4090", build=build, **settings)
    return found.placement.gpus[0].compute_bytes


def host(build: Build, **settings: object) -> int:
    found = estimated(LLAMA_8B, "Q4_K_M", "RTX 4090", build=build, **settings)
    return found.placement.host.compute_bytes


def test_the_newest_build_has_every_change() -> None:
    assert NEWEST.half_precision_mask
    assert NEWEST.outputs_per_slot
    assert NEWEST.output_counts_as_layer
    assert (NEWEST.embedding_inputs, Build(7780).embedding_inputs, str(Build(9010))) == (2, 1, "b9010")


def test_a_server_of_early_2026_reserves_logits_for_the_whole_micro_batch() -> None:
    assert device(Build(9459)) > 5 * device(Build(9460))
    assert device(Build(9459)) == device(Build(9459), outputs_per_batch=True)


def test_the_mask_on_the_host_was_twice_as_large() -> None:
    masks = 8192 * 512
    assert host(Build(9409), context=8192) - host(Build(9410), context=8192) == 2 * masks


def test_each_token_had_one_row_of_inputs_before_it_had_two() -> None:
    assert host(Build(8133)) - host(Build(7780)) == 4 * 512 * 4096


def test_a_build_is_named_by_its_tag() -> None:
    assert build_named("b9410", "--build") == build_named(" 9410 ", "--build") == Build(9410)
    assert build_named("newest", "--build") is NEWEST
    old, new = (ask(QWEN, "--quant", "Q8_0", *words) for words in (("--build", "b9010"), ()))
    assert old["memory"]["compute_bytes"] > 5 * new["memory"]["compute_bytes"]


@pytest.mark.parametrize("text", ["b", "latest", "1.2", "b94100000", "-1", ""])
def test_what_is_not_a_build_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(BadValue, match="such as b9410 was expected"):
        build_named(text, "--build")


def test_builds_too_old_to_be_described_are_refused() -> None:
    answer = run("estimate", QWEN, "--build", "b2797")
    assert (answer.code, answer.out) == (2, "")
    assert "b2797 is older than b5000, the oldest build described." in answer.err
