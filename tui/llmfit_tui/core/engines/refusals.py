"""What an engine cannot run, and what would work in its place."""

from llmfit_tui.core.engines.caches import CACHES, most_slots
from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.engines.formats import runs_format
from llmfit_tui.core.engines.mlx import no_rounding
from llmfit_tui.core.engines.where import refused_on
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.scenario import Scenario

FORMATS = {
    Engine.VLLM: "BF16, FP8, AWQ-INT4-g128, GPTQ-INT4-g128, NVFP4-W4A4 and BNB-NF4",
    Engine.MLX: "BF16, MLX-4bit, MLX-6bit and MLX-8bit",
}


def refused_by(scenario: Scenario, arch: Architecture) -> str | None:
    """Why the engine cannot run the scenario, in one sentence; None where it can."""
    engine, settings = scenario.settings.engine, scenario.settings
    if elsewhere := refused_on(scenario.machine, engine):
        return elsewhere
    if scenario.model.file is not None or not runs_format(engine, scenario.quant):
        return (
            f"--engine {engine.value} does not load {scenario.quant.name}: {FORMATS[engine]} would work, "
            "or --engine llama.cpp."
        )
    *others, last = (kind.value for kind in CACHES[engine])
    would = f"{', '.join(others)} or {last} would work"
    if settings.kv_type_k not in CACHES[engine]:
        return f"--engine {engine.value} has no {settings.kv_type_k.value} cache; {would}."
    if settings.kv_type_k is not settings.kv_type_v:
        both = f"{settings.kv_type_k.value} and {settings.kv_type_v.value}"
        return f"--engine {engine.value} keeps keys and values in one type, not {both}; {would} for both."
    if engine is Engine.MLX and settings.kv_type_k.quantized:
        why = no_rounding(arch)
        if why is None and settings.parallel > most_slots(settings):
            why = "mlx-lm serves one request at a time with --kv-bits"
        if why is not None:
            return f"--engine mlx with a {settings.kv_type_k.value} cache: {why}; f16 would work."
    if engine is Engine.VLLM and not arch.heads:
        return f"--engine vllm: the attention of {scenario.model.id} is not known."
    return None
