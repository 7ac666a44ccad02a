"""What each layer of a GGUF file keeps between tokens, by llama.cpp's rules for its architecture."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from llmfit_tui.core.memory.layers import FULL_FIRST_OF, FULL_LAST_OF, WINDOW_IGNORED, Keeps

if TYPE_CHECKING:
    from llmfit_tui.core.gguf.shape import Hyperparameters

WINDOW_BY_DEFAULT = {"gemma2": 4096, "llama4": 8192, "exaone-moe": 128, "smallthinker": 4096}
"""Windows llama.cpp sets itself where the metadata name none."""
RECURRENT = frozenset(["mamba", "mamba2", "rwkv6", "rwkv7", "rwkv6qwen2", "arwkv7"])
UNCACHED = frozenset(
    (
        *("bert", "jina-bert-v2", "jina-bert-v3", "nomic-bert", "nomic-bert-moe", "neo-bert", "modern-bert"),
        *("eurobert", "gemma-embedding", "llama-embed", "wavtokenizer-dec"),
        *("dream", "llada", "llada-moe", "rnd1"),
    )
)
"""Encoders and diffusion models: every pass reads the whole text, so nothing is kept."""
INTERVAL_OF_FOUR = frozenset(["qwen3next", "qwen35", "qwen35moe"])
"""Every fourth layer attends, where `full_attention_interval` does not say otherwise."""


def window_of(own: "Hyperparameters") -> int | None:
    """Tokens a windowed layer looks back on; None where every layer keeps all positions."""
    if own.name in WINDOW_IGNORED or (own.name == "exaone4" and own.layers != 64):
        return None
    found = own.whole("attention.sliding_window")
    if own.name == "llama4":
        return None if found == 0 else found or WINDOW_BY_DEFAULT["llama4"]
    return found or WINDOW_BY_DEFAULT.get(own.name)


def layers_of(own: "Hyperparameters", names: Mapping[str, tuple[int, ...]]) -> tuple[Keeps, ...]:
    """What every layer keeps."""
    layers = range(own.layers)
    if own.name == "falcon-h1":
        return (Keeps.BOTH,) * own.layers
    if own.name in RECURRENT:
        return (Keeps.STATE,) * own.layers
    if own.name in UNCACHED:
        return (Keeps.NOTHING,) * own.layers
    windowed = _windowed(own)
    stateful = _stateful(own, names)
    kv_heads = own.each("attention.head_count_kv")
    return tuple(
        Keeps.STATE
        if i in stateful
        else Keeps.NOTHING
        if kv_heads is not None and not kv_heads[i]
        else Keeps.WINDOW
        if windowed[i]
        else Keeps.FULL
        for i in layers
    )


def _stateful(own: "Hyperparameters", names: Mapping[str, tuple[int, ...]]) -> frozenset[int]:
    """Layers with a recurrent state in place of a cache."""
    marked = own.each("attention.recurrent_layers")
    if marked is not None:
        return frozenset(i for i, mark in enumerate(marked) if mark)
    interval = own.whole("full_attention_interval") or (4 if own.name in INTERVAL_OF_FOUR else 0)
    if interval:
        return frozenset(i for i in range(own.layers) if (i + 1) % interval)
    return frozenset(
        block
        for name, blocks in names.items()
        if name.startswith(("ssm_", "shortconv.")) or name == "time_mix_w1"
        for block in blocks
    )


def _windowed(own: "Hyperparameters") -> tuple[bool, ...]:
    """Layers that keep a window: spelled out, or by the period llama.cpp knows of the architecture."""
    if window_of(own) is None:
        return (False,) * own.layers
    pattern = own.file.own("attention.sliding_window_pattern")
    if isinstance(pattern, (tuple, list)):
        return tuple(
            bool(mark) for mark in cast("tuple[int, ...]", own.each("attention.sliding_window_pattern"))
        )
    if own.name == "lfm2":
        return (True,) * own.layers
    if own.name in FULL_FIRST_OF:
        period = own.whole("attention.sliding_window_pattern") or FULL_FIRST_OF[own.name]
        return tuple(i % period != 0 for i in range(own.layers))
    period = own.whole("attention.sliding_window_pattern") or FULL_LAST_OF.get(own.name)
    return tuple(period is not None and i % period < period - 1 for i in range(own.layers))
