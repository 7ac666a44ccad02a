"""What CUDA has kernels for, where that decides which device an op runs on."""

from functools import lru_cache

from llmfit_tui.core.graph.model import GraphModel
from llmfit_tui.core.identity import ByIdentity

SAME_WIDTHS = frozenset([40, 64, 72, 80, 96, 112, 128, 256])
"""Of a head's keys and values, for which CUDA has flash attention (ggml-cuda/fattn.cu)."""
OTHER_WIDTHS = {(192, 128): 8, (320, 256): 32, (512, 512): 2, (576, 512): 2}
"""Likewise, with what the query heads of one key head must divide by."""


def in_cuda(model: GraphModel) -> tuple[bool, ...]:
    """Of each block whether CUDA has flash attention for its heads."""
    return _by_block(ByIdentity(model))


@lru_cache(maxsize=256)
def _by_block(key: ByIdentity[GraphModel]) -> tuple[bool, ...]:
    return tuple(_in_cuda(key.value, block) for block in range(len(key.value.blocks)))


def _in_cuda(model: GraphModel, block: int) -> bool:
    if not model.arch.key_widths[block]:
        return True
    key, value = model.head_dims[block]
    heads, kv_heads = model.number("H", block), model.number("KV", block) or 1
    if model.arch.latent:
        value, kv_heads = model.setting("kv_lora_rank"), 1
        key = value + model.number("ROT", block)
    if key == value and key in SAME_WIDTHS:
        return True
    ratio = OTHER_WIDTHS.get((key, value))
    return ratio is not None and heads // kv_heads % ratio == 0
