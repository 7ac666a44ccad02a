"""Sizes in formats other than GGUF."""

import json
from typing import Any

import pytest

from llmfit_tui.core.tensors.formats import format_named
from llmfit_tui.core.tensors.plan import TensorPlan, tensor_plan
from llmfit_tui.core.tensors.quantized import Quantized, Reason
from llmfit_tui.core.tensors.storing import stored_as
from scenes import FIXTURES, LLAMA_8B, QWEN, estimated, model, shipped

PUBLISHED: dict[str, Any] = json.loads(
    (FIXTURES / "tensors" / "repositories.json").read_text(encoding="utf-8")
)
SIZED = [quant.name for quant in shipped().quants if format_named(quant.name)]


def plan_of(name: str) -> TensorPlan:
    plan = tensor_plan(model(name).config)
    assert plan is not None
    return plan


def stored(name: str, form: str) -> Quantized:
    made = stored_as(plan_of(name), form)
    assert made is not None
    return made


def quantized_bytes(made: Quantized) -> int:
    """Bytes of what the format quantizes."""
    return sum(piece.bytes for piece in made.pieces if piece.reason is Reason.DEFAULT)


def ends(name: str) -> int:
    """Values of embedding and output, as stored."""
    plan = plan_of(name)
    return sum(group.values for which in ("token_embd", "output") for group in plan.group(which))


def linear(name: str) -> int:
    """Values of the linear layers."""
    plan = plan_of(name)
    return sum(g.values * g.count for g in plan.groups if g.keeps is None and g.blocks)


@pytest.mark.parametrize(
    ("repository", "name", "form", "published", "source"),
    [pytest.param(*row, id=row[0]) for row in PUBLISHED["repositories"]],
)
def test_published_repositories_have_the_size_we_say(
    repository: str, name: str, form: str, published: int, source: str
) -> None:
    # Off by scalars kept in 32 bits: state decay of Nemotron 3, scales of MiniMax's router, index norms.
    assert stored(name, form).tensor_bytes == pytest.approx(published, rel=4e-5), (repository, source)


def test_most_of_them_to_the_byte() -> None:
    equal = [
        stored(name, form).tensor_bytes == published
        for _, name, form, published, _ in PUBLISHED["repositories"]
    ]
    assert sum(equal) >= 12


@pytest.mark.parametrize(
    ("base", "name", "sizes", "source"), [pytest.param(*row, id=row[0]) for row in PUBLISHED["with_vision"]]
)
def test_a_vision_part_is_all_that_repositories_have_beside_our_tensors(
    base: str, name: str, sizes: dict[str, int], source: str
) -> None:
    beside = {published - stored(name, form).tensor_bytes for form, published in sizes.items()}
    assert len(beside) == 1, (base, source)
    assert 0.8e9 < beside.pop() < 1e9


def test_awq_counts_scales_and_zeros_and_leaves_the_ends_in_16_bits() -> None:
    made = stored(LLAMA_8B, "AWQ-INT4-g128")
    assert quantized_bytes(made) == linear(LLAMA_8B) * (4 + 20 / 128) / 8
    assert made.tensor_bytes - quantized_bytes(made) >= 2 * ends(LLAMA_8B)


def test_gptq_adds_an_index_for_each_input() -> None:
    assert stored(LLAMA_8B, "GPTQ-INT4-g128").tensor_bytes > stored(LLAMA_8B, "AWQ-INT4-g128").tensor_bytes


def test_smaller_groups_need_more_scales() -> None:
    for wide, narrow in (("MLX-4bit", "MLX-4bit-gs32"), ("GPTQ-INT4-g128", "GPTQ-INT4-g32")):
        assert stored(LLAMA_8B, wide).tensor_bytes < stored(LLAMA_8B, narrow).tensor_bytes


def test_mlx_quantizes_the_ends_too() -> None:
    made = stored(LLAMA_8B, "MLX-4bit")
    assert quantized_bytes(made) == (linear(LLAMA_8B) + ends(LLAMA_8B)) * 4.5 / 8
    assert made.tensor_bytes - quantized_bytes(made) < 1_000_000


def test_exl_stores_a_head_of_six_bits_also_where_the_model_ties_it() -> None:
    values = plan_of(QWEN).group("token_embd")[0].values
    (head,) = stored(QWEN, "EXL3-4.0bpw").of("output")
    assert head.each == values * 6 / 8


def test_the_publisher_s_own_mxfp4_leaves_everything_but_experts_in_16_bits() -> None:
    name = "openai/gpt-oss-20b"
    experts = sum(g.values * g.count for g in plan_of(name).groups if g.routed and g.keeps is None)
    assert quantized_bytes(stored(name, "MXFP4-W4A4")) == experts * 4.25 / 8


@pytest.mark.parametrize("form", SIZED)
def test_sizes_lie_between_their_bits_and_16_bits(form: str) -> None:
    made, rule = stored(LLAMA_8B, form), format_named(form)
    assert rule is not None
    assert rule.bits / 8 < made.tensor_bytes / made.parameters < 2


@pytest.mark.parametrize("form", SIZED)
def test_an_estimate_in_a_format_is_exact_and_has_no_gguf_header(form: str) -> None:
    weights = estimated(LLAMA_8B, form, "RTX 4090").weights
    assert weights.exact
    assert weights.file_bytes == weights.tensor_bytes == stored(LLAMA_8B, form).tensor_bytes
    assert weights.header_bytes is None
    assert weights.variant == ("double-quantized" if form == "BNB-NF4" else None)


def test_every_format_of_the_catalog_that_is_no_gguf_is_sized_by_tensors() -> None:
    assert {quant.name for quant in shipped().quants if quant.format != "gguf"} == set(SIZED)


@pytest.mark.parametrize("name", ["HQQ", "MLX-1bit", "AWQ-INT3", "", "EXL2-bpw"])
def test_a_format_without_a_rule_has_no_size(name: str) -> None:
    assert stored_as(plan_of(LLAMA_8B), name) is None
