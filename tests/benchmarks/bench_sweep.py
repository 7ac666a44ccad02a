"""`estimate --scenarios` in one process: lines per second of CPU, on a grid and on lines drawn at random."""

import json
import random
import time
from typing import Any

from llmfit_tui.cli.opening import opened
from llmfit_tui.core.answers.limits import limits_of
from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.format.document import estimate_document
from llmfit_tui.storage.catalogs import Catalog

HARDWARE = ("RTX 4090", "RTX 3060 12GB", "2x RTX 4090", "Apple M2 Max (38-core GPU) 96 GB", "cpu")
QUANTS = ("Q4_K_M", "Q8_0", "IQ4_XS")
CONTEXTS = (4096, 8192, 32_768)
MODELS, LINES = 12, 400
Line = tuple[str, dict[str, Any]]


def grid(models: list[str]) -> list[Line]:
    """Every model at every type, on every machine, at every context."""
    return [
        (model, {"quant": quant, "hardware": hardware, "context": context})
        for model in models
        for quant in QUANTS
        for hardware in HARDWARE
        for context in CONTEXTS
    ]


def drawn(pick: random.Random, catalog: Catalog, models: list[str]) -> list[Line]:
    """Any model at any type on any device, at any context."""
    quants = [quant.name for quant in catalog.quants if "llama.cpp" in quant.engines]
    devices = [device.name for device in catalog.devices]
    return [
        (
            pick.choice(models),
            {
                "quant": pick.choice(quants),
                "hardware": pick.choice(devices),
                "context": pick.choice((2048, 8192, 10_000, 65_536)),
                "parallel": pick.choice((1, 1, 1, 4)),
            },
        )
        for _ in range(LINES)
    ]


def main() -> None:
    """Both kinds, answered as a sweep answers them."""
    catalog, pick, resolver = Catalog(), random.Random(11), opened(None)
    models = [model.id for model in catalog.models]
    for name, lines in (
        ("grid", grid(pick.sample(models, MODELS))),
        ("random", drawn(pick, catalog, models)),
    ):
        start = time.process_time()
        for model, options in lines:
            try:
                for found in resolver.estimates(model, options):
                    json.dumps(estimate_document(found, limits_of(found)))
            except LlmfitError:
                continue
        print(
            f"{name:<8} {len(lines)} lines, {len(lines) / (time.process_time() - start):.0f} a second of CPU"
        )


if __name__ == "__main__":
    main()
