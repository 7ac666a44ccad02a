"""What lands on which device: the values a placement is made of."""

from enum import Enum

from llmfit_tui.core.hardware.device import Device
from llmfit_tui.core.placement.deal import Deal
from llmfit_tui.core.record import record


class Mode(Enum):
    """How the work is shared."""

    GPU = "gpu"
    SPLIT = "split"
    MOE_OFFLOAD = "moe-offload"
    UNIFIED = "unified"
    CPU = "cpu"
    NONE = "none"
    """Fits nowhere; the memory shown is what the GPUs would need."""


@record
class Load:
    """What lands on one device."""

    name: str
    gpu: Device | None
    """None: the host."""
    layers: int
    weights_bytes: int
    """The engine's buffers, with their padding."""
    cache_bytes: int
    """Attention cache and recurrent state."""
    compute_bytes: int
    output_bytes: int
    overhead_bytes: int
    capacity_bytes: int
    active_bytes: int
    """Weights read for one token."""
    parts_bytes: int = 0
    """What is loaded beside the model: projectors, adapters, a draft model with its cache and scratch."""

    @property
    def total_bytes(self) -> int:
        """Everything on this device."""
        return (
            self.weights_bytes
            + self.cache_bytes
            + self.compute_bytes
            + self.output_bytes
            + self.overhead_bytes
            + self.parts_bytes
        )

    @property
    def free_bytes(self) -> int:
        """What is left; negative where it does not fit."""
        return self.capacity_bytes - self.total_bytes


@record
class Placement:
    """Loads of every device, the host last."""

    mode: Mode
    loads: tuple[Load, ...]
    gpu_layers: int
    layers_total: int
    cpu_moe_layers: int
    """Blocks counted from the first whose experts are on the host, as --n-cpu-moe counts them."""
    deal: Deal | None = None
    chosen_split: tuple[int, ...] = ()
    """Layers for each GPU that --tensor-split must ask for; empty: the engine's own split."""
    planned: bool = False
    """Compute buffers are planned on the graph; else they follow the closed formula."""
    shared_bytes: int | None = None
    """The one memory that GPU and host take from; None: each has its own."""
    repacked_bytes: int | None = 0
    """Of the host's weights, those laid out anew for the CPU; None where its instructions are not known."""

    @property
    def host(self) -> Load:
        """What the host carries."""
        return self.loads[-1]

    @property
    def host_free_share(self) -> float | None:
        """Free share of the memory the host is in, which with unified memory holds the GPU's part too.

        None where the capacity is unknown.
        """
        whole = self.host.capacity_bytes if self.shared_bytes is None else self.shared_bytes
        return self.host.free_bytes / whole if whole else None

    @property
    def gpus(self) -> tuple[Load, ...]:
        """What the GPUs carry."""
        return self.loads[:-1]

    @property
    def vram_bytes(self) -> int:
        """What the GPUs hold, or the host where there is none in use."""
        return sum(load.total_bytes for load in self.gpus) if self.gpus else self.host.total_bytes

    @property
    def fits(self) -> bool:
        """Nothing is over its capacity."""
        return all(load.free_bytes >= 0 for load in self.loads)

    @property
    def gpus_hold(self) -> bool:
        """No GPU is over its capacity."""
        return all(load.free_bytes >= 0 for load in self.loads[:-1])
