"""The tensors of a GGUF file, worked out from a configuration."""

from typing import Any

import pytest

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.tensors.notation import evaluate, read_table
from llmfit_tui.core.tensors.plan import TensorPlan, entries_of, tensor_plan
from llmfit_tui.core.tensors.tables_dense import TABLES as DENSE
from llmfit_tui.core.tensors.tables_hybrid import TABLES as HYBRID
from llmfit_tui.core.tensors.tables_moe import TABLES as MIXTURES
from scenes import model, shipped

LLAMA: dict[str, Any] = {
    "model_type": "llama",
    "hidden_size": 64,
    "intermediate_size": 160,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 100,
    "tie_word_embeddings": False,
}

NOT_IN_LLAMA_CPP = {
    *("mllama_text_model", "opt", "recurrent_gemma", "vaultgemma", "phi3small", "olmo_hybrid", "flex_olmo"),
    *("mimo", "gptj", "hyperclovax", "cwm", "inkling_mm_model", "zaya"),
}
"""model_types its converter has no class for."""


def planned(config: dict[str, Any], nextn: bool = True) -> TensorPlan:
    plan = tensor_plan(config, nextn)
    assert plan is not None
    return plan


def language_model(plan: TensorPlan) -> int:
    """Values of the plan's layers, without the rotary tables the converter works out."""
    return sum(
        g.values * (sum(1 for block in g.blocks if block < plan.layers) if g.blocks else 1)
        for g in plan.groups
        if not g.name.startswith("rope_")
    )


def named_difference(one: Model, plan: TensorPlan) -> set[int]:
    """What plan and published count may differ by: each is a habit of the converter or of the counting."""
    layers = plan.layers
    bias = sum(g.values * sum(b < layers for b in g.blocks) for g in plan.group("exp_probs_b.bias"))
    bias += sum(g.values * sum(b < layers for b in g.blocks) for g in plan.group("exp_probs_b"))
    routes = sum(g.values * g.count for g in plan.group("ffn_gate_tid2eid"))
    allowed = {0, bias, bias + routes}
    config = one.config
    if plan.architecture == "gemma3":
        allowed.add((plan.vocabulary - config["vocab_size"]) * config["hidden_size"])
    if plan.architecture in {"gemma3n", "gemma4"}:
        allowed.add(_shared_keys(one, plan))
    if plan.architecture == "muse-glimmer":
        allowed.add(2 * 128 * layers)  # unit norms the converter adds
    if plan.architecture == "apertus":
        allowed.add(-2 * layers)  # activation constants become metadata
    return allowed


def _shared_keys(one: Model, plan: TensorPlan) -> int:
    """Keys and values of layers that reuse an earlier layer's, scalars of layers, padded rows."""
    own = plan.layers - (one.config.get("num_kv_shared_layers") or 0)
    unused = sum(
        g.values * sum(block >= own for block in g.blocks)
        for name in ("attn_k", "attn_v", "attn_k_norm")
        for g in plan.group(name)
    )
    scalars = sum(g.count for g in plan.group("layer_output_scale"))
    rows = one.config["vocab_size"] - (
        one.config.get("vocab_size_per_layer_input") or one.config["vocab_size"]
    )
    return unused + scalars + rows * plan.layers * (one.config.get("hidden_size_per_layer_input") or 0)


def test_a_small_llama_has_the_tensors_llama_cpp_lists() -> None:
    plan = planned(LLAMA)
    shapes = {group.name: (group.shape, group.count) for group in plan.groups}
    assert shapes == {
        "token_embd": ((64, 100), 1),
        "output_norm": ((64,), 1),
        "output": ((64, 100), 1),
        "attn_norm": ((64,), 3),
        "attn_q": ((64, 64), 3),
        "attn_k": ((64, 32), 3),
        "attn_v": ((64, 32), 3),
        "attn_output": ((64, 64), 3),
        "ffn_norm": ((64,), 3),
        "ffn_gate": ((64, 160), 3),
        "ffn_up": ((64, 160), 3),
        "ffn_down": ((160, 64), 3),
    }
    assert (plan.tensors, plan.gqa, plan.tied) == (30, 2, False)


