"""The keys of a Hugging Face configuration that sizes are read from, and the kind of value each holds.

A configuration somebody hands in is reduced to these, each checked, before any size is read from it.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

from llmfit_tui.core.errors import BadValue, quoted
from llmfit_tui.core.models.config import Config

LARGEST = 1 << 32
MOST_LAYERS = 1024
LONGEST_LIST = 4096
LONGEST_WORD = 200


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


LAYERS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers")
WHOLE = _names(
    """
    altup_num_inputs attention_chunk_size attention_head_dim attn_layer_offset attn_layer_period
    attn_res_block_size block_multiple_of conv_L_cache conv_kernel d_conv d_model d_state
    decoder_sparse_step dense_intermediate_size expand expert_layer_offset expert_layer_period
    first_k_dense_replace full_attention_interval global_head_dim hc_mult head_dim hidden_size
    hidden_size_per_layer_input index_head_dim index_n_heads interleave_moe_layer_step
    intermediate_size_mlp kv_lora_rank laurel_rank linear_conv_kernel_dim linear_key_head_dim
    linear_num_key_heads linear_num_value_heads linear_value_head_dim mamba_d_conv mamba_d_head
    mamba_d_ssm mamba_d_state mamba_expand mamba_head_dim mamba_n_groups mamba_n_heads mamba_num_heads
    max_position_embeddings max_sequence_length model_max_length moe_latent_size moe_layer_end_index
    moe_layer_interval moe_layer_start_index moe_num_experts moe_num_shared_experts
    moe_shared_expert_intermediate_size mtp_num_hidden_layers n_embd n_groups n_layer n_layers
    n_positions n_routed_experts n_shared_experts n_vocab num_dense_layers num_experts
    num_global_key_value_heads num_hash_layers num_heads num_hidden_layers num_kv_shared_layers
    n_group num_layers num_ln_in_parallel_attn num_local_experts num_nextn_predict_layers num_shared_experts
    o_groups o_lora_rank q_lora_rank qk_nope_head_dim qk_rope_head_dim routed_expert_hidden_size
    seq_length share_expert_dim shared_expert_intermediate_size shared_intermediate_size sliding_window
    sliding_window_size ssm_state_size state_size swa_head_dim swa_num_key_value_heads swa_v_head_dim
    topk_group v_head_dim vocab_size vocab_size_per_layer_input
    """
)
WHOLE_OR_EACH = _names(
    """
    expert_intermediate_size ffn_dim ffn_hidden_size intermediate_size moe_ffn_hidden_size
    moe_intermediate_size moe_k moe_topk n_head n_head_kv n_heads n_inner num_attention_heads
    num_attention_heads_per_layer num_experts_per_tok num_experts_per_token num_key_value_heads
    num_kv_heads num_shared_expert top_k_experts moe_layer_freq
    """
)
"""One number, or one for each layer."""
WHOLE_OR_WORD = frozenset(["mamba_dt_rank", "time_step_rank", "moe_layers_enum", "qk_norm"])
"""A number, or a word such as "auto" that is passed over."""
FLAGS = _names(
    """
    add_qkv_bias attention_bias attention_k_eq_v block_auto_adjust_ff_dim latent_moe_use_norm
    mamba_rms_norm mlp_bias multi_query new_decoder_architecture qk_layernorm qkv_bias
    tie_word_embeddings use_double_wide_mlp use_parallel_residual use_qk_norm use_qkv_bias
    moe_renormalize norm_expert_weight norm_topk_prob route_norm use_sliding_window
    """
)
REALS = _names(
    """
    block_ffn_dim_multiplier final_logit_softcapping moe_routed_scaling_factor moe_router_scaling_factor
    output_softcap partial_rotary_factor route_scale routed_scaling_factor router_scaling_factor
    """
)
WORDS = _names(
    """
    dtype expert_selection_fn hybrid_override_pattern model_type moe_router_activation
    moe_router_activation_func score_func score_function scoring_func topk_method torch_dtype
    """
)
NAMES_OF_LAYERS = frozenset(
    ["layer_types", "layers_block_type", "block_types", "mlp_layer_types", "indexer_types"]
)
NUMBERS = frozenset(
    ["compress_ratios", "full_attn_idxs", "hybrid_layer_pattern", "mlp_only_layers", "moe_layers"]
)
EACH_LAYER = NAMES_OF_LAYERS - frozenset(["block_types"]) | frozenset(["hybrid_layer_pattern"])
"""Lists with an entry for each layer; Griffin's block_types is a pattern that repeats."""
TABLES = frozenset(["rope_parameters", "rope_scaling", "linear_attn_config", "attention_other_setting"])


