"""Reading the shape of a model from its Hugging Face configuration, key by key."""

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.memory.layers import Keeps, layer_kinds, window_tokens
from llmfit_tui.core.memory.perlayer import check_per_layer
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.config import Config, flag, items, language_config, table, whole, word
from llmfit_tui.core.models.families import gguf_architecture


def architecture_of(config: Config) -> Architecture:
    """Read the shape from a configuration. Raises BadValue, naming the key, where a size is missing."""
    config = language_config(config)
    layers = _layers(config)
    check_per_layer(config, layers)
    hidden = _required(config, "hidden_size", "n_embd", "d_model")
    name = gguf_architecture(config)
    blocks = items(config, "block_configs")
    heads = _first_whole(config, "num_attention_heads", "n_head", "n_heads") or 0
    kv_heads = _kv_heads(config, heads)
    head_dim = whole(config, "head_dim", "attention_head_dim") or (hidden // heads if heads else 0)
    kinds = layer_kinds(config, name, layers)
    latent = bool(whole(config, "kv_lora_rank")) and name != "minicpm3"
    indexed = bool(whole(config, "index_head_dim")) and name in {"deepseek32", "glm-dsa", "minimax-m3"}
    widths = _Widths(config, name, kinds, heads, kv_heads, head_dim)
    keys, values = widths.latent() if latent else widths.deci(blocks) if blocks else widths.by_heads()
    experts = whole(config, "num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts") or 0
    feed_forward = _first_whole(config, "intermediate_size", "n_inner", "ffn_dim", "ffn_hidden_size")
    return Architecture(
        name=name,
        layers=layers,
        nextn_layers=_prediction_blocks(config),
        hidden=hidden,
        vocabulary=_vocabulary(config, name),
        heads=heads,
        kv_heads=kv_heads,
        head_dim=head_dim,
        feed_forward=feed_forward if feed_forward is not None else 4 * hidden,
        tied_embeddings=flag(config, "tie_word_embeddings", default=name in TIED_BY_DEFAULT),
        kinds=kinds,
        key_widths=keys,
        value_widths=values,
        quantized_cache_widths=_cached_head_widths(config, head_dim, latent),
        window=window_tokens(config, name, layers),
        state_values=_state_values(config, name, hidden),
        latent=latent,
        sparse_index=indexed,
        experts=experts,
        experts_used=_experts_used(config),
        expert_feed_forward=_expert_feed_forward(config, feed_forward),
        expert_layers=_expert_layers(config, layers) if experts > 1 else 0,
        expert_matrices=2 if name in {"nemotron_h", "nemotron_h_moe"} else 3,
        expert_width=whole(config, "moe_latent_size") or hidden,
    )


TIED_BY_DEFAULT = frozenset(
    (
        *("gemma", "gemma2", "gemma3", "gemma3n", "gemma4", "command-r", "cohere2", "starcoder", "bloom"),
        *("ernie4_5", "ernie4_5-moe", "falcon", "granite_swa", "lfm2", "lfm2moe", "mamba", "minicpm3"),
        *("smollm3", "starcoder2"),
    )
)
"""Families whose configuration class ties input and output embeddings unless told otherwise."""


class _Widths:
    """Key and value widths of every layer's cache."""

    def __init__(
        self, config: Config, name: str, kinds: tuple[Keeps, ...], heads: int, kv_heads: int, head_dim: int
    ) -> None:
        self.config, self.name, self.kinds = config, name, kinds
        self.heads, self.kv_heads, self.head_dim = heads, kv_heads, head_dim
        self.index = (whole(config, "index_head_dim") or 0) if name in {"deepseek32", "glm-dsa"} else 0

    def latent(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """One compressed key row: kv_lora_rank + qk_rope_head_dim, and the index row of sparse attention."""
        rank, rope = whole(self.config, "kv_lora_rank") or 0, whole(self.config, "qk_rope_head_dim") or 0
        width = rank + rope + self.index
        keys = tuple(0 if kind in {Keeps.STATE, Keeps.NOTHING} else width for kind in self.kinds)
        return keys, (0,) * len(keys)

    def deci(self, blocks: list[Config]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Grouping that differs from layer to layer (Nemotron NAS)."""
        groups = [whole(table(block, "attention"), "n_heads_in_group") for block in blocks]
        widths = tuple(self.heads // g * self.head_dim if g else 0 for g in groups)
        return widths, widths

    def by_heads(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """kv_heads x head_dim, with what some families do differently in windowed or shared layers."""
        per_layer = items(self.config, "num_key_value_heads")
        own = len(self.kinds) - (whole(self.config, "num_kv_shared_layers") or 0)
        dense = _leading_dense(self.config)
        index = (whole(self.config, "index_head_dim") or 0) if self.name == "minimax-m3" else 0
        keys: list[int] = []
        values: list[int] = []
        for i, kind in enumerate(self.kinds):
            if kind in {Keeps.STATE, Keeps.NOTHING} or i >= own:
                keys.append(0)
                values.append(0)
                continue
            kv_heads, key_dim, value_dim = self._layer(kind)
            if per_layer:
                kv_heads = int(per_layer[i])
            indexed = index if i >= dense else 0
            keys.append(kv_heads * key_dim + indexed)
            values.append(kv_heads * value_dim + indexed)
        return tuple(keys), tuple(values)

    def _layer(self, kind: Keeps) -> tuple[int, int, int]:
        """(kv heads, key dimension, value dimension) of a layer of this kind."""
        config = self.config
        if self.name == "minicpm3":
            key_dim = (whole(config, "qk_nope_head_dim") or 0) + (whole(config, "qk_rope_head_dim") or 0)
            return self.kv_heads, key_dim, whole(config, "v_head_dim") or self.head_dim
        if kind is Keeps.WINDOW:
            kv_heads = whole(config, "swa_num_key_value_heads") or self.kv_heads
            key_dim = whole(config, "swa_head_dim") or self.head_dim
            return kv_heads, key_dim, whole(config, "swa_v_head_dim", "v_head_dim") or key_dim
        kv_heads = whole(config, "num_global_key_value_heads") or self.kv_heads
        key_dim = whole(config, "global_head_dim") or self.head_dim
        return kv_heads, key_dim, whole(config, "v_head_dim") or key_dim


def _state_values(config: Config, name: str, hidden: int) -> int:
    """F32 values of state a recurrent layer keeps for one sequence: its convolution and its matrix."""
    if name in {"lfm2", "lfm2moe"}:
        return hidden * ((whole(config, "conv_L_cache") or 1) - 1)
    kernel = whole(config, "mamba_d_conv", "conv_kernel", "linear_conv_kernel_dim", "d_conv") or 4
    if name in {"minimax-01", "bailingmoe3"}:
        size, heads = whole(config, "head_dim") or 0, whole(config, "num_attention_heads") or 0
        convolved = 3 * (kernel - 1) * heads * size if name == "bailingmoe3" else 0
        return convolved + heads * size * size
    linear = table(config, "linear_attn_config")
    if linear:
        size, heads = whole(linear, "head_dim") or 0, whole(linear, "num_heads") or 0
        kernel = whole(linear, "short_conv_kernel_size") or kernel
        return 3 * (kernel - 1) * heads * size + heads * size * size
    value_heads = whole(config, "linear_num_value_heads")
    if value_heads:
        inner = value_heads * (whole(config, "linear_value_head_dim") or 0)
        state, groups = whole(config, "linear_key_head_dim") or 0, whole(config, "linear_num_key_heads") or 0
        return (kernel - 1) * (inner + 2 * groups * state) + state * inner
    state = whole(config, "mamba_d_state", "ssm_state_size", "state_size", "d_state") or 0
    if not state:
        return 0
    inner = _inner_width(config, name, hidden)
    groups = whole(config, "mamba_n_groups", "n_groups") or 0
    if name in {"mamba", "jamba"}:
        groups = 0
    return (kernel - 1) * (inner + 2 * groups * state) + state * inner


def _inner_width(config: Config, name: str, hidden: int) -> int:
    """Width of a Mamba block."""
    heads = whole(config, "mamba_n_heads", "mamba_num_heads", "num_heads")
    size = whole(config, "mamba_d_head", "mamba_head_dim", "head_dim")
    direct = whole(config, "mamba_d_ssm")
    if direct:
        return direct
    if heads and size:
        return heads * size
    expanded = (whole(config, "mamba_expand", "expand") or 2) * hidden
    return whole(config, "intermediate_size") or expanded if name == "mamba" else expanded


DROPS_PREDICTION_BLOCKS = frozenset({"deepseek_v3", "kimi_k2", "kimi_k25"})
"""Model types whose converter leaves the multi-token-prediction blocks out of the file."""


def _prediction_blocks(config: Config) -> int:
    if word(config, "model_type") in DROPS_PREDICTION_BLOCKS:
        return 0
    return whole(config, "num_nextn_predict_layers", "mtp_num_hidden_layers") or 0


def _cached_head_widths(config: Config, head_dim: int, latent: bool) -> tuple[int, ...]:
    """Head widths llama.cpp checks; of latent attention only what the converter copies from head_dim."""
    if latent:
        named = whole(config, "head_dim")
        return (named,) if named else ()
    return head_dim, whole(config, "v_head_dim") or head_dim


def _kv_heads(config: Config, heads: int) -> int:
    grouped = flag(config, "new_decoder_architecture")
    one_for_all = flag(config, "multi_query", default=word(config, "model_type") == "falcon")
    if one_for_all and not grouped:
        return 1
    return _first_whole(config, "num_key_value_heads", "num_kv_heads", "n_head_kv") or heads


def _vocabulary(config: Config, name: str) -> int:
    """Rows of the embedding. llama.cpp's converter cuts Gemma 3's to what the tokenizer uses."""
    rows = _required(config, "vocab_size", "n_vocab")
    return min(rows, 262_144) if name == "gemma3" else rows


def _experts_used(config: Config) -> int:
    for key in ("num_experts_per_tok", "num_experts_per_token", "moe_k", "moe_topk", "top_k_experts"):
        value = config.get(key)
        if isinstance(value, list) and value:
            value = value[0]  # pyright: ignore[reportUnknownVariableType]
        if isinstance(value, int):
            return value
    return 0


def _expert_feed_forward(config: Config, feed_forward: int | None) -> int:
    return (
        _first_whole(config, "moe_intermediate_size", "expert_intermediate_size", "moe_ffn_hidden_size")
        or feed_forward
        or 0
    )


def _expert_layers(config: Config, layers: int) -> int:
    """Blocks whose feed-forward is a set of experts."""
    named = items(config, "layers_block_type")
    if named:
        return sum(1 for kind in named if kind == "moe")
    pattern = word(config, "hybrid_override_pattern")
    if pattern:
        return pattern.count("E")
    marked = items(config, "moe_layer_freq", "moe_layers_enum")
    if marked and len(marked) == layers:
        return sum(1 for mark in marked if mark)
    period = whole(config, "expert_layer_period")
    if period:
        offset = whole(config, "expert_layer_offset") or 0
        return sum(1 for i in range(layers) if i % period == offset)
    step = whole(config, "decoder_sparse_step", "interleave_moe_layer_step") or 1
    dense = items(config, "mlp_only_layers") or []
    return sum(1 for i in range(_leading_dense(config), layers) if (i + 1) % step == 0 and i not in dense)


def _leading_dense(config: Config) -> int:
    """Blocks at the start whose feed-forward is dense in a model of experts."""
    marked = items(config, "moe_layer_freq")
    if marked:
        return next((i for i, mark in enumerate(marked) if mark), len(marked))
    return whole(config, "first_k_dense_replace", "num_dense_layers", "moe_layer_start_index") or 0


def _layers(config: Config) -> int:
    """Layers by their number, or by the length of the pattern that lists them."""
    keys = ("num_hidden_layers", "n_layer", "n_layers", "num_layers")
    listed = items(config, "layers_block_type") or word(config, "hybrid_override_pattern") or ()
    return _first_whole(config, *keys) or len(listed) or _required(config, *keys)


def _required(config: Config, *keys: str) -> int:
    value = _first_whole(config, *keys)
    if not value:
        raise BadValue(f"The configuration has no {keys[0]}: a whole number above 0 was expected.")
    return value


def _first_whole(config: Config, *keys: str) -> int | None:
    """A whole number, or the first positive one of a list that gives it layer by layer."""
    value = whole(config, *keys)
    if value is not None:
        return value
    per_layer = items(config, *keys)
    return next((n for n in per_layer if isinstance(n, int) and n > 0), None) if per_layer else None
