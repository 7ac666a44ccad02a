"""Putting the explorer on a scenario made elsewhere: the cursors of its lists go along."""

from llmfit_tui.core.scenario import Scenario
from llmfit_tui.screens.explorer_base import ExplorerBase


def show_scenario(explorer: ExplorerBase, scenario: Scenario) -> None:
    """The scenario, with the three cursors on what it is made of, where the lists have it."""
    before, explorer.scenario = explorer.scenario, scenario
    if before is None or before.model is not scenario.model:
        place = next((i for i, one in enumerate(explorer.models.models) if one is scenario.model), None)
        if place is not None:
            explorer.models.put_cursor(place)
            explorer.models.repaint()
    if before is None or before.quant is not scenario.quant:
        place = next((i for i, one in enumerate(explorer.quants.quants) if one is scenario.quant), None)
        if place is not None:
            explorer.quants.put_cursor(place)
            explorer.quants.repaint()
    if before is None or before.machine.name != scenario.machine.name:
        explorer.put_machine(scenario.machine.name)
        explorer.hardware.repaint()