def test_a_tied_model_has_no_output_matrix() -> None:
    assert planned({**LLAMA, "tie_word_embeddings": True}).tied


def test_a_repository_that_stores_the_tied_output_gets_one_more_matrix() -> None:
    plan = planned({**LLAMA, "tie_word_embeddings": True})
    assert plan.with_stored_output().parameters == plan.parameters + 64 * 100
    assert plan.with_stored_output().parameters == planned(LLAMA).parameters


def test_biases_follow_the_configuration() -> None:
    with_bias = planned({**LLAMA, "attention_bias": True})
    assert {g.name for g in with_bias.groups} - {g.name for g in planned(LLAMA).groups} == {
        *("attn_q.bias", "attn_k.bias", "attn_v.bias", "attn_output.bias")
    }


def test_a_mixture_of_experts_keeps_its_leading_dense_blocks() -> None:
    mixture = {
        **LLAMA,
        "model_type": "dots1",
        "n_routed_experts": 6,
        "num_experts_per_tok": 2,
        "moe_intermediate_size": 32,
        "n_shared_experts": 1,
        "first_k_dense_replace": 1,
    }
    plan = planned(mixture)
    assert plan.group("ffn_down")[0].blocks == (0,)
    assert plan.group("ffn_down_exps")[0].blocks == (1, 2)
    assert plan.group("ffn_down_exps")[0].shape == (32, 64, 6)


def test_prediction_blocks_can_be_left_out() -> None:
    config = {**model("zai-org/GLM-4.5-Air").config}
    with_block, without = planned(config), planned(config, nextn=False)
    assert (with_block.blocks, without.blocks) == (47, 46)
    assert with_block.group("nextn.eh_proj")[0].blocks == (46,)
    assert not without.group("nextn.eh_proj")


def test_a_width_that_changes_from_layer_to_layer_makes_a_group_for_each() -> None:
    plan = planned({**LLAMA, "intermediate_size": [160, 320, 160]})
    assert {group.shape: group.blocks for group in plan.group("ffn_up")} == {
        (64, 160): (0, 2),
        (64, 320): (1,),
    }


def test_an_architecture_without_a_table_has_no_plan() -> None:
    assert tensor_plan({**LLAMA, "model_type": "nobody_knows"}) is None


def test_a_missing_size_is_named() -> None:
    with pytest.raises(BadValue, match="hidden_size"):
        tensor_plan({key: value for key, value in LLAMA.items() if key != "hidden_size"})


@pytest.mark.parametrize("name", sorted({**DENSE, **MIXTURES, **HYBRID}))
def test_every_table_reads(name: str) -> None:
    assert entries_of(name)


def test_no_architecture_has_two_tables() -> None:
    assert len({**DENSE, **MIXTURES, **HYBRID}) == len(DENSE) + len(MIXTURES) + len(HYBRID)


def test_dimensions_are_sums_of_products() -> None:
    (entry,) = read_table("every: ssm_in[E,2*DI+2*NG*DS+DT]")
    sizes = {"E": 5, "DI": 7, "NG": 2, "DS": 3, "DT": 4}
    assert evaluate(entry.shape, sizes) == (5, 30)


def test_a_word_that_is_no_tensor_is_refused() -> None:
    with pytest.raises(ValueError, match="attn_q"):
        read_table("every: attn_q")


def test_everything_llama_cpp_converts_has_a_plan() -> None:
    missing = {one.config["model_type"] for one in shipped().models if tensor_plan(one.config) is None}
    assert missing <= NOT_IN_LLAMA_CPP


UNSETTLED = {"stepfun-ai/Step-3.7-Flash"}
"""Counted with 81 vocabulary rows fewer than its configuration has."""


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(one, id=one.id)
        for one in shipped().models
        if one.parameters is not None
        and one.id not in UNSETTLED
        and one.config["model_type"] not in NOT_IN_LLAMA_CPP
    ],
)
def test_the_tensors_add_up_to_the_published_parameters(one: Model) -> None:
    plan = planned({**one.config})
    assert one.parameters is not None
    assert language_model(plan) - one.parameters in named_difference(one, plan)
