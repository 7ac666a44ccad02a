"""What a GPU's buffer adds to the cache of each block: padding of quantized rows, as for weights."""

from itertools import accumulate

from llmfit_tui.core.memory.kvcache import CacheSettings, KVType, row_bytes
from llmfit_tui.core.memory.loaded import DEVICE_ALIGNMENT, DEVICE_ROW
from llmfit_tui.core.models.architecture import Architecture


def padding_before(arch: Architecture, settings: CacheSettings, index_width: int) -> tuple[int, ...]:
    """Bytes added to the first n blocks when a GPU holds them, for n from 0 to all; empty: nothing is added.

    `index_width` is the width of the second, small row that sparse attention keeps in a tensor of its own.
    """
    if not settings.key_type.quantized and not settings.value_type.quantized:
        return ()
    widest = max(arch.key_widths, default=0)
    each: list[int] = []
    for key, value in zip(arch.key_widths, arch.value_widths, strict=True):
        index = index_width if arch.sparse_index and key == widest else 0
        added = _padding(key - index, settings.key_type) + _padding(index, settings.key_type)
        if value:
            added += _padding(value - index, settings.value_type) + _padding(index, settings.value_type)
        each.append(added)
    return tuple(accumulate(each, initial=0)) if any(each) else ()


def _padding(width: int, kind: KVType) -> int:
    short = width % DEVICE_ROW
    if not short or not kind.quantized:
        return 0
    return -(-row_bytes(DEVICE_ROW - short, kind) // DEVICE_ALIGNMENT) * DEVICE_ALIGNMENT
