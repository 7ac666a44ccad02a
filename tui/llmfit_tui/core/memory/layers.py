"""What each layer of a model keeps between tokens: all positions, a window of them, a state, or nothing.

The rules are llama.cpp's, which for some families ignores a window the configuration names. They
were read off llama.cpp at commit 0c1e57098 and hold for every architecture listed; one that is not
listed here follows its configuration.
"""

from enum import Enum

from llmfit_tui.core.models.config import Config, flag, items, table, whole, word


class Keeps(Enum):
    """What a layer keeps of the tokens it has seen."""

    FULL = "full"
    WINDOW = "window"
    STATE = "state"
    BOTH = "both"
    """Every position and a recurrent state, side by side (Falcon-H1)."""
    NOTHING = "nothing"


WINDOW_IGNORED = frozenset(
    [
        "llama",
        "mistral3",
        "qwen2",
        "qwen2moe",
        "qwen2vl",
        "qwen3",
        "qwen3moe",
        "phi3",
        "phimoe",
        "starcoder2",
        "minicpm",
        "granitemoe",
    ]
)
"""GGUF architectures whose window llama.cpp does not implement: they cache every position."""

FULL_LAST_OF = {
    "gemma2": 2,
    "gpt-oss": 2,
    "gemma3": 6,
    "cohere2": 4,
    "olmo2": 4,
    "exaone4": 4,
    "llama4": 4,
    "afmoe": 4,
    "exaone-moe": 4,
    "mellum": 4,
    "muse-glimmer": 4,
    "gemma3n": 5,
}
"""Of so many layers the last one sees everything, the others a window: llama.cpp's own patterns."""

FULL_FIRST_OF = {"laguna": 4, "smallthinker": 4, "cohere2moe": 4}
"""Likewise, the first one."""

_BY_WORD = {
    "full_attention": Keeps.FULL,
    "attention": Keeps.FULL,
    "full": Keeps.FULL,
    "global": Keeps.FULL,
    "sliding_attention": Keeps.WINDOW,
    "chunked_attention": Keeps.WINDOW,
    "linear_attention": Keeps.STATE,
    "mamba": Keeps.STATE,
    "conv": Keeps.STATE,
    "recurrent": Keeps.STATE,
    "hybrid": Keeps.BOTH,
    "mlp": Keeps.NOTHING,
    "moe": Keeps.NOTHING,
}
_BY_LETTER = {"M": Keeps.STATE, "*": Keeps.FULL, "-": Keeps.NOTHING, "E": Keeps.NOTHING}


def layer_kinds(config: Config, arch: str, layers: int) -> tuple[Keeps, ...]:
    """What each of the `layers` layers keeps, in order.

    `arch` is the GGUF architecture. Layers of which the configuration says nothing keep everything,
    which is what llama.cpp does too.
    """
    if arch == "falcon-h1":
        return (Keeps.BOTH,) * layers
    if arch in {"mamba", "mamba2"}:
        return (Keeps.STATE,) * layers
    kinds = _named(config, layers) or _by_period(config, layers)
    window = window_tokens(config, arch, layers)
    if kinds is None or set(kinds) == {Keeps.FULL}:
        return _windowed(arch, layers) if window is not None else (Keeps.FULL,) * layers
    if window is None:
        kinds = tuple(Keeps.FULL if kind is Keeps.WINDOW else kind for kind in kinds)
    return kinds


def window_tokens(config: Config, arch: str, layers: int) -> int | None:
    """Tokens a windowed layer looks back on, or None where llama.cpp caches every position."""
    if arch in WINDOW_IGNORED or flag(config, "use_sliding_window", default=True) is False:
        return None
    if arch == "exaone4" and layers != 64:
        return None
    if arch == "llama4":
        return whole(config, "attention_chunk_size") or 8192
    return whole(config, "sliding_window", "sliding_window_size") or None


def _named(config: Config, layers: int) -> tuple[Keeps, ...] | None:
    """Kinds spelled out layer by layer."""
    blocks = items(config, "block_configs")
    if blocks:
        return tuple(Keeps.NOTHING if _no_cache(block) else Keeps.FULL for block in blocks)
    pattern = word(config, "hybrid_override_pattern")
    if pattern and len(pattern) == layers:
        return tuple(_BY_LETTER.get(letter, Keeps.NOTHING) for letter in pattern)
    hybrid = items(config, "hybrid_layer_pattern")
    if hybrid and len(hybrid) == layers:
        return tuple(Keeps.WINDOW if windowed else Keeps.FULL for windowed in hybrid)
    for key in ("layers_block_type", "layer_types", "block_types"):
        named = items(config, key)
        if named and len(named) >= layers:
            return tuple(_BY_WORD.get(str(kind), Keeps.FULL) for kind in named[:layers])
    attention = items(config, "full_attn_idxs")
    if attention:
        return tuple(Keeps.FULL if i in attention else Keeps.STATE for i in range(layers))
    counted_from_one = items(table(config, "linear_attn_config"), "full_attn_layers")
    if counted_from_one:
        return tuple(Keeps.FULL if i + 1 in counted_from_one else Keeps.STATE for i in range(layers))
    return None


def _by_period(config: Config, layers: int) -> tuple[Keeps, ...] | None:
    """Kinds given as a period: one attention layer in so many."""
    period = whole(config, "attn_layer_period")
    if period:
        offset = whole(config, "attn_layer_offset") or 0
        return tuple(Keeps.FULL if i % period == offset else Keeps.STATE for i in range(layers))
    interval = whole(config, "full_attention_interval")
    if interval:
        return tuple(Keeps.FULL if (i + 1) % interval == 0 else Keeps.STATE for i in range(layers))
    return None


def _windowed(arch: str, layers: int) -> tuple[Keeps, ...]:
    if arch in FULL_FIRST_OF:
        period, full = FULL_FIRST_OF[arch], 0
    elif arch in FULL_LAST_OF:
        period = FULL_LAST_OF[arch]
        full = period - 1
    else:
        return (Keeps.FULL,) * layers
    return tuple(Keeps.FULL if i % period == full else Keeps.WINDOW for i in range(layers))


def _no_cache(block: Config) -> bool:
    attention = table(block, "attention")
    return flag(attention, "no_op") or flag(attention, "replace_with_linear")
