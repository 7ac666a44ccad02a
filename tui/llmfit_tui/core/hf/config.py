"""The language model in a configuration, with what its configuration class leaves out when it is saved."""

from collections.abc import Mapping
from typing import Any, cast

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.hf.keys import LAYERS, checked
from llmfit_tui.core.models.config import Config

NESTED = ("text_config", "llm_config", "language_config", "thinker_config", "language_model_config")
"""Where models that also see or hear keep the configuration of their language model."""
DEEPEST = 3
HIDDEN = ("hidden_size", "n_embd", "d_model")
NEVER_BY_DEFAULT = frozenset((*LAYERS, *HIDDEN))
"""A configuration without these is broken, not brief: nothing is filled in for them."""
POSITIONS = (
    "max_position_embeddings",
    "n_positions",
    "max_sequence_length",
    "model_max_length",
    "seq_length",
)

Defaults = Mapping[str, Mapping[str, Any]]
"""model_type to what its configuration class in transformers assumes for keys that are not there."""


def language_config(config: Config, defaults: Defaults) -> dict[str, Any]:
    """The checked configuration of the language model. Raises BadValue, naming the key."""
    part = _language_part(config)
    found = checked(part)
    filled = {
        key: value
        for key, value in defaults.get(str(found.get("model_type")), {}).items()
        if key not in NEVER_BY_DEFAULT and not _given(key, part)
    }
    whole = {**filled, **found}
    if not any(key in whole for key in LAYERS) or not any(key in whole for key in HIDDEN):
        missing = LAYERS[0] if not any(key in whole for key in LAYERS) else HIDDEN[0]
        raise BadValue(f"{missing} is missing: a whole number above 0 was expected.")
    return whole


def context_of(config: Config) -> int | None:
    """Positions the model was trained for, as its configuration says."""
    for key in POSITIONS:
        value = config.get(key)
        if isinstance(value, int) and value > 0:
            return value
    return None


def _language_part(config: Config, depth: int = 0) -> dict[str, Any]:
    """The innermost language model's own keys; what only the outside says (tied embeddings) is kept."""
    for key in NESTED:
        inner = config.get(key)
        if isinstance(inner, Mapping) and depth < DEEPEST:
            part = _language_part(cast("Config", inner), depth + 1)
            for name in ("tie_word_embeddings", "torch_dtype", "dtype", "architectures", "model_type"):
                if name in config and name not in part:
                    part[name] = config[name]
            return part
    return dict(config)


_SAME = (
    frozenset(LAYERS),
    frozenset(HIDDEN),
    frozenset(POSITIONS),
    frozenset(["num_attention_heads", "n_head", "n_heads"]),
    frozenset(["num_key_value_heads", "num_kv_heads", "n_head_kv"]),
    frozenset(["intermediate_size", "n_inner", "ffn_dim", "ffn_hidden_size"]),
    frozenset(["vocab_size", "n_vocab"]),
    frozenset(["num_experts_per_tok", "num_experts_per_token", "moe_k", "moe_topk", "top_k_experts"]),
    frozenset(["n_shared_experts", "num_shared_experts", "moe_num_shared_experts", "num_shared_expert"]),
    frozenset(["num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts"]),
)
"""Keys that say the same: a default for one would contradict what another gives."""


def _given(key: str, found: Mapping[str, Any]) -> bool:
    """Whether the configuration says it, null included, under this name or another."""
    return key in found or any(key in alike and any(other in found for other in alike) for alike in _SAME)
