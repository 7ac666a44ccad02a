"""Bytes of the attention cache and of recurrent state, as llama.cpp allocates them.

    cache = streams x sum over layers of cells x (row(key width) + row(value width))

Rules: llama.cpp at commit 0c1e57098 (src/llama-kv-cache.cpp, llama-kv-cache-iswa.cpp,
llama-memory-recurrent.cpp). Worked example, Qwen2.5-0.5B at 32,768 tokens in f16:
24 layers x 32,768 cells x (128 + 128) values x 2 bytes = 402,653,184 bytes.
"""

from enum import Enum

from llmfit_tui.core.models.architecture import Architecture, CacheGroup
from llmfit_tui.core.record import record

CELL_PADDING = 256
"""llama.cpp rounds the cells of a cache up to a multiple of this."""


class KVType(Enum):
    """Type of the cached keys or values, by its llama.cpp name; fp8 by vLLM's."""

    F32 = "f32"
    F16 = "f16"
    BF16 = "bf16"
    Q8_0 = "q8_0"
    Q5_1 = "q5_1"
    Q5_0 = "q5_0"
    Q4_1 = "q4_1"
    Q4_0 = "q4_0"
    IQ4_NL = "iq4_nl"
    FP8 = "fp8"

    @property
    def quantized(self) -> bool:
        """Whether values share a scale in blocks of 32."""
        return self not in {KVType.F32, KVType.F16, KVType.BF16, KVType.FP8}


_BLOCK = {
    KVType.F32: (1, 4),
    KVType.F16: (1, 2),
    KVType.BF16: (1, 2),
    KVType.Q8_0: (32, 34),
    KVType.Q5_1: (32, 24),
    KVType.Q5_0: (32, 22),
    KVType.Q4_1: (32, 20),
    KVType.Q4_0: (32, 18),
    KVType.IQ4_NL: (32, 18),
    KVType.FP8: (1, 1),
}
"""Values and bytes of one block."""


@record
class CacheSettings:
    """What the size of a cache depends on, by llama.cpp's flag names."""

    context: int
    """-c: tokens over all slots."""
    parallel: int = 1
    """-np: slots."""
    unified: bool = False
    """--kv-unified: all slots share one stream of cells."""
    ubatch: int = 512
    batch: int = 2048
    swa_full: bool = False
    key_type: KVType = KVType.F16
    value_type: KVType = KVType.F16
    flash_attention: bool = True
    rollback: int = 0
    """Earlier states kept for each sequence, to go back to when drafted tokens are refused (n_rs_seq)."""

    @property
    def states(self) -> int:
        """Recurrent states of each layer."""
        return self.parallel * (1 + self.rollback)


@record
class CacheSize:
    """Bytes over all layers and slots."""

    full_bytes: int
    """Layers that cache every position."""
    window_bytes: int
    """Layers that cache a window."""
    state_bytes: int
    """Recurrent state, always F32."""
    cells: int
    """Positions per stream in a full layer."""
    window_cells: int
    streams: int

    @property
    def attention_bytes(self) -> int:
        """The attention cache: full and windowed layers."""
        return self.full_bytes + self.window_bytes


def padded(tokens: int) -> int:
    """Rounded up to a whole number of cells' padding."""
    return -(-tokens // CELL_PADDING) * CELL_PADDING


def row_bytes(width: int, kind: KVType) -> int:
    """Bytes of one row of `width` values; a row that does not fill its last block still pays for it."""
    values, size = _BLOCK[kind]
    return -(-width // values) * size


def bytes_per_value(kind: KVType) -> float:
    """Bytes one cached value takes on average."""
    values, size = _BLOCK[kind]
    return size / values


def cells_and_streams(settings: CacheSettings) -> tuple[int, int]:
    """(cells per stream, streams)."""
    total = padded(settings.context)
    if settings.unified:
        return total, 1
    return padded(total // settings.parallel), settings.parallel


def cache_size(arch: Architecture, settings: CacheSettings) -> CacheSize:
    """Size of the cache of a model under these settings."""
    cells, streams = cells_and_streams(settings)
    window_cells = _window_cells(arch, settings, cells)
    full = window = states = 0
    for group in arch.groups:
        states += group.layers if group.stateful else 0
        rows = cell_bytes(arch, settings, group)
        if group.windowed:
            window += rows
        else:
            full += rows
    return CacheSize(
        full_bytes=streams * cells * full,
        window_bytes=streams * window_cells * window,
        state_bytes=settings.states * states * 4 * arch.state_values,
        cells=cells,
        window_cells=window_cells,
        streams=streams,
    )


def layer_bytes(arch: Architecture, settings: CacheSettings, size: CacheSize) -> tuple[int, ...]:
    """Cache and state of each block, over all slots; they add up to `size`, the whole cache."""
    each = [_group_bytes(arch, settings, size, group) // group.layers for group in arch.groups]
    return tuple([each[group] for group in arch.group_of])


def cell_bytes(arch: Architecture, settings: CacheSettings, group: CacheGroup) -> int:
    """Bytes one cell takes in all layers of a group."""
    value_width = group.value_width
    if not settings.flash_attention and arch.uneven_values:
        value_width = _transposed_width(arch, group)
    if not group.key_width and not value_width:
        return 0
    key = row_bytes(group.key_width, settings.key_type)
    return group.layers * (key + row_bytes(value_width, settings.value_type))


def _group_bytes(arch: Architecture, settings: CacheSettings, size: CacheSize, group: CacheGroup) -> int:
    cells = size.window_cells if group.windowed else size.cells
    state = settings.states * group.layers * 4 * arch.state_values if group.stateful else 0
    return size.streams * cells * cell_bytes(arch, settings, group) + state


def refusal(arch: Architecture, settings: CacheSettings) -> str | None:
    """Why llama.cpp would refuse this cache, in words; None where it accepts it."""
    key, value = settings.key_type, settings.value_type
    if KVType.FP8 in {key, value}:
        return "it has no fp8 cache; q8_0 would work, or --engine vllm"
    if arch.latent and key is not value:
        return (
            f"this model keeps keys only, so K and V types must be equal, not {key.value} and {value.value}"
        )
    if value.quantized and not settings.flash_attention and not arch.latent:
        return f"a {value.value} V cache needs flash attention"
    if (key.quantized or value.quantized) and any(width % 32 for width in arch.quantized_cache_widths):
        width = next(width for width in arch.quantized_cache_widths if width % 32)
        return f"a quantized KV cache needs heads of a multiple of 32 values; this model's have {width}"
    return None


def _window_cells(arch: Architecture, settings: CacheSettings, cells: int) -> int:
    if arch.window is None or settings.swa_full:
        return cells
    sequences = settings.parallel if settings.unified else 1
    ubatch = min(settings.ubatch, settings.batch, settings.context)
    return padded(min(cells, arch.window * sequences + ubatch))


def _transposed_width(arch: Architecture, group: CacheGroup) -> int:
    """Value width without flash attention, where V is stored transposed at the model's widest.

    Layers without attention pay too where head counts differ from layer to layer (deci).
    """
    if group.stateful and not group.value_width:
        return 0
    return max(arch.value_widths) if group.key_width or arch.name == "deci" else 0
