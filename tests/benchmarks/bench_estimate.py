"""estimate(): microseconds each, over all models and over all hardware."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from llmfit_tui.cli.explore import first_scenario
from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.estimate import estimate
from llmfit_tui.core.hardware.machines import Wishes, machine_of
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.storage.catalogs import Catalog

ROUNDS = 7


def estimable(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """Those whose sizes are known."""
    found: list[Scenario] = []
    for scenario in scenarios:
        try:
            estimate(scenario)
        except LlmfitError:
            continue
        found.append(scenario)
    return found


def microseconds(work: Callable[[], object], times: int) -> float:
    """The least of some rounds, by one piece of work."""
    taken: list[float] = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken) / times * 1e6


def main() -> None:
    """First time each model is asked for, and then again."""
    catalog = Catalog()
    first, fit = first_scenario(catalog), catalog.evidence
    models = [replace(first, model=model) for model in catalog.models]
    cold: list[float] = []
    for scenario in models:
        start = time.perf_counter()
        try:
            estimate(scenario, fit)
        except LlmfitError:
            continue
        cold.append((time.perf_counter() - start) * 1e6)
    middle = next(one for one in models if one.model.id.endswith("Qwen3-30B-A3B"))
    machines = [machine_of(device.name, (device,), Wishes()) for device in catalog.devices]
    kinds = {
        "all models": estimable(models),
        "all hardware": estimable([replace(middle, machine=machine) for machine in machines]),
        "all quantizations": estimable([replace(middle, quant=quant) for quant in catalog.quants]),
    }
    print(f"first time, a model: median {statistics.median(cold):.0f} us, most {max(cold):.0f} us")
    for name, scenarios in kinds.items():
        each = microseconds(lambda asked=scenarios: [estimate(one, fit) for one in asked], len(scenarios))
        print(f"{name:<18} {len(scenarios):4} scenarios, {each:5.1f} us each")


if __name__ == "__main__":
    main()
