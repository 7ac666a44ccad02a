"""The planner of compute buffers for a catalog model, and the sizes of the weights a GPU may fetch."""

from functools import lru_cache

from llmfit_tui.core.buffers import Planner, planner
from llmfit_tui.core.gguf.expected import as_its_architecture
from llmfit_tui.core.graph import GraphModel, WeightBytes, graph_model, is_described
from llmfit_tui.core.kvcache import cache_size
from llmfit_tui.core.loaded import device_bytes
from llmfit_tui.core.model import Model
from llmfit_tui.core.modeltensors import plan_of, tensors_of
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.scenario import Settings, architecture, uses_imatrix
from llmfit_tui.core.tensors.quantize import Quantized


def planner_of(model: Model, quant: Quant, settings: Settings) -> Planner | None:
    """The planner; None where the graph of the architecture is not described."""
    graph = _graph(_ByConfig(model))
    if graph is None:
        return None

    def weight_bytes() -> WeightBytes:
        quantized = tensors_of(model, quant, uses_imatrix(settings, quant), settings.variant)
        return {} if quantized is None else _weight_bytes(_ById(quantized))

    asked = settings.cache()
    return planner(
        graph,
        asked,
        cache_size(architecture(model), asked),
        outputs_per_batch=settings.outputs_per_batch,
        automatic=settings.flash_attention is None and not asked.value_type.quantized,
        build=settings.build,
        weight_bytes=weight_bytes,
    )


class _ByConfig:
    """A model as a cache key: by the identity of its configuration."""

    __slots__ = ("model",)

    def __init__(self, model: Model) -> None:
        self.model = model

    def __hash__(self) -> int:
        return id(self.model.config)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByConfig) and other.model.config is self.model.config


class _ById:
    """Quantized tensors as a cache key."""

    __slots__ = ("quantized",)

    def __init__(self, quantized: Quantized) -> None:
        self.quantized = quantized

    def __hash__(self) -> int:
        return id(self.quantized)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and other.quantized is self.quantized


@lru_cache(maxsize=1024)
def _graph(key: _ByConfig) -> GraphModel | None:
    plan = plan_of(key.model)
    if plan is None or not is_described(plan.architecture):
        return None
    if key.model.file is not None and not as_its_architecture(plan, key.model.config):
        return None
    return graph_model(key.model.config, architecture(key.model), plan)


@lru_cache(maxsize=64)
def _weight_bytes(key: _ById) -> WeightBytes:
    found: dict[tuple[str, int], int] = {}
    for piece in key.quantized.pieces:
        size = device_bytes(piece)
        for block in piece.blocks or (-1,):
            found[piece.group.name, block] = size
    return found
