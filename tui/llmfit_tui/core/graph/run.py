"""The settings a graph is built for, and where the model lies."""

from collections.abc import Mapping
from dataclasses import field

from llmfit_tui.core.record import record

Span = tuple[int, int]
"""From a block up to, and without, another."""

WeightBytes = Mapping[tuple[str, int], int]
"""Bytes of a model's tensors on a GPU, by name and block (-1: outside the blocks)."""


@record
class Layout:
    """Which device has which block. Devices are the GPUs by number and the host after them."""

    gpus: tuple[Span, ...] = ()
    """Blocks of each GPU, in order; (n, n) where it has none."""
    output: int | None = None
    """The GPU that has the output matrix; None: the host."""
    host_experts: tuple[Span, ...] = ()
    """Blocks whose routed experts are on the host although a GPU has the block."""
    cache_on_gpu: bool = True
    op_offload: bool = True
    reads_quantized: bool = False
    """Flash attention reads a quantized cache as it is (Vulkan, Metal); CUDA makes F16 copies of it."""
    takes_exact: bool = False
    """GPUs multiply by experts without rounding what goes in (Metal); others leave that to the host."""
    overridden: bool = False
    """The user named tensors for the host, whether the model has any of them or not."""

    @property
    def host(self) -> int:
        """The host's number."""
        return len(self.gpus)

    def device(self, block: int) -> int:
        """Where a block is."""
        for gpu, (start, end) in enumerate(self.gpus):
            if start <= block < end:
                return gpu
        return len(self.gpus)

    def keeps_experts(self, block: int) -> bool:
        """Whether a block's experts are on the host all the same."""
        return any(start <= block < end for start, end in self.host_experts)

    @property
    def whole(self) -> bool:
        """Every block and the output are on GPUs."""
        return self.output is not None and self.device(0) < self.host

    @property
    def copies_weights(self) -> bool:
        """A GPU may fetch weights of the host."""
        return bool(self.gpus) and self.op_offload and not (self.whole and not self.host_experts)

    @property
    def pipelined(self) -> bool:
        """Several GPUs work on one micro-batch after another."""
        kept_back = self.overridden or self.host_experts
        return len(self.gpus) > 1 and self.whole and self.cache_on_gpu and not kept_back


@record
class Run:
    """One micro-batch under one set of settings."""

    tokens: int
    """Of the micro-batch, the same number for each sequence."""
    outputs: int
    """Rows of logits."""
    sequences: int
    cells: int
    """Positions cached per stream in a full layer."""
    window_cells: int
    streams: int
    flash: bool
    """Flash attention."""
    transposed: bool
    """Values are cached transposed: flash attention was ruled out before the cache was made."""
    quantized_keys: bool = False
    quantized_values: bool = False
    key_bytes: float = 2
    """Of one cached value of a key; 2: F16 or BF16."""
    value_bytes: float = 2
    half_keys: bool = True
    """Keys are F16."""
    half_values: bool = True
    two_inputs: bool = True
    """An input for embeddings beside the one for tokens."""
    indexed: bool = True
    """An input says where in the cache each token goes."""
    flash_copies: bool = True
    """Copies of a quantized cache are in the compute buffer."""
    exact_experts: bool = True
    """Architectures whose experts overflow F16 ask for that."""
    half_mask: bool = True
    """The mask is F16 under flash attention, else it is cast."""
    layout: Layout = Layout()
    weight_bytes: WeightBytes = field(default_factory=dict[tuple[str, int], int])
    """Needed where a GPU fetches weights of the host."""
