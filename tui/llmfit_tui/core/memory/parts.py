"""What is loaded beside a model: a projector for images or sound, adapters, a draft model for speculation.

All of them go to the first GPU, or to the host where no GPU is used, which is where llama.cpp puts projectors
and, with one GPU, the others too. A projector's own scratch while it reads an image is not known here and
not counted; an estimate that has one says so.
"""

from collections.abc import Callable, Iterable
from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING

from llmfit_tui.core.models.model import Model
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.record import record

if TYPE_CHECKING:
    from llmfit_tui.core.memory.demand import Demand


class PartKind(Enum):
    """By llama.cpp's flags."""

    PROJECTOR = "mmproj"
    ADAPTER = "lora"
    DRAFT = "model-draft"


@record
class Part:
    """One of them; bytes are those of its tensors as a GPU pads them."""

    kind: PartKind
    name: str
    path: str | None
    """Its file; None for a draft model of the catalog."""
    file_bytes: int
    weights_bytes: int
    """Of a draft model: what its placement says, not this."""
    model: Model | None = field(default=None, compare=False)
    quant: Quant | None = field(default=None, compare=False)


@record
class PartBytes:
    """What a part takes; a draft model has a cache and scratch of its own."""

    part: Part
    weights_bytes: int
    cache_bytes: int = 0
    compute_bytes: int = 0
    host_bytes: int = 0
    """In main memory wherever the part runs: a draft's embedding and its scratch there."""

    @property
    def device_bytes(self) -> int:
        """On the device the part runs on."""
        return self.weights_bytes + self.cache_bytes + self.compute_bytes


def parts_bytes(
    parts: Iterable[Part], demand_of: Callable[[Model, Quant], "Demand"]
) -> tuple[PartBytes, ...]:
    """Bytes of every part; `demand_of` answers for draft models under the scenario's context and slots."""
    return tuple(_bytes_of(part, demand_of) for part in parts)


def _bytes_of(part: Part, demand_of: Callable[[Model, Quant], "Demand"]) -> PartBytes:
    if part.model is None or part.quant is None:
        return PartBytes(part, part.weights_bytes)
    demand = demand_of(part.model, part.quant)
    loaded = demand.weights.loaded
    return PartBytes(
        part,
        weights_bytes=loaded.device.blocks(0, demand.arch.layers) + loaded.device.output,
        cache_bytes=demand.cache_before[-1],
        compute_bytes=demand.on_gpu.device_bytes,
        host_bytes=loaded.input + demand.on_gpu.host_bytes,
    )
