"""What a model at a quantization under settings asks for, before anything is placed anywhere."""

from collections.abc import Callable
from dataclasses import field, replace
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.identity import Kept
from llmfit_tui.core.memory.cachepadding import padding_before
from llmfit_tui.core.memory.compute import ComputeSize, compute_size
from llmfit_tui.core.memory.kvcache import CacheSize, cache_size, layer_bytes
from llmfit_tui.core.memory.modeltensors import tensors_of
from llmfit_tui.core.memory.parts import PartBytes, parts_bytes
from llmfit_tui.core.memory.weights import Weights, weights_of
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.config import whole
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import Settings, architecture, uses_imatrix
from llmfit_tui.core.tensors.quantized import Quantized
from llmfit_tui.core.tensors.variants import WITHOUT_PREDICTION

if TYPE_CHECKING:
    from llmfit_tui.core.memory.buffers import Planner


@record
class Demand:
    """Weights, cache and scratch; the same on every machine."""

    arch: Architecture
    weights: Weights
    cache: CacheSize
    on_gpu: ComputeSize
    on_cpu: ComputeSize

    cache_before: tuple[int, ...]
    """Cache and state of the first n blocks, for n from 0 to all."""
    padding_before: tuple[int, ...]
    """What a GPU's buffer adds to them; empty where it adds nothing."""
    planner: "Planner | None" = None
    """Plans compute buffers on the graph; None where nobody asked for that, or the graph is unknown."""
    parts: tuple[PartBytes, ...] = ()
    """What is loaded beside the model."""
    tensors: Callable[[], Quantized | None] = field(default=lambda: None, compare=False)
    """Every tensor with its type; None where the tensors are not known."""

    @property
    def parts_on_gpu(self) -> int:
        """Bytes of all parts on the first GPU."""
        return sum(part.device_bytes for part in self.parts)

    @property
    def parts_on_host(self) -> int:
        """Bytes of all parts in main memory while they run on a GPU."""
        return sum(part.host_bytes for part in self.parts)

    @property
    def layers_total(self) -> int:
        """Blocks (prediction blocks count, though they are not loaded) and the output."""
        predicting = 0 if self.weights.variant == WITHOUT_PREDICTION.name else self.arch.nextn_layers
        return self.arch.layers + predicting + 1


class AskedSizes(NamedTuple):
    """What does not depend on the type of the weights."""

    cache: CacheSize
    on_gpu: ComputeSize
    on_cpu: ComputeSize
    cache_before: tuple[int, ...]
    padding_before: tuple[int, ...]


_demands = Kept[Demand](most=2048)
"""A list of hardware asks for one demand seven hundred times; making it is a third of an estimate."""
_sizes = Kept[AskedSizes](most=1024)
"""A list of quantizations asks for one at every type."""
_weights = Kept[Weights](most=65_536)
"""Sizes depend on model and type alone, and lists ask for the same ones at every change of context, cache or
hardware. An entry is about 1 kB, so every model at every quantization (42,000) is 45 MB; what becomes
of the bytes on a machine is not in it: `spread.py` keeps that for the latest thousand."""


def demand_of(model: Model, quant: Quant, settings: Settings) -> Demand:
    """The demand. Raises BadValue where the model's size or the type's bits are unknown."""
    kept = _demands.get(model, quant, settings)
    return kept or _demands.keep(_make(model, quant, settings), model, quant, settings)


def kept_weights(model: Model, arch: Architecture, quant: Quant, settings: Settings) -> Weights | None:
    """The weights, worked out once. Raises BadValue where llama-quantize refuses."""
    asked = (uses_imatrix(settings, quant), settings.by_bits, settings.variant)
    kept = _weights.get(model, quant, *asked)
    if kept is not None:
        return kept
    made = weights_of(model, arch, quant, *asked)
    return None if made is None else _weights.keep(made, model, quant, *asked)


def asked_sizes(model: Model, arch: Architecture, settings: Settings) -> AskedSizes:
    """Cache and scratch, worked out once."""
    return _sizes.get(model, settings) or _sizes.keep(_asked_sizes(model, arch, settings), model, settings)


def _asked_sizes(model: Model, arch: Architecture, settings: Settings) -> AskedSizes:
    asked = settings.cache()
    cache = cache_size(arch, asked)
    per_batch = settings.outputs_per_batch
    return AskedSizes(
        cache,
        compute_size(arch, asked, cache, per_batch, on_gpu=True, build=settings.build),
        compute_size(arch, asked, cache, per_batch, on_gpu=False, build=settings.build),
        tuple(accumulate(layer_bytes(arch, asked, cache), initial=0)),
        padding_before(arch, asked, whole(model.config, "index_head_dim") or 0),
    )


def _make(model: Model, quant: Quant, settings: Settings) -> Demand:
    arch = architecture(model)
    weights = kept_weights(model, arch, quant, settings)
    if weights is None:
        raise BadValue(f"{quant.name} has no known size for {model.id}.")
    return Demand(
        arch,
        weights,
        *asked_sizes(model, arch, settings),
        _planner(model, quant, settings) if settings.planned else None,
        parts_bytes(settings.parts, lambda part, at: demand_of(part, at, _alone(settings))),
        partial(_tensors, model, quant, settings),
    )


def _tensors(model: Model, quant: Quant, settings: Settings) -> Quantized | None:
    if settings.by_bits:
        return None
    return tensors_of(model, quant, uses_imatrix(settings, quant), settings.variant)


def _planner(model: Model, quant: Quant, settings: Settings) -> "Planner | None":
    # Lists and the first picture of the explorer need none, and a tenth of our modules are the graph's.
    from llmfit_tui.core.placement.planning import planner_of

    return planner_of(model, quant, settings)


def _alone(settings: Settings) -> Settings:
    """For a draft model: the same context and slots, llama.cpp's own cache type, nothing beside it."""
    plain = Settings()
    return replace(
        settings,
        parts=(),
        kv_type_k=plain.kv_type_k,
        kv_type_v=plain.kv_type_v,
        planned=False,
        variant=None,
        imatrix=None,
    )
