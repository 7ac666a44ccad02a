"""What one token takes, wherever it is done."""

from llmfit_tui.core.identity import Kept
from llmfit_tui.core.memory.kvcache import CacheSettings, row_bytes
from llmfit_tui.core.memory.weights import active_parameters
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import Scenario, Settings
from llmfit_tui.core.speed.classes import arithmetic

LLAMA_CPP = "llama.cpp"


@record
class Work:
    """What one token takes, wherever it is done."""

    layers: int
    experts: bool
    active_parameters: int | None
    arithmetic: str
    cache_bytes: int
    """Read of one sequence's cache and recurrent state at the depth asked for."""
    engine: str = LLAMA_CPP
    prompt: int = 512
    ubatch: int = 512
    prompt_cache_bytes: int = 0
    """Of a 16-bit cache, read on average for a token of the prompt."""
    op_offload: bool = True


_works = Kept[Work](most=1024)
"""The same on every machine."""


def work_of(scenario: Scenario, arch: Architecture) -> Work:
    """The work of a scenario's model, at the depth its settings ask for."""
    model, settings, kind = scenario.model, scenario.settings, arithmetic(scenario.quant)
    kept = _works.get(model, settings, kind)
    return kept or _works.keep(_work_of(model, arch, settings, kind), model, settings, kind)


def _work_of(model: Model, arch: Architecture, settings: Settings, kind: str) -> Work:
    middle = settings.depth + settings.prompt // 2
    return Work(
        layers=arch.layers,
        engine=settings.engine.value,
        experts=arch.is_moe,
        active_parameters=active_parameters(model, arch),
        arithmetic=kind,
        cache_bytes=cache_read_bytes(arch, settings.cache(), settings.depth),
        prompt=settings.prompt,
        ubatch=settings.ubatch,
        prompt_cache_bytes=cache_read_bytes(arch, CacheSettings(settings.context), middle),
        op_offload=settings.op_offload,
    )


def cache_read_bytes(arch: Architecture, cache: CacheSettings, depth: int) -> int:
    """Bytes of one sequence's cache read for a token after `depth` others, and its recurrent state."""
    total = 0
    for group in arch.groups:
        positions = min(depth, arch.window or depth) if group.windowed else depth
        row = row_bytes(group.key_width, cache.key_type) + row_bytes(group.value_width, cache.value_type)
        total += group.layers * positions * row
        if group.stateful:
            total += group.layers * 4 * arch.state_values
    return total
