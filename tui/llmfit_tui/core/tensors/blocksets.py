"""Which blocks of a model have which tensors: attention, recurrent, dense or expert feed-forward.

Blocks are numbered as in the GGUF file: `layers` blocks of the model, then its prediction (NextN) blocks.
"""

from collections.abc import Mapping
from typing import Any

from llmfit_tui.core.memory.layers import Keeps
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.config import Config, flag, items, table, whole, word

Blocks = tuple[int, ...]

STATEFUL = frozenset([Keeps.STATE, Keeps.BOTH])
ATTENDING = frozenset([Keeps.FULL, Keeps.WINDOW, Keeps.BOTH])


def block_sets(config: Config, arch: Architecture, name: str, nextn: int) -> dict[str, Blocks]:
    """The sets of blocks a table may name.

    every, trunk (without prediction blocks), nextn, attention, recurrent, dense and experts (feed-forward),
    indexers (sparse attention that picks positions itself), sinks (windowed attention with sinks), and
    DeepSeek-V4's hashed, scored, compressed and indexed.
    """
    trunk = tuple(range(arch.layers))
    extra = tuple(range(arch.layers, arch.layers + nextn))
    kinds = arch.kinds
    if not any(kind in ATTENDING or kind in STATEFUL for kind in kinds):
        kinds = (Keeps.FULL,) * arch.layers
    experts = expert_blocks(config, arch)
    idle = _without_feed_forward(config, trunk)
    dense = tuple(i for i in trunk if i not in experts and i not in idle)
    return {
        "every": trunk + extra,
        "trunk": trunk,
        "nextn": extra,
        "attention": tuple(i for i in trunk if kinds[i] in ATTENDING) + extra,
        "recurrent": tuple(i for i in trunk if kinds[i] in STATEFUL),
        "experts": experts if name in DENSE_PREDICTION else experts + (extra if experts else ()),
        "dense": dense if experts and name not in DENSE_PREDICTION else dense + extra,
        "indexers": _indexing(config, trunk) + extra,
        "sinks": tuple(i for i in trunk if kinds[i] is Keeps.WINDOW),
        **_compressed(config, trunk),
    }


DENSE_PREDICTION = frozenset(["step35"])
"""Mixture models whose prediction blocks have a dense feed-forward."""


def _indexing(config: Config, trunk: Blocks) -> Blocks:
    """Blocks that pick their own positions; a `shared` one reuses the choice of a block before it."""
    kinds = items(config, "indexer_types")
    return tuple([i for i in trunk if kinds[i] == "full"]) if kinds else trunk


def _compressed(config: Config, trunk: Blocks) -> dict[str, Blocks]:
    """Blocks of DeepSeek-V4 by how they pick experts and by how far they compress the past."""
    ratios = items(config, "compress_ratios") or []
    hashed = whole(config, "num_hash_layers") or 0
    return {
        "hashed": trunk[:hashed],
        "scored": trunk[hashed:],
        "compressed": tuple(i for i in trunk if i < len(ratios) and ratios[i]),
        "indexed": tuple(i for i in trunk if i < len(ratios) and ratios[i] == 4),
    }


def expert_blocks(config: Config, arch: Architecture) -> Blocks:
    """Blocks whose feed-forward is a set of experts, without prediction blocks."""
    layers = range(arch.layers)
    if not arch.is_moe:
        return ()
    named = items(config, "layers_block_type")
    if named:
        return tuple(i for i in layers if named[i] == "moe")
    pattern = word(config, "hybrid_override_pattern")
    if pattern:
        return tuple(i for i in layers if pattern[i] == "E")
    kinds = items(config, "mlp_layer_types")
    if kinds and len(kinds) >= arch.layers:
        return tuple(i for i in layers if kinds[i] == "sparse")
    marked = items(config, "moe_layer_freq")
    if marked and len(marked) >= arch.layers:
        return tuple(i for i in layers if marked[i])
    listed = items(config, "moe_layers")
    if listed:
        return tuple(i for i in layers if i in listed)
    period = whole(config, "expert_layer_period")
    if period:
        offset = whole(config, "expert_layer_offset") or 0
        return tuple(i for i in layers if i % period == offset)
    step = whole(config, "decoder_sparse_step", "interleave_moe_layer_step", "moe_layer_interval") or 1
    first = whole(config, "first_k_dense_replace", "num_dense_layers", "moe_layer_start_index") or 0
    dense = items(config, "mlp_only_layers") or []
    return tuple(i for i in layers if i >= first and (i + 1) % step == 0 and i not in dense)


def _without_feed_forward(config: Config, trunk: Blocks) -> frozenset[int]:
    """Blocks of hybrids that hold attention or state only, and blocks a search has emptied (Nemotron NAS)."""
    named = items(config, "layers_block_type")
    if named:
        idle = {"linear_attention", "mamba", "attention", "full_attention"}
        return frozenset(i for i in trunk if named[i] in idle)
    pattern = word(config, "hybrid_override_pattern")
    if pattern:
        return frozenset(i for i in trunk if pattern[i] in "M*")
    blocks = items(config, "block_configs") or []
    return frozenset(i for i in trunk if blocks and not feed_forward_multiplier(blocks[i]))


def feed_forward_multiplier(block: Mapping[str, Any]) -> float:
    """Of a Nemotron NAS block: feed-forward width in units of two thirds of the hidden size; 0: none."""
    spec = table(block, "ffn")
    value = spec.get("ffn_mult")
    return float(value) if isinstance(value, (int, float)) and not flag(spec, "no_op") else 0.0
