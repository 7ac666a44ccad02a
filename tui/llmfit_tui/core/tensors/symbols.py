"""The numbers behind the symbols of the tensor tables, read from a configuration.

E hidden size, V vocabulary rows, L layers, CTX trained positions
H heads, KV key/value heads, D head dimension, DV value head dimension, ROT rotary dimensions
KVV key/value heads of layers that store their values, 0 in Gemma 4's that reuse keys as values
FF feed-forward width, NE experts, NU experts used, MFF expert width, SFF shared experts' width
LAT latent width of experts (0: none), LATE the width that goes into an expert
QL, KVL ranks of latent attention, NOPE, KM, VM its head dimensions; IH, IK indexer heads, head dimension
DI, DS, NG, DT, DC inner width, state, groups, heads or rank, and kernel of a recurrent block
LVD its value head dimension, KH of Kimi's; LC kernel of a short convolution
PL per-layer input width, ALT, ALTX inputs of Gemma 3n and those but the first, LAUREL its rank
HC copies of the stream, OG, OL output groups and rank, CW, CR compression width and ratio (DeepSeek-V4)
"""

from collections.abc import Sequence

from llmfit_tui.core.memory.layers import Keeps
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.config import Config, flag, items, real, table, whole, word
from llmfit_tui.core.tensors.blocksets import feed_forward_multiplier
from llmfit_tui.core.tensors.notation import Value

Symbols = dict[str, Value]


def symbols_of(config: Config, arch: Architecture, name: str, nextn: int) -> Symbols:
    """Every symbol's number; a tuple where it differs from block to block."""
    hidden, heads = arch.hidden, arch.heads
    head_dim = arch.head_dim
    rotary = whole(config, "qk_rope_head_dim") or 0
    nope = whole(config, "qk_nope_head_dim") or 0
    found: Symbols = {
        "E": hidden,
        "V": arch.vocabulary,
        "L": arch.layers,
        "CTX": whole(config, "n_positions", "max_position_embeddings") or 0,
        "H": heads,
        "KV": arch.kv_heads,
        "KVV": arch.kv_heads,
        "D": head_dim,
        "DV": whole(config, "v_head_dim") or head_dim,
        "ROT": rotary or int((_rotary_share(config)) * head_dim),
        "FF": _feed_forward(config, arch, name),
        "QL": whole(config, "q_lora_rank") or 0,
        "KVL": whole(config, "kv_lora_rank") or 0,
        "NOPE": nope,
        "KM": nope + rotary,
        "VM": whole(config, "v_head_dim") or head_dim,
        "IH": whole(config, "index_n_heads") or 0,
        "IK": whole(config, "index_head_dim") or 0,
        "LC": whole(config, "conv_L_cache") or 0,
        "PL": whole(config, "hidden_size_per_layer_input") or 0,
        "ALT": whole(config, "altup_num_inputs") or 0,
        "ALTX": (whole(config, "altup_num_inputs") or 1) - 1,
        "LAUREL": whole(config, "laurel_rank") or 0,
        **_experts(config, arch),
        **_recurrent(config, name, hidden),
        **_compression(config, head_dim),
    }
    found.update(_by_block(config, arch, name, nextn))
    return found


def _rotary_share(config: Config) -> float:
    """The share of a head that is rotated."""
    for where in (config, table(config, "rope_parameters")):
        share = real(where, "partial_rotary_factor")
        if share is not None:
            return share
    return 1.0


