"""Inputs of a graph: positions, indices into the cache, masks, rotations. Made once, shared by all blocks."""

from llmfit_tui.core.graph.model import GraphModel
from llmfit_tui.core.graph.run import Run
from llmfit_tui.core.graph.tensors import F16, F32, I64, Tensor, leaf, op, shape, view
from llmfit_tui.core.memory.layers import Keeps

SMALLEST_ROTATION = 64
POSITIONS_RESERVED = 256
"""Positions an empty cache is taken to have when memory is reserved."""


class Inputs:
    """Positions, indices into the cache and masks, made once and shared by all blocks."""

    def __init__(self, model: GraphModel, run: Run, positions: int) -> None:
        self.positions = leaf(run.tokens * positions)
        self.rows = leaf(run.outputs)
        self.scale = leaf(1, 1, run.tokens)
        ids = leaf(run.sequences)
        self.states, self.other_states = view(ids, run.sequences), view(ids, 0)
        widest = model.widest_values
        self.full = CacheInputs(model, run, run.cells, widest, Keeps.FULL)
        self.window = CacheInputs(model, run, run.window_cells, widest, Keeps.WINDOW)

    @property
    def nodes(self) -> tuple[Tensor, ...]:
        """Those that are worked out from others."""
        return self.states, self.other_states, self.full.mask, self.window.mask


class CacheInputs:
    """What attention over one kind of cache needs."""

    def __init__(self, model: GraphModel, run: Run, cells: int, widest: int, kind: Keeps) -> None:
        self.cells = cells
        self.key_ids = leaf(run.tokens, item=I64)
        self.value_ids = leaf(run.tokens * widest if run.transposed else run.tokens, item=I64)
        half = run.flash and run.half_mask
        ne = shape(cells, run.tokens // run.streams, 1, run.streams)
        self.mask = leaf(*ne, item=F16 if half else F32)
        if run.flash and not half:
            self.mask = op(ne, self.mask, item=F16)
        kinds = model.arch.kinds
        key, value = model.head_dims[kinds.index(kind) if kind in kinds else 0]
        self.key_rotation = _rotation(key, run.quantized_keys, grows=True)
        self.value_rotation = _rotation(value, run.quantized_values, grows=False)


class Decay:
    """How lightning attention fades, by head and distance."""

    def __init__(self, run: Run, heads: int) -> None:
        sequences, per_sequence = run.sequences, run.tokens // run.sequences
        self.slopes = leaf(heads)
        self.queries = leaf(1, heads, per_sequence, sequences)
        self.keys = leaf(1, heads, per_sequence, sequences)
        self.pairs = leaf(per_sequence, per_sequence, heads, sequences)


class Indexer:
    """Inputs of the indexers of all blocks, and the tokens the last one chose (sparse attention)."""

    def __init__(self, run: Run, cells: int, width: int) -> None:
        self.ids = leaf(run.tokens, item=I64)
        self.mask = leaf(cells, run.tokens // run.streams, 1, run.streams, item=F16)
        self.rotation = leaf(width, width)
        self.chosen: Tensor | None = None


class Chosen:
    """Inputs of the indexers of all blocks."""

    def __init__(self, run: Run, mask: Tensor, block: int) -> None:
        self.blocks = -(-POSITIONS_RESERVED // block)
        self.positions = self.blocks * block
        self.ids = leaf(run.tokens, item=I64)
        self.bias = leaf(self.blocks, run.tokens)
        self.position_mask = leaf(self.positions, run.tokens)
        self.slots = leaf(self.positions, run.streams)
        self.cell_blocks = leaf(run.cells, run.streams)
        self.mask = op(mask.ne, mask)
        """The mask of attention, F32."""


def _rotation(width: int, quantized: bool, grows: bool) -> Tensor | None:
    """The Hadamard matrix a quantized cache is rotated by, where heads divide into it."""
    if not quantized or not width or width % SMALLEST_ROTATION:
        return None
    size = SMALLEST_ROTATION
    while grows and width % (2 * size) == 0:
        size *= 2
    return leaf(size, size)
