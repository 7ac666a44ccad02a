"""What an engine cannot run, and what would work in its place."""

from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.engines.formats import runs_format
from llmfit_tui.core.hardware.device import Backend
from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.scenario import Scenario

BACKENDS = {
    Engine.VLLM: frozenset({Backend.CUDA, Backend.ROCM}),
    Engine.MLX: frozenset({Backend.METAL}),
}
FORMATS = {
    Engine.VLLM: "BF16, FP8, AWQ, GPTQ, NVFP4, MXFP4 and bitsandbytes",
    Engine.MLX: "BF16 and MLX formats such as MLX-4bit",
}
PLACES = {Engine.VLLM: "NVIDIA and AMD GPUs", Engine.MLX: "Apple silicon"}


def refused_by(scenario: Scenario, arch: Architecture) -> str | None:
    """Why the engine cannot run the scenario, in one sentence; None where it can."""
    engine, machine, settings = scenario.settings.engine, scenario.machine, scenario.settings
    if not machine.gpus or machine.backend not in BACKENDS[engine]:
        other = "--engine llama.cpp runs there"
        return f"--engine {engine.value} is for {PLACES[engine]}, not {machine.name}; {other}."
    if scenario.model.file is not None or not runs_format(engine, scenario.quant):
        return (
            f"--engine {engine.value} does not load {scenario.quant.name}: {FORMATS[engine]} would work, "
            "or --engine llama.cpp."
        )
    plain = {KVType.F16, KVType.BF16}
    if settings.kv_type_k is not settings.kv_type_v or settings.kv_type_k not in plain:
        return (
            f"--engine {engine.value} has no {settings.kv_type_k.value} cache here; f16 or bf16 would work."
        )
    if engine is Engine.VLLM and not arch.heads:
        return f"--engine vllm: the attention of {scenario.model.id} is not known."
    return None
