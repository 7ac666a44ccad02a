"""Machines as an engine other than llama.cpp sees them, and several machines as any does."""

from collections.abc import Sequence
from dataclasses import replace

from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.engines.ollama import LEFT_FREE
from llmfit_tui.core.hardware.connecting import connected
from llmfit_tui.core.hardware.link import Link
from llmfit_tui.core.hardware.machine import Machine


def for_engine(machine: Machine, engine: Engine, links: Sequence[Link], link: str | None = None) -> Machine:
    """The machine with its links, and with what the engine leaves free where nobody said a margin.

    Raises UnknownName and BadValue as `connected`.
    """
    if engine is Engine.OLLAMA and not machine.margin_bytes:
        machine = replace(machine, margin_bytes=LEFT_FREE.get(machine.backend, 0))
    if engine is Engine.VLLM or link is not None or machine.nodes > 1:
        return connected(machine, links, link)
    return machine
