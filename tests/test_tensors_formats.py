"""Sizes in formats other than GGUF."""

import pytest

from llmfit_tui.core.tensors import FORMATS, TensorPlan, format_size, tensor_plan
from llmfit_tui.core.tensors.formats import FormatSize
from scenes import LLAMA_8B, QWEN, model, shipped


def plan_of(name: str) -> TensorPlan:
    plan = tensor_plan(model(name).config)
    assert plan is not None
    return plan


def sized(name: str, form: str, native_experts: bool = False) -> FormatSize:
    size = format_size(plan_of(name), form, native_experts)
    assert size is not None
    return size


def ends(name: str) -> int:
    """Values of embedding and output, as stored."""
    plan = plan_of(name)
    return sum(group.values for which in ("token_embd", "output") for group in plan.group(which))


def linear(name: str) -> int:
    """Values of the linear layers."""
    plan = plan_of(name)
    return sum(g.values * g.count for g in plan.groups if g.keeps is None and g.blocks)


def test_every_format_of_the_catalog_with_a_rule_is_named_as_there() -> None:
    assert set(FORMATS) <= {quant.name for quant in shipped().quants}


def test_awq_counts_scales_and_zeros_and_leaves_the_ends_in_16_bits() -> None:
    size = sized(LLAMA_8B, "AWQ-INT4-g128")
    assert size.quantized == linear(LLAMA_8B) * (4 + 20 / 128) / 8
    assert size.half >= 2 * ends(LLAMA_8B)


def test_gptq_adds_an_index_for_each_input() -> None:
    assert sized(LLAMA_8B, "GPTQ-INT4-g128").total > sized(LLAMA_8B, "AWQ-INT4-g128").total


def test_mlx_quantizes_the_ends_too() -> None:
    size = sized(LLAMA_8B, "MLX-4bit")
    assert size.quantized == (linear(LLAMA_8B) + ends(LLAMA_8B)) * 4.5 / 8
    assert size.half < 1_000_000


def test_exl_stores_a_head_of_six_bits_also_where_the_model_ties_it() -> None:
    values = plan_of(QWEN).group("token_embd")[0].values
    assert sized(QWEN, "EXL3-4.0bpw").quantized == round(linear(QWEN) / 2 + values * 6 / 8)


def test_native_experts_leave_everything_else_in_16_bits() -> None:
    name = "openai/gpt-oss-20b"
    experts = sum(g.values * g.count for g in plan_of(name).groups if g.routed and g.keeps is None)
    size = sized(name, "MXFP4-W4A4", native_experts=True)
    assert size.quantized == experts * 4.25 / 8
    assert size.half > 2 * ends(name)


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_sizes_lie_between_their_bits_and_16_bits(form: str) -> None:
    size, plan = sized(LLAMA_8B, form), plan_of(LLAMA_8B)
    assert FORMATS[form].bits / 8 < size.total / plan.parameters < 2
    assert 0 <= size.scales < size.quantized


def test_a_format_without_a_rule_has_no_size() -> None:
    assert format_size(plan_of(LLAMA_8B), "HQQ") is None
