"""A file's hyperparameters under the keys of a Hugging Face configuration.

What is worked out from configurations (the numbers behind tensor tables, the graph that scratch memory is
planned on) works for files too, given these keys. It is llama.cpp's converter the other way round.
"""

from collections.abc import Mapping
from math import isfinite
from typing import Any, cast

from llmfit_tui.core.gguf.file import GgufFile
from llmfit_tui.core.memory.layers import Keeps
from llmfit_tui.core.models.architecture import Architecture

SAME = {
    "context_length": "max_position_embeddings",
    "embedding_length": "hidden_size",
    "feed_forward_length": "intermediate_size",
    "attention.head_count": "num_attention_heads",
    "attention.head_count_kv": "num_key_value_heads",
    "attention.sliding_window": "sliding_window",
    "attention.kv_lora_rank": "kv_lora_rank",
    "attention.q_lora_rank": "q_lora_rank",
    "attention.shared_kv_layers": "num_kv_shared_layers",
    "attention.indexer.head_count": "index_n_heads",
    "attention.indexer.key_length": "index_head_dim",
    "attention.indexer.top_k": "index_topk",
    "expert_count": "num_experts",
    "expert_used_count": "num_experts_per_tok",
    "expert_feed_forward_length": "moe_intermediate_size",
    "expert_shared_feed_forward_length": "shared_expert_intermediate_size",
    "expert_shared_count": "n_shared_experts",
    "expert_group_count": "n_group",
    "expert_group_used_count": "topk_group",
    "expert_weights_norm": "norm_topk_prob",
    "expert_weights_scale": "routed_scaling_factor",
    "leading_dense_block_count": "first_k_dense_replace",
    "nextn_predict_layers": "num_nextn_predict_layers",
    "full_attention_interval": "full_attention_interval",
    "shortconv.l_cache": "conv_L_cache",
    "embedding_length_per_layer_input": "hidden_size_per_layer_input",
    "altup.num_inputs": "altup_num_inputs",
    "final_logit_softcapping": "final_logit_softcapping",
    "attn_logit_softcapping": "attn_logit_softcapping",
    "logit_scale": "logit_scale",
    "swiglu_clamp_exp": "swiglu_limits",
    "swiglu_clamp_shexp": "swiglu_limits_shared",
}
"""The architecture's own keys, and the configuration's that say the same."""
SCORING = {1: "softmax", 2: "sigmoid", 3: "softmax", 4: "sqrtsoftplus"}
DELTA = frozenset(["qwen3next", "qwen35", "qwen35moe"])
MAMBA_1 = frozenset(["mamba", "jamba"])


def config_of_file(file: GgufFile, arch: Architecture) -> dict[str, Any]:
    """The configuration a file's metadata amount to; what they do not say is left out."""
    found: dict[str, Any] = {"model_type": file.architecture, "vocab_size": file.vocabulary}
    for key, name in SAME.items():
        value = file.own(key)
        if value is not None:
            found[name] = list(cast("tuple[Any, ...]", value)) if isinstance(value, tuple) else value
    names = {run.name: run.shape for run in file.runs}
    found["tie_word_embeddings"] = "output" not in names
    found["num_hidden_layers"] = max(_whole(file, "block_count") - _whole(file, "nextn_predict_layers"), 0)
    found["attention_bias"] = "attn_q.bias" in names
    scoring = SCORING.get(_whole(file, "expert_gating_func"))
    if scoring is not None:
        found["scoring_func"] = scoring
    found.update(_heads(file, arch))
    found.update(_layers(file, arch))
    found.update(_recurrent(file))
    if "laurel_l" in names:
        found["laurel_rank"] = names["laurel_l"][1]
    if "ffn_latent_down" in names:
        found["moe_latent_size"] = names["ffn_latent_down"][1]
    if _number(file, "attention.temperature_scale"):
        found["rope_parameters"] = {"llama_4_scaling_beta": _number(file, "attention.temperature_scale")}
    stacked = min(_whole(file, "n_deepstack_layers"), arch.layers)
    if stacked:
        found["vision_config"] = {"deepstack_visual_indexes": list(range(stacked))}
    return found


WORDS = {
    Keeps.FULL: "full_attention",
    Keeps.WINDOW: "sliding_attention",
    Keeps.STATE: "linear_attention",
    Keeps.BOTH: "hybrid",
    Keeps.NOTHING: "mlp",
}
NEMOTRON = frozenset(["nemotron_h", "nemotron_h_moe"])
"""A block of these attends, keeps a state, or feeds forward; it does one of them."""


