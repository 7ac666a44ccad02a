"""Weights by shard: what tensor parallelism splits, what every GPU holds whole, and the stages of a pipeline.

vLLM (vllm/model_executor/layers): ColumnParallelLinear and RowParallelLinear split attention by heads and
feed-forwards by width; QKVParallelLinear copies key/value heads where there are fewer of them than GPUs;
VocabParallelEmbedding pads the vocabulary to a multiple of 64 and splits it; experts are split like
feed-forwards, or dealt whole with --enable-expert-parallel, which comes to the same bytes. Norms, routers and
the down-projections of latent attention (ReplicatedLinear) are whole everywhere.
"""

import math
from functools import lru_cache

from llmfit_tui.core.engines.formats import SIXTEEN_BIT
from llmfit_tui.core.identity import ByIdentity, by_config
from llmfit_tui.core.memory.modeltensors import plan_of
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.config import real, table, whole
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.record import record
from llmfit_tui.core.tensors.formats import HALF
from llmfit_tui.core.tensors.plan import TensorPlan
from llmfit_tui.core.tensors.storing import stored_as

VOCABULARY_PADDING = 64
ENDS = frozenset({"token_embd", "output"})
BY_KV_HEADS = frozenset({"attn_k", "attn_v", "attn_k.bias", "attn_v.bias"})
SPLIT = frozenset(
    [
        *("attn_q", "attn_q.bias", "attn_q_b", "attn_k_b", "attn_v_b", "attn_kv_b", "attn_output"),
        *("attn_gate", "attn_sinks", "attn_output_b", "indexer.attn_q_b"),
        *("ffn_gate", "ffn_up", "ffn_down", "ffn_gate.bias", "ffn_up.bias"),
        *("ffn_gate_exps", "ffn_up_exps", "ffn_down_exps", "ffn_gate_up_exps"),
        *("ffn_gate_exps.bias", "ffn_up_exps.bias", "ffn_gate_shexp", "ffn_up_shexp", "ffn_down_shexp"),
        *("ssm_in", "ssm_out", "ssm_conv1d", "ssm_conv1d.bias", "ssm_a", "ssm_d", "ssm_dt", "ssm_dt.bias"),
        *("ssm_alpha", "ssm_beta", "ssm_ba", "ssm_x", "ssm_conv1d_q", "ssm_conv1d_k", "ssm_conv1d_v"),
        *("shortconv.conv", "shortconv.in_proj", "shortconv.out_proj"),
    ]
)
MERGED = {
    **dict.fromkeys(("attn_q", "attn_k", "attn_v"), "qkv_proj"),
    **dict.fromkeys(("ffn_gate", "ffn_up"), "gate_up_proj"),
    **dict.fromkeys(("ffn_gate_exps", "ffn_up_exps"), "w13_weight"),
    **dict.fromkeys(("ffn_gate_shexp", "ffn_up_shexp"), "shared gate_up_proj"),
}
"""Matrices that vLLM keeps as one."""
ABSORBED = frozenset({"attn_k_b", "attn_v_b", "attn_kv_b"})
"""Latent attention keeps a second, 16-bit copy of these for decoding (MLACommonImpl, W_UK_T and W_UV)."""


@record
class Habits:
    """How an engine holds what is not split as the layers are."""

    splits_ends: bool
    """Embedding and output are split among GPUs, and only the first and last stage hold them."""
    absorbs: bool
    """Latent attention keeps a second copy of ABSORBED."""
    tabulates: bool
    """Cosines and sines are kept for every position."""


VLLM = Habits(splits_ends=True, absorbs=True, tabulates=True)
MLX = Habits(splits_ends=False, absorbs=False, tabulates=False)
"""mlx-lm: every machine has the embedding, the last norm and the output whole (models/pipeline.py)."""


@record
class Shard:
    """What one GPU of a stage holds, in bytes."""

    weights_bytes: int
    active_bytes: int
    """Read for one token."""


def shard_of(
    model: Model,
    arch: Architecture,
    quant: str,
    tensor: int,
    blocks: range,
    *,
    extra: bool = True,
    habits: Habits = VLLM,
) -> Shard | None:
    """The weights of one GPU of a stage; None where the model's tensors or the format are not known.

    `extra` counts what is not of the language model (towers that see and hear), 16-bit and whole.
    """
    held = _held(by_config(model), ByIdentity(arch), quant, tensor, blocks, habits)
    if held is None:
        return None
    rotary = _rotary_bytes(model, arch) if habits.tabulates else 0
    other = _other_bytes(model) if extra and blocks.start == 0 else 0
    return Shard(held.weights_bytes + rotary + other, held.active_bytes)


