"""What a map is spanned by: quantizations, contexts, models or hardware, as the lists show them."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.format import amounts
from llmfit_tui.format.devices import machine_name, short_name
from llmfit_tui.panes.hardware import HardwarePane
from llmfit_tui.panes.models import ModelPane
from llmfit_tui.panes.quants import QuantPane

LEAST_CONTEXT = 2048
MOST_UNKNOWN = 131_072
"""Where a model's own context length is not known."""


@record
class Axis:
    """Choices of one kind, and how each changes a scenario."""

    name: str
    labels: Sequence[str]
    change: Callable[[Scenario, int], Scenario]
    start: int
    """The present choice."""


def context_lengths(scenario: Scenario) -> list[int]:
    """Powers of two up to the model's own length, and that length."""
    own = scenario.model.context_max or MOST_UNKNOWN
    return [n for n in (LEAST_CONTEXT << i for i in range(12)) if n < own] + [own]


def contexts(scenario: Scenario) -> Axis:
    """The lengths as choices."""
    lengths = context_lengths(scenario)
    asked = min(scenario.settings.context, lengths[-1])
    start = min(range(len(lengths)), key=lambda i: abs(lengths[i] - asked))
    return Axis(
        "context",
        [amounts.tokens(n) for n in lengths],
        lambda at, i: at.with_settings(context=lengths[i]),
        start,
    )


def quants(pane: QuantPane, scenario: Scenario) -> Axis:
    """Types that llama.cpp reads, among those the list shows."""
    kinds = [pane.quants[i] for i in pane.shown if pane.quants[i].is_gguf] or [scenario.quant]
    return Axis(
        "quantization",
        [kind.name for kind in kinds],
        lambda at, i: replace(at, quant=kinds[i]),
        next((i for i, kind in enumerate(kinds) if kind is scenario.quant), 0),
    )


def models(pane: ModelPane, scenario: Scenario) -> Axis:
    """Models the list shows."""
    shown = [pane.models[i] for i in pane.shown] or [scenario.model]
    return Axis(
        "model",
        [model.name for model in shown],
        lambda at, i: replace(at, model=shown[i]),
        next((i for i, model in enumerate(shown) if model is scenario.model), 0),
    )


def hardware(pane: HardwarePane, scenario: Scenario) -> Axis:
    """Machines the list shows, the person's own first."""
    places = [i for i in pane.shown if (own := pane.own_machine(i)) is None or own.machine is not None]
    labels: list[str] = []
    for i in places:
        device, own = pane.device(i), pane.own_machine(i)
        size = f" {round((device.memory_bytes or 0) / amounts.GIB)}G" if device else ""
        labels.append(short_name(device) + size if device else machine_name(own.name) if own else "")
    name = scenario.machine.name

    def called(i: int) -> str:
        device, own = pane.device(i), pane.own_machine(i)
        return device.name if device else own.name if own else ""

    def put(at: Scenario, i: int) -> Scenario:
        machine = pane.machine(places[i]) if places else None
        return replace(at, machine=machine or at.machine)

    start = next((i for i, place in enumerate(places) if called(place) == name), 0)
    return Axis("hardware", labels or [machine_name(name)], put, start)
