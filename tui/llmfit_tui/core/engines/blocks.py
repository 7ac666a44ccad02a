"""vLLM's KV cache: pages of one size, dealt to groups of layers from one pool of blocks.

A block is 16 tokens of one layer's keys and values. Layers that keep different things (all positions, a
window, a recurrent state) are brought to one page size and sorted into groups of equally many layers, and a
block number stands for one page in each layer of a group; groups share the pool. Rules: vLLM 0.27,
vllm/v1/core/kv_cache_utils.py and kv_cache_interface.py; the blocks of attention beside a recurrent state are
grown until a page holds the state (HybridAttentionMambaModelConfig).
"""

from collections.abc import Sequence

from llmfit_tui.core.engines.shards import kv_share
from llmfit_tui.core.memory.layers import Keeps
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.config import Config, word
from llmfit_tui.core.record import record
from llmfit_tui.core.tensors.symbols import symbols_of

BLOCK_TOKENS = 16
STATE_BLOCKS = 2
"""Blocks of recurrent state a request holds with prefix caching: the running one and the last checkpoint."""
NEARLY_EVEN = 1.5
"""Kinds of layers whose counts differ by less are padded to one count instead of split into groups."""
STATE_IN_FULL = frozenset({"qwen35", "qwen35moe", "nemotron_h", "nemotron_h_moe", "falcon-h1"})
"""Architectures whose configuration asks for a 32-bit state (mamba_ssm_dtype)."""


@record
class Spec:
    """What one layer keeps. `row_bytes`: of one token; `state_bytes`: of one sequence."""

    row_bytes: int
    window: int | None = None
    state_bytes: int = 0


@record
class Group:
    """Layers that share block numbers."""

    layers: int
    """Including those it is padded with."""
    block_tokens: int
    window: int | None
    state: bool


@record
class Layout:
    """How the cache of one GPU is laid out."""

    groups: tuple[Group, ...]
    block_bytes: int
    """Of one block number, in all layers of a group."""

    def blocks(self, available_bytes: int) -> int:
        """Block numbers that fit."""
        return max(available_bytes, 0) // self.block_bytes if self.block_bytes else 0

    def blocks_of(self, tokens: int, batched: int, states: int = STATE_BLOCKS) -> int:
        """Blocks one request of so many tokens takes; `batched` may be scheduled in one step."""
        total = 0
        for group in self.groups:
            if group.state:
                total += states
            elif group.window is None:
                total += -(-tokens // group.block_tokens)
            else:
                kept = min(group.window - 1 + batched, tokens)
                total += -(-kept // group.block_tokens) + 1
        return total


def specs_of(
    arch: Architecture, config: Config, tensor: int, blocks: range, value_bytes: float = 2.0
) -> tuple[Spec, ...]:
    """What each layer of a stage keeps on one GPU."""
    share = 1.0 if arch.latent else kv_share(arch, tensor)
    state = _state_bytes(arch, config) // tensor if arch.state_values else 0
    found: list[Spec] = []
    for block in blocks:
        kind = arch.kinds[block]
        row = round((arch.key_widths[block] + arch.value_widths[block]) * share * value_bytes)
        if kind is Keeps.STATE:
            found.append(Spec(0, None, state))
        elif kind is Keeps.BOTH:
            found += [Spec(row), Spec(0, None, state)]
        elif row:
            found.append(Spec(row, arch.window if kind is Keeps.WINDOW else None))
    return tuple(found)


def _state_bytes(arch: Architecture, config: Config) -> int:
    """Of one layer and sequence: the convolution's tail in 16 bits, the state in the type the model asks."""
    symbols = symbols_of(config, arch, arch.name, 0)
    inner, wide = symbols["DI"], symbols["DS"]
    state = inner * wide if isinstance(inner, int) and isinstance(wide, int) else 0
    state = min(state, arch.state_values)
    asked = word(config, "mamba_ssm_dtype") or word(config, "mamba_ssm_cache_dtype")
    full = asked == "float32" or (asked is None and arch.name in STATE_IN_FULL)
    return 2 * (arch.state_values - state) + (4 if full else 2) * state


def layout_of(specs: Sequence[Spec]) -> Layout:
    """The groups of these layers and the bytes of a block."""
    if not specs:
        return Layout((), 0)
    kinds = list(dict.fromkeys(specs))
    attention = [spec for spec in kinds if not spec.state_bytes]
    alike = len({spec.window for spec in attention}) == 1 and len(attention) == len(kinds)
    if alike:  # one group; pages may differ in size, as each layer has its own memory
        size = BLOCK_TOKENS * sum(spec.row_bytes for spec in specs)
        return Layout((Group(len(specs), BLOCK_TOKENS, specs[0].window, False),), size)
    tokens = BLOCK_TOKENS
    state = max(spec.state_bytes for spec in kinds)
    widest = max((spec.row_bytes for spec in attention), default=0)
    if state and widest:
        tokens *= max(-(-state // (BLOCK_TOKENS * widest)), 1)
    page = max(tokens * widest, state)
    counts = {kind: specs.count(kind) for kind in kinds}
    least, most = min(counts.values()), max(counts.values())
    size = most if most < least * NEARLY_EVEN else least
    groups: list[Group] = []
    for kind, count in counts.items():
        own = tokens
        if kind.row_bytes and page % (tokens * kind.row_bytes) == 0:
            own = page // kind.row_bytes
        groups += [Group(size, own, kind.window, bool(kind.state_bytes))] * -(-count // size)
    return Layout(tuple(groups), page * size)
