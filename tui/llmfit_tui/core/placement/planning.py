"""The planner of compute buffers for a catalog model, and the sizes of the weights a GPU may fetch."""

from functools import lru_cache

from llmfit_tui.core.gguf.expected import as_its_architecture
from llmfit_tui.core.graph.model import GraphModel, graph_model
from llmfit_tui.core.graph.plan import is_described
from llmfit_tui.core.graph.run import WeightBytes
from llmfit_tui.core.identity import ByIdentity, by_config
from llmfit_tui.core.memory.buffers import Planner, planner
from llmfit_tui.core.memory.kvcache import cache_size, cells_and_streams
from llmfit_tui.core.memory.loaded import device_bytes
from llmfit_tui.core.memory.modeltensors import plan_of, tensors_of
from llmfit_tui.core.memory.plans import VERY_LONG
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.record import changed
from llmfit_tui.core.scenario import Settings, architecture, uses_imatrix
from llmfit_tui.core.tensors.quantized import Quantized


def planner_of(model: Model, quant: Quant, settings: Settings) -> Planner | None:
    """The planner; None where the graph of the architecture is not described."""
    graph = _graph(by_config(model))
    if graph is None:
        return None

    def weight_bytes() -> WeightBytes:
        quantized = tensors_of(model, quant, uses_imatrix(settings, quant), settings.variant)
        return {} if quantized is None else _weight_bytes(ByIdentity(quantized))

    asked = settings.cache()
    own = model.context_max
    longest = VERY_LONG if own is None else cells_and_streams(changed(asked, {"context": own}))[0]
    return planner(
        graph,
        asked,
        cache_size(architecture(model), asked),
        outputs_per_batch=settings.outputs_per_batch,
        automatic=settings.flash_attention is None and not asked.value_type.quantized,
        build=settings.build,
        weight_bytes=weight_bytes,
        longest=longest,
    )


@lru_cache(maxsize=1024)
def _graph(key: ByIdentity[Model]) -> GraphModel | None:
    plan = plan_of(key.value)
    if plan is None or not is_described(plan.architecture):
        return None
    if key.value.file is not None and not as_its_architecture(plan, key.value.config):
        return None
    return graph_model(key.value.config, architecture(key.value), plan)


@lru_cache(maxsize=64)
def _weight_bytes(key: ByIdentity[Quantized]) -> WeightBytes:
    found: dict[tuple[str, int], int] = {}
    for piece in key.value.pieces:
        size = device_bytes(piece)
        for block in piece.blocks or (-1,):
            found[piece.group.name, block] = size
    return found
