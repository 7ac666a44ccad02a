"""Putting the explorer on a scenario made elsewhere: the cursors of its lists go along."""

from dataclasses import replace

from llmfit_tui.core.hardware.device import GIB
from llmfit_tui.core.hardware.machine import ASSUMED_HOST_BYTES
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.screens.explorer_base import ExplorerBase


def show_scenario(explorer: ExplorerBase, asked: Scenario) -> None:
    """The scenario, with the three cursors on what it is made of, where the lists have it.

    What the lists have under the same name is taken from there; a filter that hides it ends.
    """
    models, quants = explorer.models.models, explorer.quants.quants
    model = next((i for i, one in enumerate(models) if one is asked.model), None)
    if model is None:
        model = next((i for i, one in enumerate(models) if one.id == asked.model.id), None)
    quant = next((i for i, one in enumerate(quants) if one is asked.quant), None)
    scenario = asked if model is None else replace(asked, model=models[model])
    before, explorer.scenario = explorer.scenario, scenario
    if model is not None and (before is None or before.model is not scenario.model):
        explorer.models.show_row(model)
    if quant is not None and (before is None or before.quant is not scenario.quant):
        explorer.quants.show_row(quant)
    if before is None or before.machine != scenario.machine:
        _keep_host(explorer, scenario)
        explorer.put_machine(scenario.machine.name)
        explorer.hardware.repaint()


def _keep_host(explorer: ExplorerBase, scenario: Scenario) -> None:
    """Every card of the catalog beside the host memory this one has; a profile has its own."""
    machine, pane = scenario.machine, explorer.hardware
    own = any(one.name == machine.name for one in pane.own)
    if own or machine.unified or not machine.gpus or machine.host_bytes == explorer.host_gib * GIB:
        return
    explorer.host_gib = machine.host_bytes // GIB
    pane.set_host_memory(None if machine.host_bytes == ASSUMED_HOST_BYTES else machine.host_bytes)
    pane.forget()
