"""The scenario under the cursor, planned, and its limits: CPU milliseconds when first asked for."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from llmfit_tui.cli.explore import first_scenario
from llmfit_tui.core.answers.limits import limits_of
from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.estimate import Estimate, estimate, placed
from llmfit_tui.core.hardware.machines import Wishes, machine_of
from llmfit_tui.core.hardware.names import find_hardware
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.storage.catalogs import Catalog

MACHINES = ("RTX 4090", "RTX 3060 12GB", "2x RTX 4090", "Apple M2 Max (38-core GPU) 96 GB")
MODELS = 60


def said(name: str, taken: Sequence[float]) -> None:
    """A line of figures, in milliseconds."""
    found = sorted(taken)
    middle, nine_in_ten = found[len(found) // 2], found[int(0.9 * (len(found) - 1))]
    mean = sum(found) / len(found)
    print(f"{name:<20} {len(found):4} times: median {middle:.1f}, 90 % {nine_in_ten:.1f}, mean {mean:.1f} ms")


def milliseconds(work: Callable[[], object]) -> float:
    """CPU time of a piece of work."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1e3


def main() -> None:
    """Plans of models under several machines, their limits, and a search over all models."""
    catalog = Catalog()
    first, evidence = first_scenario(catalog), catalog.evidence
    found: list[Estimate] = []
    for model in random.Random(5).sample(list(catalog.models), MODELS):
        for name in MACHINES:
            hardware = find_hardware(name, catalog.devices, catalog.systems)
            machine = machine_of(hardware.name, hardware.devices, Wishes())
            asked = replace(first, model=model, machine=machine)
            try:
                found.append(estimate(asked, evidence))
            except LlmfitError:
                continue
    asked = [one.scenario.with_settings(planned=True) for one in found]
    said("planned, first time", [milliseconds(lambda s=one: estimate(s, evidence)) for one in asked])
    planned = [estimate(one, evidence) for one in asked]
    said("its limits", [milliseconds(lambda e=one: limits_of(e)) for one in planned])
    models: list[Scenario] = []
    for model in catalog.models:
        try:
            placed(replace(first, model=model), evidence)
        except LlmfitError:
            continue
        models.append(replace(first, model=model))
    every = min(milliseconds(lambda: [placed(one, evidence) for one in models]) for _ in range(5))
    print(f"search over {len(models)} models  {every:.0f} ms")


if __name__ == "__main__":
    main()