def checked(config: Config) -> dict[str, Any]:
    """The configuration reduced to the keys above; null counts as missing.

    Raises BadValue, naming the key, where a value is of another kind or past any model's.
    """
    found: dict[str, Any] = {}
    for key, value in config.items():
        kept = _kept(key, value)
        if kept is not None:
            found[key] = kept
    layers = next((found[key] for key in LAYERS if key in found), 0)
    if layers > MOST_LAYERS:
        raise BadValue(f"{LAYERS[0]}: at most {MOST_LAYERS:,} layers were expected, not {layers:,}.")
    for key, value in found.items():
        if isinstance(value, list) and layers and (key in EACH_LAYER or key in WHOLE_OR_EACH):
            entries = len(cast("list[Any]", value))
            if entries < layers:
                raise BadValue(f"{key}: one entry for each of {layers} layers was expected, not {entries}.")
    return found


def _kept(key: str, value: Any) -> Any:
    if value is None:
        return None
    if key in WHOLE:
        return _whole(key, value)
    if key in WHOLE_OR_EACH:
        return (
            [_whole(key, one) for one in _list(key, value)] if isinstance(value, list) else _whole(key, value)
        )
    if key in WHOLE_OR_WORD:
        return _whole(key, value) if not isinstance(value, (str, bool, list)) else None
    if key in FLAGS:
        return _flag(key, value)
    if key in REALS:
        return _real(key, value)
    if key in WORDS:
        return _word(key, value)
    if key in NAMES_OF_LAYERS or key == "architectures":
        return [_word(key, one) for one in _list(key, value)]
    if key in NUMBERS:
        return [_whole(key, one) for one in _list(key, value)]
    if key in TABLES:
        return _table(key, value)
    return _blocks(key, value) if key == "block_configs" else None


def _whole(key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadValue(f"{key}: a whole number was expected, not {_shown(value)}.")
    if not 0 <= value < LARGEST:
        # -1 is how some configurations write "none".
        if value == -1:
            return 0
        raise BadValue(f"{key}: a number of 0 to {LARGEST - 1:,} was expected, not {_shown(value)}.")
    return value


def _real(key: str, value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadValue(f"{key}: a number was expected, not {_shown(value)}.")
    if not math.isfinite(value) or not 0 <= value < LARGEST:
        raise BadValue(f"{key}: a number of at least 0 was expected, not {_shown(value)}.")
    return float(value)


def _flag(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadValue(f"{key}: true or false was expected, not {_shown(value)}.")
    return value


def _word(key: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_LIST:
        raise BadValue(f"{key}: a text was expected, not {_shown(value)}.")
    return value


def _list(key: str, value: Any) -> Sequence[Any]:
    if not isinstance(value, list) or len(cast("list[Any]", value)) > LONGEST_LIST:
        raise BadValue(f"{key}: a list was expected, not {_shown(value)}.")
    return cast("list[Any]", value)


def _table(key: str, value: Any) -> dict[str, Any] | None:
    """A table of plain values; tables inside it (rotary factors by kind of layer) are passed over."""
    if not isinstance(value, Mapping):
        raise BadValue(f"{key}: a table was expected, not {_shown(value)}.")
    found: dict[str, Any] = {}
    for inner, one in cast("Mapping[str, Any]", value).items():
        if isinstance(one, list):
            numbers = cast("list[Any]", one)
            if len(numbers) <= LONGEST_LIST and all(isinstance(n, int) for n in numbers):
                found[inner] = [_whole(f"{key}.{inner}", n) for n in numbers]
        elif isinstance(one, bool) or (isinstance(one, str) and len(one) <= LONGEST_WORD):
            found[inner] = one
        elif isinstance(one, int) and inner not in {"factor", "rope_theta"}:
            found[inner] = _whole(f"{key}.{inner}", one)
        elif isinstance(one, float) and math.isfinite(one):
            found[inner] = one
    return found


def _blocks(key: str, value: Any) -> list[dict[str, Any]]:
    """Nemotron NAS: what each block has."""
    made: list[dict[str, Any]] = []
    for one in _list(key, value):
        if not isinstance(one, Mapping):
            raise BadValue(f"{key}: a list of tables was expected, not {_shown(one)}.")
        block = cast("Mapping[str, Any]", one)
        made.append(
            {name: _table(f"{key}.{name}", block[name]) for name in ("attention", "ffn") if name in block}
        )
    return made


def _shown(value: Any) -> str:
    return quoted(str(value)[:LONGEST_WORD]) if isinstance(value, (str, int, float)) else _kind(value)


def _kind(value: Any) -> str:
    return (
        "a list"
        if isinstance(value, list)
        else "a table"
        if isinstance(value, Mapping)
        else quoted(str(value))
    )
