"""The memory a model needs on a GPU that holds all of it, whatever the GPU at hand has."""

from dataclasses import replace

from llmfit_tui.core.engines.engine import PLACE_THEMSELVES
from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.estimate import placed
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.core.speed.evidence import Evidence

PLENTY = 1 << 50


def roomy(machine: Machine) -> Machine:
    """The machine with one GPU that holds anything; without a GPU, with such a host."""
    if not machine.gpus:
        return replace(machine, host_bytes=PLENTY)
    gpu = replace(machine.gpus[0], memory_bytes=PLENTY, usable_bytes=None)
    host = PLENTY if machine.unified else machine.host_bytes
    return replace(machine, gpus=(gpu,), host_bytes=host, limit_bytes=None, nodes=1, margin_bytes=0)


def needed_bytes(scenario: Scenario, on: Machine, evidence: Evidence) -> int | None:
    """Bytes on a `roomy` machine, driver included; None where a size is unknown.

    Engines that divide up a GPU by its size have to be asked on the machine itself.
    """
    machine = scenario.machine if scenario.settings.engine in PLACE_THEMSELVES else on
    anyhow = replace(scenario, machine=machine).with_settings(
        gpu_layers=None, cpu_moe_layers=None, tensor_split=(), planned=False
    )
    try:
        return placed(anyhow, evidence).vram_bytes
    except LlmfitError:
        return None
