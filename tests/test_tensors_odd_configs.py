"""Configurations nobody published: refused in words, or planned like any other."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.tensors.plan import tensor_plan
from llmfit_tui.core.tensors.quantize import quantize
from llmfit_tui.core.tensors.sizes import weight_sizes
from llmfit_tui.core.tensors.storing import stored_as
from scenes import LLAMA_8B, model, shipped

MISSING = object()
LARGE = 10**12


def one_of_each_kind() -> dict[str, dict[str, Any]]:
    """A configuration of every model_type in the catalog."""
    found: dict[str, dict[str, Any]] = {}
    for one in shipped().models:
        found.setdefault(one.config["model_type"], {**one.config})
    return found


def values_instead_of(value: Any, layers: int) -> list[Any]:
    instead: list[Any] = [MISSING, None, 0, -1, 1, 7, True, "x", 2.5, [], {}, [1, 2], [None] * 3]
    instead += [["a"] * layers, [0] * layers, {"a": 1}, LARGE]
    if isinstance(value, bool):
        return [*instead, not value]
    if isinstance(value, int):
        return [*instead, value + 1, value * 2, value // 2, [value] * layers, str(value)]
    return [*instead, value[:1], value[::-1]] if isinstance(value, list) else instead


def odd_configs(seed: int, each: int) -> Iterator[dict[str, Any]]:
    """Every kind of model, a few times, with one key changed."""
    draw = random.Random(seed)
    for config in one_of_each_kind().values():
        for _ in range(each):
            key = draw.choice(sorted(config))
            value = draw.choice(values_instead_of(config[key], config.get("num_hidden_layers") or 4))
            if value == LARGE and "layer" in key:
                continue
            changed = {**config, key: value}
            if value is MISSING:
                del changed[key]
            yield changed


def test_one_odd_key_is_refused_in_words_or_planned() -> None:
    planned = 0
    for config in odd_configs(seed=20, each=2):
        try:
            plan = tensor_plan(config)
        except BadValue:
            continue
        if plan is not None and plan.parameters < 1e13:
            made = quantize(plan, "Q4_K_M")
            assert sum(weight_sizes(made).blocks) <= made.tensor_bytes
            assert stored_as(plan, "MLX-4bit") is not None
            planned += 1
    assert planned > 80


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(8))
def test_many_odd_keys_are_refused_in_words_or_planned(seed: int) -> None:
    for config in odd_configs(seed, each=20):
        try:
            plan = tensor_plan(config)
        except BadValue:
            continue
        if plan is not None and plan.parameters < 1e13:
            quantize(plan, "IQ2_S")


@pytest.mark.parametrize("outer", ["text_config", "llm_config", "language_config"])
def test_a_model_that_sees_is_read_by_the_table_of_its_language_model(outer: str) -> None:
    flat = {**model("Qwen/Qwen3-VL-30B-A3B-Instruct").config}
    tied = flat.pop("tie_word_embeddings")
    nested = {
        "model_type": "qwen3_vl_moe",
        "architectures": flat.pop("architectures"),
        "tie_word_embeddings": tied,
        "vision_config": {"hidden_size": 1152, "num_hidden_layers": 27},
        outer: {**flat, "tie_word_embeddings": not tied},
    }
    plan, expected = tensor_plan(nested), tensor_plan({**flat, "tie_word_embeddings": tied})
    assert plan is not None
    assert expected is not None
    assert plan.groups == expected.groups
    assert plan.tied is tied


def test_layers_are_counted_from_a_pattern_where_their_number_is_not_given() -> None:
    config = {**model("nvidia/NVIDIA-Nemotron-Nano-9B-v2").config}
    plan = tensor_plan(config)
    del config["num_hidden_layers"]
    without = tensor_plan(config)
    assert plan is not None
    assert without is not None
    assert without.groups == plan.groups


def test_a_hybrid_may_have_no_attention_at_all() -> None:
    config = {**model("ibm-granite/granite-4.0-h-1b").config, "num_hidden_layers": 3}
    for key in ("layer_types", "layers_block_type"):
        if key in config:
            config[key] = ["mamba"] * 3
    plan = tensor_plan(config)
    assert plan is not None
    assert not plan.group("attn_q")
    assert plan.group("ssm_in")[0].blocks == (0, 1, 2)


def test_a_list_for_each_layer_must_speak_of_each_layer() -> None:
    config = {**model(LLAMA_8B).config, "num_key_value_heads": [8, 8]}
    with pytest.raises(BadValue, match="num_key_value_heads: 32 whole numbers"):
        tensor_plan(config)