@lru_cache(maxsize=1024)
def _held(
    key: ByIdentity[Model],
    shape: ByIdentity[Architecture],
    quant: str,
    tensor: int,
    blocks: range,
    habits: Habits,
) -> Shard | None:
    sizes = _sizes(key, quant)
    if sizes is None:
        return None
    arch = shape.value
    read = arch.experts_used / arch.experts if arch.experts else 1.0
    made: dict[tuple[str, int], float] = {}
    active = 0.0
    for one in sizes:
        whole_ends = one.name in ENDS and not habits.splits_ends
        size = one.bytes * (1.0 if whole_ends else _share(one.name, one.shape, arch, tensor))
        places = _places(one, arch, blocks, habits)
        for place in places:
            tensor_made = (MERGED.get(one.name, one.name), place)
            made[tensor_made] = made.get(tensor_made, 0.0) + size
        if habits.absorbs and one.name in ABSORBED:
            again = one.values * HALF / tensor
            made.update({(f"{one.name}, absorbed", place): again for place in places})
        if one.name != "token_embd" or (one.tied and blocks.stop == arch.layers):
            active += len(places) * size * (read if "_exps" in one.name else 1)
    return Shard(sum(allocated(math.ceil(size)) for size in made.values()), round(active))


def _places(one: "_Size", arch: Architecture, blocks: range, habits: Habits) -> list[int]:
    """The blocks of a stage that have a tensor; [-1] where it holds it once."""
    if one.blocks:
        return [block for block in one.blocks if block in blocks]
    if not habits.splits_ends:
        return [-1]
    first, last = blocks.start == 0, blocks.stop == arch.layers
    if one.name == "token_embd":
        return [-1] if first or (last and one.tied) else []
    return [-1] if (last if one.name.startswith("output") else first) else []


def allocated(size: int) -> int:
    """What PyTorch's allocator counts for a tensor: whole 2 MiB from 10 MiB up, unless more than 1 MiB of it
    would be left, which is split off (c10/cuda/CUDACachingAllocator.cpp); else whole 512 bytes."""
    rounded = -(-size // (2 << 20)) * (2 << 20)
    if size >= 10 << 20 and rounded - size <= 1 << 20:
        return rounded
    return -(-size // 512) * 512


@record
class _Size:
    name: str
    shape: tuple[int, ...]
    blocks: tuple[int, ...]
    bytes: float
    """Of one tensor."""
    values: int
    tied: bool


@lru_cache(maxsize=256)
def _sizes(key: ByIdentity[Model], quant: str) -> tuple[_Size, ...] | None:
    plan = plan_of(key.value, prediction=False)
    if plan is None:
        return None
    if quant in SIXTEEN_BIT:
        return tuple(_sixteen(plan))
    made = stored_as(plan, quant)
    if made is None:
        return None
    return tuple(
        _Size(
            p.group.name,
            p.group.shape,
            tuple(p.blocks),
            p.each,
            p.group.values,
            plan.tied,
        )
        for p in made.pieces
    )


def _sixteen(plan: TensorPlan) -> list[_Size]:
    found: list[_Size] = []
    for group in plan.groups:
        blocks = tuple(block for block in group.blocks if block < plan.layers)
        if group.name.startswith("rope_") or (group.blocks and not blocks):
            continue
        size = group.values * (2 * HALF if group.name.startswith("exp_probs_b") else HALF)
        found.append(_Size(group.name, group.shape, blocks, size, group.values, plan.tied))
    return found


def _share(name: str, shape: tuple[int, ...], arch: Architecture, tensor: int) -> float:
    """The share of a tensor that one GPU holds."""
    if name in ENDS:
        padded = -(-shape[1] // VOCABULARY_PADDING) * VOCABULARY_PADDING
        return -(-padded // tensor) / shape[1]
    if name in BY_KV_HEADS:
        return kv_share(arch, tensor)
    if name in {"attn_qkv", "attn_qkv.bias"}:
        keys = 2 * arch.kv_heads / (arch.heads + 2 * arch.kv_heads)
        return (1 - keys) / tensor + keys * kv_share(arch, tensor)
    return 1 / tensor if name in SPLIT else 1.0


def kv_share(arch: Architecture, tensor: int) -> float:
    """The share of the key/value heads on one GPU: each has at least one whole head."""
    return max(1 / tensor, 1 / arch.kv_heads) if arch.kv_heads else 1 / tensor


def _rotary_bytes(model: Model, arch: Architecture) -> int:
    """Cosines and sines for every position, in 16 bits, once for all layers (RotaryEmbedding)."""
    positions = whole(model.config, "max_position_embeddings") or model.context_max or 0
    scaling = table(model.config, "rope_scaling") or table(model.config, "rope_parameters")
    factor = real(scaling, "factor") or 1.0
    original = whole(scaling, "original_max_position_embeddings")
    if original:
        positions = max(positions, round(original * factor))
    rotated = whole(model.config, "qk_rope_head_dim") or arch.head_dim
    share = real(model.config, "partial_rotary_factor") or real(scaling, "partial_rotary_factor") or 1.0
    return round(positions * rotated * share) * HALF


def _other_bytes(model: Model) -> int:
    """Of a model that sees or hears: what is not of its language model and not for predicting ahead."""
    if not {"vision", "audio"} & set(model.capabilities):
        return 0
    if model.checkpoint_parameters is None or model.parameters is None:
        return 0
    plan, without = plan_of(model), plan_of(model, prediction=False)
    ahead = plan.parameters - without.parameters if plan and without else 0
    return max(model.checkpoint_parameters - model.parameters - ahead, 0) * HALF
