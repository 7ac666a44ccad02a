"""Machines as an engine other than llama.cpp sees them, and several machines as any does."""

from dataclasses import replace

from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.engines.ollama import LEFT_FREE
from llmfit_tui.core.hardware.connecting import connected
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.storage.catalogs import Catalog


def for_engine(
    machine: Machine, engine: Engine, link: str | None, margin: int | None, catalog: Catalog
) -> Machine:
    """The machine with its links, and with what the engine leaves free. Raises LlmfitError."""
    if engine is Engine.OLLAMA and margin is None:
        machine = replace(machine, margin_bytes=LEFT_FREE.get(machine.backend, 0))
    if engine is Engine.VLLM or link is not None or machine.nodes > 1:
        return connected(machine, catalog.links, link)
    return machine
