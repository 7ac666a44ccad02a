"""Machines that an engine runs on."""

from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.hardware.device import Backend
from llmfit_tui.core.hardware.machine import Machine

BACKENDS = {
    Engine.VLLM: frozenset({Backend.CUDA, Backend.ROCM}),
    Engine.MLX: frozenset({Backend.METAL}),
}
PLACES = {Engine.VLLM: "NVIDIA and AMD GPUs", Engine.MLX: "Apple silicon"}


def refused_on(machine: Machine, engine: Engine) -> str | None:
    """Why the engine runs no model on the machine, and what would, in one sentence; None where it may."""
    if engine in BACKENDS and not (machine.gpus and machine.backend in BACKENDS[engine]):
        other = "--engine llama.cpp runs there"
        return f"--engine {engine.value} is for {PLACES[engine]}, not {machine.name}; {other}."
    if engine is Engine.OLLAMA and machine.nodes > 1:
        return f"--engine ollama runs on one machine, not {machine.nodes}; --engine llama.cpp shares a model."
    return None