def _feed_forward(config: Config, arch: Architecture, name: str) -> int:
    """Width of a dense feed-forward."""
    if name == "llama4":
        return whole(config, "intermediate_size_mlp") or arch.feed_forward
    if name == "minimax-m3":
        return whole(config, "dense_intermediate_size") or arch.feed_forward
    if name in {"granite", "granitehybrid"} and not arch.is_moe:
        return whole(config, "shared_intermediate_size") or arch.feed_forward
    if name == "lfm2" and flag(config, "block_auto_adjust_ff_dim"):
        width = int((real(config, "block_ffn_dim_multiplier") or 1.0) * int(2 * arch.feed_forward / 3))
        multiple = whole(config, "block_multiple_of") or 1
        return -(-width // multiple) * multiple
    return arch.feed_forward


def _experts(config: Config, arch: Architecture) -> Symbols:
    """Experts, and the shared ones every token passes."""
    if not arch.is_moe:
        return dict.fromkeys(("NE", "NU", "MFF", "SFF", "LAT", "LATE"), 0)
    width = arch.expert_feed_forward
    shared = whole(
        config,
        "shared_expert_intermediate_size",
        "moe_shared_expert_intermediate_size",
        "share_expert_dim",
        "shared_intermediate_size",
    )
    if shared is None:
        count = whole(
            config, "n_shared_experts", "num_shared_experts", "moe_num_shared_experts", "num_shared_expert"
        )
        shared = (count or 0) * width
    if word(config, "model_type") == "llama4_text":
        shared = width
    latent = whole(config, "moe_latent_size", "routed_expert_hidden_size") or 0
    return {
        "NE": arch.experts,
        "NU": arch.experts_used,
        "MFF": width,
        "SFF": shared,
        "LAT": latent,
        "LATE": latent or arch.hidden,
    }


def _recurrent(config: Config, name: str, hidden: int) -> Symbols:
    """Sizes of a recurrent block: gated delta net, Kimi delta attention, Mamba 1 or 2."""
    kernel = whole(config, "linear_conv_kernel_dim", "mamba_d_conv", "conv_kernel", "d_conv") or 4
    linear = table(config, "linear_attn_config")
    if linear or name == "bailingmoe3":
        heads = whole(linear, "num_heads") or whole(config, "num_attention_heads") or 0
        size = whole(linear, "head_dim") or whole(config, "head_dim") or 0
        kernel = whole(linear, "short_conv_kernel_size") or kernel
        return {"DI": heads * size, "DS": 0, "NG": 0, "DT": heads, "DC": kernel, "LVD": size, "KH": size}
    value_heads = whole(config, "linear_num_value_heads") or 0
    if value_heads:
        value_dim = whole(config, "linear_value_head_dim") or 0
        return {
            "DI": value_heads * value_dim,
            "DS": whole(config, "linear_key_head_dim") or 0,
            "NG": whole(config, "linear_num_key_heads") or 0,
            "DT": value_heads,
            "DC": kernel,
            "LVD": value_dim,
            "KH": 0,
        }
    state = whole(config, "mamba_d_state", "ssm_state_size", "state_size", "d_state") or 0
    sizes = {"DS": state, "DC": kernel, "LVD": 0, "KH": 0}
    heads = whole(config, "mamba_n_heads", "mamba_num_heads", "num_heads") or 0
    expanded = (whole(config, "mamba_expand", "expand") or 2) * hidden
    if name in {"mamba", "jamba"}:
        inner = (whole(config, "intermediate_size") if name == "mamba" else None) or expanded
        rank = whole(config, "time_step_rank", "mamba_dt_rank") or -(-hidden // 16)
        return {**sizes, "DI": inner, "NG": 0, "DT": rank}
    size = whole(config, "mamba_d_head", "mamba_head_dim") or 0
    inner = whole(config, "mamba_d_ssm") or (heads * size) or expanded
    return {**sizes, "DI": inner, "NG": whole(config, "mamba_n_groups", "n_groups") or 1, "DT": heads}


def _compression(config: Config, head_dim: int) -> Symbols:
    """DeepSeek-V4: copies of the stream, output projection in groups, compressed past."""
    ratios = [r for r in items(config, "compress_ratios") or [] if isinstance(r, int)]
    return {
        "HC": whole(config, "hc_mult") or 0,
        "OG": whole(config, "o_groups") or 0,
        "OL": whole(config, "o_lora_rank") or 0,
        "CR": tuple(ratios) if ratios else 0,
        "CW": tuple((2 if r == 4 else 1) * head_dim for r in ratios) if ratios else 0,
    }


def _by_block(config: Config, arch: Architecture, name: str, nextn: int) -> Symbols:
    """Symbols that differ from block to block."""
    found: Symbols = {}

    def put(symbol: str, values: Sequence[int], last: int | None = None) -> None:
        found[symbol] = (*values[: arch.layers], *[values[-1] if last is None else last] * nextn)

    blocks = items(config, "block_configs")
    if blocks:
        groups = [whole(table(block, "attention"), "n_heads_in_group") for block in blocks]
        put("KV", [arch.heads // g if g else 0 for g in groups])
        put("FF", [_multiple(int(2 * feed_forward_multiplier(b) * arch.hidden / 3), 256) for b in blocks])
    for symbol, keys in _LISTED.items():
        values = items(config, *keys)
        if values and len(values) >= arch.layers and len(set(values)) > 1:
            put(symbol, [int(v) for v in values])
    windowed = [kind is Keeps.WINDOW for kind in arch.kinds]
    if name == "gemma4":
        wide = whole(config, "global_head_dim") or arch.head_dim
        shared = whole(config, "num_global_key_value_heads") or arch.kv_heads
        kv = [arch.kv_heads if w else shared for w in windowed]
        put("D", [arch.head_dim if w else wide for w in windowed])
        put("KV", kv)
        reuses = flag(config, "attention_k_eq_v")
        put("KVV", [n if w or not reuses else 0 for n, w in zip(kv, windowed, strict=True)])
        found["ROT"] = wide
        if flag(config, "use_double_wide_mlp"):
            own = arch.layers - (whole(config, "num_kv_shared_layers") or 0)
            put("FF", [arch.feed_forward * (1 if i < own else 2) for i in range(arch.layers)])
    narrow = whole(config, "swa_num_key_value_heads")
    if narrow:
        put("KV", [narrow if w else arch.kv_heads for w in windowed], narrow)
    other = whole(table(config, "attention_other_setting"), "num_attention_heads")
    if other:
        put("H", [other if w else arch.heads for w in windowed])
    return found


_LISTED = {
    "FF": ("intermediate_size",),
    "H": ("num_attention_heads_per_layer", "num_attention_heads"),
    "KV": ("num_key_value_heads",),
}


def _multiple(n: int, of: int) -> int:
    return -(-n // of) * of


BIASED_BY_DEFAULT = frozenset(["glm", "glm4", "glm4v", "glm4v_text", "glm4v_moe_text", "seed_oss"])
"""model_types whose configuration class sets attention_bias unless told otherwise."""


def traits_of(config: Config, arch: Architecture, name: str) -> frozenset[str]:
    """What a table may ask for after `?`."""
    scaling = table(config, "rope_scaling") or table(config, "rope_parameters")
    rope = word(scaling, "rope_type") or word(scaling, "type") or ""
    biased = ("attention_bias", "qkv_bias", "use_qkv_bias", "add_qkv_bias")
    parallel = flag(config, "use_parallel_residual") and name == "stablelm"
    norms = whole(config, "num_ln_in_parallel_attn")
    two = flag(config, "new_decoder_architecture") and norms != 1 if name == "falcon" else not parallel
    known = {
        "untied": not arch.tied_embeddings,
        "qkv_bias": any(flag(config, key) for key in biased)
        or (word(config, "model_type") in BIASED_BY_DEFAULT and "attention_bias" not in config),
        "mlp_bias": flag(config, "mlp_bias"),
        "qk_norm": flag(config, "use_qk_norm") or flag(config, "qk_layernorm"),
        "no_q_lora": not whole(config, "q_lora_rank"),
        "expert_bias": word(config, "topk_method") == "noaux_tc"
        or word(config, "model_type") in {"deepseek_v3", "kimi_k2", "glm4_moe_lite"},
        "llama3_rope": rope.lower() == "llama3",
        "longrope": rope.lower() in {"longrope", "su"},
        "two_norms": two,
        "per_layer_input": bool(whole(config, "hidden_size_per_layer_input")),
        "ssm_norm": flag(config, "mamba_rms_norm"),
        "residual_scores": bool(whole(config, "attn_res_block_size")),
        "latent_norm": flag(config, "latent_moe_use_norm"),
    }
    return frozenset(trait for trait, present in known.items() if present)
