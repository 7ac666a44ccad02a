"""The prefill model of core/speed/prefill.py as terms to be fitted, and the fit as the catalog holds it."""

import math

import numpy as np

from fits.decode import factors
from fits.table import Table
from fits.terms import Array, Fitter, Terms
from llmfit_tui.core.speed.fit import OPERATIONS_PER_BYTE
from llmfit_tui.core.speed.prefill import OPERATIONS_PER_CACHE_BYTE

NOISE = 0.3
COARSE = (1.5, 0.6)
"""Noise of the first rounds: from the means of the priors some rows are off by a factor of ten."""
UBATCH = 512.0
FACTORS = {
    "compute_by_class": "compute/class",
    "compute_by_backend": "compute/backend",
    "compute_by_engine": "compute/engine",
    "layer_by_backend": "layer/backend",
}


def prefill_fitter(table: Table) -> Fitter:
    """The model over a table of prompt speeds."""
    terms = Terms()
    bandwidth = table.of_device("bandwidth_bytes_per_s")
    one = np.ones(len(table.rows))
    moe = (table.labels("experts") == "True").astype(np.float64)
    backend, rate = table.labels("backend"), table.rate
    tokens = table.numbers("tokens")
    batches = np.ceil(tokens / UBATCH) / tokens
    attended = table.numbers("cache_bytes_per_token") * (table.numbers("depth") + tokens / 2)
    terms.add(
        2 * table.numbers("active_parameters") / rate,
        [
            terms.scalar("compute", math.log(1.5), 1.0, one),
            *terms.each("compute/class", table.classes, 0.4),
            *terms.each("compute/backend", backend, 0.3),
            *terms.each("compute/engine", table.labels("engine"), 0.4),
            terms.scalar("compute_of_experts", 0.5, 0.5, moe),
            terms.scalar(
                "compute_operations", 0.0, 0.3, np.log(rate / bandwidth / OPERATIONS_PER_BYTE) * table.on_gpu
            ),
        ],
    )
    terms.add(batches * table.numbers("file_bytes") / bandwidth, [terms.scalar("weights", 0.0, 0.5, one)])
    terms.add(
        OPERATIONS_PER_CACHE_BYTE * attended / rate, [terms.scalar("attention", math.log(0.5), 1.0, one)]
    )
    terms.add(
        batches * table.numbers("layers"),
        [
            terms.scalar("layer_s", math.log(1e-4), 1.0, one),
            terms.scalar("layer_of_experts", 0.0, 0.5, moe),
            *terms.each("layer/backend", backend, 0.4),
        ],
    )
    return Fitter(terms, -np.log(table.tok_s), table.weights, NOISE, COARSE)


def as_catalog(fitter: Fitter, p: Array) -> dict[str, object]:
    """The fields of PrefillFit."""
    plain = ("compute", "compute_of_experts", "weights", "attention", "layer_s", "layer_of_experts")
    return factors(fitter, p, plain, ("compute_operations",), FACTORS)
