"""Options that an engine has nothing like."""

from llmfit_tui.core.engines.engine import PLACE_THEMSELVES, Engine
from llmfit_tui.core.scenario import Settings


def passed_over(settings: Settings) -> str | None:
    """What was asked for and changes nothing under this engine, in words; None where all of it counts."""
    if settings.engine in PLACE_THEMSELVES:
        asked = {
            "--gpu-layers": settings.gpu_layers is not None,
            "--n-cpu-moe": settings.cpu_moe_layers is not None,
            "--tensor-split": bool(settings.tensor_split),
            "--no-kv-offload": not settings.kv_offload,
        }
    else:
        asked = {
            "--tensor-parallel": settings.tensor_parallel is not None,
            "--pipeline-parallel": settings.pipeline_parallel is not None,
        }
    if settings.engine is not Engine.VLLM:
        asked["--gpu-memory-utilization"] = settings.gpu_memory_utilization is not None
    names = [name for name, idle in asked.items() if idle]
    if not names:
        return None
    *others, last = names
    what = f"{', '.join(others)} and {last} change" if others else f"{last} changes"
    return f"{what} nothing under --engine {settings.engine.value}"