def _layers(file: GgufFile, arch: Architecture) -> Mapping[str, Any]:
    """What each layer is, spelled out."""
    blocks: dict[str, frozenset[int]] = {}
    for run in file.runs:
        blocks[run.name] = blocks.get(run.name, frozenset()) | frozenset(run.blocks)
    sparse = blocks.get("ffn_down_exps", frozenset())
    found: dict[str, Any] = {}
    if file.architecture in NEMOTRON:
        words = {Keeps.STATE: "mamba", Keeps.FULL: "attention"}
        found["layers_block_type"] = [
            words.get(kind) or ("moe" if i in sparse else "mlp") for i, kind in enumerate(arch.kinds)
        ]
    else:
        found["layer_types"] = [WORDS[kind] for kind in arch.kinds]
    if sparse and file.architecture not in NEMOTRON:
        found["mlp_layer_types"] = ["sparse" if i in sparse else "dense" for i in range(arch.layers)]
    picks = file.own("attention.indexer.types")
    if isinstance(picks, tuple):
        marks = cast("tuple[Any, ...]", picks)[: arch.layers]
        found["indexer_types"] = ["full" if mark else "shared" for mark in marks]
    if file.architecture == "gemma4":
        found["attention_k_eq_v"] = len(blocks.get("attn_v", ())) < arch.layers
        full = [i for i, kind in enumerate(arch.kinds) if kind is Keeps.FULL]
        counts = file.own("attention.head_count_kv")
        if full and isinstance(counts, tuple):
            found["num_global_key_value_heads"] = cast("tuple[Any, ...]", counts)[full[0]]
            found["num_key_value_heads"] = arch.kv_heads
    if file.architecture == "falcon":
        found["new_decoder_architecture"] = arch.kv_heads > 1
        found["num_ln_in_parallel_attn"] = 2 if "attn_norm_2" in blocks else 1
    return found


def _heads(file: GgufFile, arch: Architecture) -> Mapping[str, Any]:
    """Widths of heads; those of latent attention are told by the uncompressed ones."""
    rotary = _whole(file, "rope.dimension_count")
    key, value = _whole(file, "attention.key_length"), _whole(file, "attention.value_length")
    full_key, full_value = (
        _whole(file, "attention.key_length_mla"),
        _whole(file, "attention.value_length_mla"),
    )
    if _whole(file, "attention.kv_lora_rank"):
        share = arch.hidden // arch.heads if arch.heads else 0
        full_key, full_value = full_key or key, full_value or value or share
        return {
            "qk_rope_head_dim": rotary,
            "qk_nope_head_dim": max(full_key - rotary, 0),
            "v_head_dim": full_value,
        }
    found: dict[str, Any] = {}
    windowed = _whole(file, "attention.key_length_swa")
    if key:
        found["head_dim"] = windowed or key
        if windowed and windowed != key:
            found["global_head_dim"] = key
        if rotary and rotary < key:
            found["partial_rotary_factor"] = rotary / key
    if value and value != key:
        found["v_head_dim"] = value
    return found


def _recurrent(file: GgufFile) -> Mapping[str, Any]:
    """Sizes of a recurrent block, under the names its family has for them."""
    kernel, inner = _whole(file, "ssm.conv_kernel"), _whole(file, "ssm.inner_size")
    state, groups = _whole(file, "ssm.state_size"), _whole(file, "ssm.group_count")
    rank = _whole(file, "ssm.time_step_rank")
    kda = _whole(file, "kda.head_dim")
    if kda:
        sizes = {"head_dim": kda, "num_heads": _whole(file, "attention.head_count")}
        return {"linear_attn_config": {**sizes, "short_conv_kernel_size": kernel or 4}}
    if not inner:
        return {}
    if file.architecture in DELTA:
        return {
            "linear_num_value_heads": rank,
            "linear_value_head_dim": inner // rank if rank else 0,
            "linear_key_head_dim": state,
            "linear_num_key_heads": groups,
            "linear_conv_kernel_dim": kernel,
        }
    sizes = {"mamba_d_state": state, "mamba_d_conv": kernel}
    if file.architecture in MAMBA_1:
        normed = file.own("ssm.dt_b_c_rms") is True and file.architecture == "mamba"
        hidden = _whole(file, "embedding_length")
        return {
            **sizes,
            **({"model_type": "falcon_mamba"} if normed else {}),
            **({"intermediate_size": inner} if file.architecture == "mamba" else {}),
            "mamba_expand": inner // hidden if hidden else 2,
            "time_step_rank": rank,
        }
    heads = {"mamba_n_heads": rank, "mamba_d_head": inner // rank if rank else 0, "mamba_n_groups": groups}
    return {**sizes, **heads, "mamba_d_ssm": inner}


def _number(file: GgufFile, key: str) -> float:
    """A finite number; 0 where there is none."""
    value = file.own(key)
    number = value if isinstance(value, (int, float)) and not isinstance(value, bool) else 0.0
    return float(number) if isfinite(number) else 0.0


def _whole(file: GgufFile, key: str) -> int:
    """A whole number, or the first positive one of an array; 0 where there is none."""
    value = file.own(key)
    if isinstance(value, tuple):
        entries = cast("tuple[Any, ...]", value)
        return next((n for n in entries if isinstance(n, int) and n > 0), 0)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
