"""vLLM's KV cache: pages of one size, dealt to groups of layers from one pool of blocks.

A block is 16 tokens of one layer's keys and values. Layers that keep different things (all positions, a
window, a recurrent state) are brought to one page size and sorted into groups of equally many layers, and a
block number stands for one page in each layer of a group; groups share the pool. Layers are sorted over the
whole model, so a stage of a pipeline holds some of the layers of every group. Rules: vLLM 0.33,
vllm/v1/core/kv_cache_planning.py and vllm/v1/kv_cache_interface.py; the blocks of attention beside a
recurrent state are grown until a page holds the state (Platform._align_hybrid_block_size).
"""

from collections.abc import Sequence

from llmfit_tui.core.engines.shards import kv_share
from llmfit_tui.core.memory.kvcache import KVType, bytes_per_value
from llmfit_tui.core.memory.layers import Keeps
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.config import Config, whole, word
from llmfit_tui.core.record import record
from llmfit_tui.core.tensors.symbols import symbols_of

BLOCK_TOKENS = 16
LATENT_BESIDE_STATE = 128
"""Tokens that blocks of latent attention are a multiple of where layers with a state stand beside it."""
STATE_BLOCKS = 3
"""Blocks of recurrent state a request holds with prefix caching: the running one, the last checkpoint and,
where the kernels write one from within a prompt (Mamba-2, FlashInfer's delta rule), that checkpoint."""
NEARLY_EVEN = 1.5
"""Kinds of layers whose counts differ by less are padded to one count instead of split into groups."""
STATE_IN_FULL = frozenset({"qwen35", "qwen35moe", "nemotron_h", "nemotron_h_moe", "falcon-h1"})
"""Architectures whose configuration asks for a 32-bit state (mamba_ssm_dtype)."""
SPARSE_FP8_ROW = 656
"""Bytes of a latent row in 8 bits for sparse attention: 512 values, four 32-bit scales and 64 16-bit values
that carry the position (fp8_ds_mla)."""


@record
class Spec:
    """What one layer keeps. `row_bytes`: of one token; `state_bytes`: of one sequence."""

    row_bytes: int
    window: int | None = None
    state_bytes: int = 0


@record
class Group:
    """Layers that share block numbers."""

    layers: tuple[int, ...]
    """Blocks of the model, as often as they keep something here."""
    page_bytes: tuple[int, ...]
    """Of each of them."""
    block_tokens: int
    window: int | None
    state: bool

    def block_bytes(self, stage: range) -> int:
        """Of one block number in those layers that a stage holds."""
        return sum(size for n, size in zip(self.layers, self.page_bytes, strict=True) if n in stage)


@record
class Layout:
    """How the cache of a model is laid out."""

    groups: tuple[Group, ...]

    def block_bytes(self, stage: range) -> int:
        """Of one block number on a GPU of a stage: the largest group's."""
        return max((group.block_bytes(stage) for group in self.groups), default=0)

    def blocks(self, available_bytes: int, stage: range) -> int:
        """Block numbers that fit on a GPU of a stage."""
        size = self.block_bytes(stage)
        return max(available_bytes, 0) // size if size else 0

    def blocks_of(self, tokens: int, in_flight: int, states: int = STATE_BLOCKS) -> int:
        """Blocks one request of so many tokens takes; so many may be scheduled and not yet settled."""
        total = 0
        for group in self.groups:
            if group.state:
                total += states
            elif group.window is None:
                total += -(-tokens // group.block_tokens)
            else:
                kept = min(group.window - 1 + in_flight, tokens)
                total += -(-kept // group.block_tokens) + 1
        return total


def specs_of(
    arch: Architecture, config: Config, tensor: int, kind: KVType = KVType.F16
) -> tuple[tuple[int, Spec], ...]:
    """What each block of the model keeps on one GPU, one after the other; a block may keep two things."""
    share = 1.0 if arch.latent else kv_share(arch, tensor)
    state = _state_bytes(arch, config) // tensor if arch.state_values else 0
    found: list[tuple[int, Spec]] = []
    for block, keeps in enumerate(arch.kinds):
        row = _row_bytes(arch, config, arch.key_widths[block] + arch.value_widths[block], share, kind)
        if keeps in {Keeps.STATE, Keeps.BOTH}:
            found.append((block, Spec(0, None, state)))
        if keeps is not Keeps.STATE and row:
            found.append((block, Spec(row, arch.window if keeps is Keeps.WINDOW else None)))
    return tuple(found)


def _row_bytes(arch: Architecture, config: Config, width: int, share: float, kind: KVType) -> int:
    """Of one token of one layer. The index of sparse attention is in 8 bits whatever the cache is, with a
    32-bit scale for each 128 values (DeepseekV32IndexerCache)."""
    index = whole(config, "index_head_dim") or 0
    if not (arch.latent and arch.sparse_index and index):
        return round(width * share * bytes_per_value(kind))
    row = SPARSE_FP8_ROW if kind is KVType.FP8 else round((width - index) * bytes_per_value(kind))
    return row + index + 4 * (index // 128)


def _state_bytes(arch: Architecture, config: Config) -> int:
    """Of one layer and sequence: the convolution's tail in 16 bits, the state in the type the model asks."""
    symbols = symbols_of(config, arch, arch.name, 0)
    inner, wide = symbols["DI"], symbols["DS"]
    state = inner * wide if isinstance(inner, int) and isinstance(wide, int) else 0
    state = min(state, arch.state_values)
    asked = word(config, "mamba_ssm_dtype") or word(config, "mamba_ssm_cache_dtype")
    full = asked == "float32" or (asked is None and arch.name in STATE_IN_FULL)
    return 2 * (arch.state_values - state) + (4 if full else 2) * state


def layout_of(specs: Sequence[tuple[int, Spec]], latent: bool = False) -> Layout:
    """The groups of these layers."""
    kinds = list(dict.fromkeys(spec for _, spec in specs))
    if not kinds:
        return Layout(())
    attention = [spec for spec in kinds if not spec.state_bytes]
    alike = len({spec.window for spec in attention}) == 1 and len(attention) == len(kinds)
    if alike:  # one group; pages may differ in size, as each layer has its own memory
        pages = tuple(BLOCK_TOKENS * spec.row_bytes for _, spec in specs)
        return Layout((Group(tuple(n for n, _ in specs), pages, BLOCK_TOKENS, kinds[0].window, False),))
    widest = max((spec.row_bytes for spec in attention), default=0)
    state = max(spec.state_bytes for spec in kinds)
    tokens = _block_tokens(widest, state, latent)
    page = max(tokens * widest, state)
    layers = {kind: [n for n, spec in specs if spec == kind] for kind in kinds}
    counts = [len(found) for found in layers.values()]
    size = max(counts) if max(counts) < min(counts) * NEARLY_EVEN else min(counts)
    groups: list[Group] = []
    for kind, found in layers.items():
        own = tokens
        if kind.row_bytes and page % (tokens * kind.row_bytes) == 0:
            own = page // kind.row_bytes
        number = -(-len(found) // size)
        for n in range(number):
            mine = tuple(found[n::number])
            groups.append(Group(mine, (page,) * len(mine), own, kind.window, bool(kind.state_bytes)))
    return Layout(tuple(groups))


def _block_tokens(widest: int, state: int, latent: bool) -> int:
    """Tokens of a block, enough that a page of attention holds a state."""
    step = LATENT_BESIDE_STATE if latent and state else BLOCK_TOKENS
    return step * max(-(-state // (step * widest)), 1) if state and widest else BLOCK_TOKENS
