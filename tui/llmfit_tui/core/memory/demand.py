"""What a model at a quantization under settings asks for, before anything is placed anywhere."""

from dataclasses import dataclass, replace
from itertools import accumulate

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.memory.buffers import Planner
from llmfit_tui.core.memory.cachepadding import padding_before
from llmfit_tui.core.memory.compute import ComputeSize, compute_size
from llmfit_tui.core.memory.kvcache import CacheSize, cache_size, layer_bytes
from llmfit_tui.core.memory.parts import PartBytes, parts_bytes
from llmfit_tui.core.memory.weights import Weights, weights_of
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.config import whole
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.placement.planning import planner_of
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.scenario import Settings, architecture, uses_imatrix
from llmfit_tui.core.tensors.variants import WITHOUT_PREDICTION


@dataclass(frozen=True, slots=True)
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
    planner: Planner | None = None
    """Plans compute buffers on the graph; None where nobody asked for that, or the graph is unknown."""
    parts: tuple[PartBytes, ...] = ()
    """What is loaded beside the model."""

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


_kept: dict[tuple[int, int, int], tuple[Model, Quant, Settings, Demand]] = {}
"""Demands by the identity of what they were made from, which each entry keeps alive.

A list of hardware asks for one demand seven hundred times; making it is a third of an estimate.
"""
MOST_KEPT = 1024


def demand_of(model: Model, quant: Quant, settings: Settings) -> Demand:
    """The demand. Raises BadValue where the model's size or the type's bits are unknown."""
    key = (id(model), id(quant), id(settings))
    entry = _kept.get(key)
    if entry is not None:
        return entry[3]
    made = _make(model, quant, settings)
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[key] = (model, quant, settings, made)
    return made


_weights: dict[tuple[int, int, bool, bool, str | None], tuple[Model, Quant, Weights | None]] = {}
"""Weights by the identity of model and type. Choosing the types of all tensors takes half a millisecond and
depends on nothing else; the lists ask for the same ones at every change of context, cache or hardware."""
MOST_WEIGHTS_KEPT = 8192


def kept_weights(model: Model, arch: Architecture, quant: Quant, settings: Settings) -> Weights | None:
    """The weights, worked out once. Raises BadValue where llama-quantize refuses."""
    asked = (uses_imatrix(settings, quant), settings.by_bits, settings.variant)
    key = (id(model), id(quant), *asked)
    entry = _weights.get(key)
    if entry is None:
        if len(_weights) >= MOST_WEIGHTS_KEPT:
            _weights.clear()
        entry = _weights[key] = (model, quant, weights_of(model, arch, quant, *asked))
    return entry[2]


def _make(model: Model, quant: Quant, settings: Settings) -> Demand:
    arch = architecture(model)
    weights = kept_weights(model, arch, quant, settings)
    if weights is None:
        raise BadValue(f"{quant.name} has no known size for {model.id}.")
    asked = settings.cache()
    cache = cache_size(arch, asked)
    per_batch = settings.outputs_per_batch
    return Demand(
        arch,
        weights,
        cache,
        compute_size(arch, asked, cache, per_batch, on_gpu=True, build=settings.build),
        compute_size(arch, asked, cache, per_batch, on_gpu=False, build=settings.build),
        tuple(accumulate(layer_bytes(arch, asked), initial=0)),
        padding_before(arch, asked, whole(model.config, "index_head_dim") or 0),
        planner_of(model, quant, settings) if settings.planned else None,
        parts_bytes(settings.parts, lambda part, at: demand_of(part, at, _alone(settings))),
    )


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
