"""The decode model of core/speed/decode.py as terms to be fitted, and the fit as the catalog holds it."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from fits.table import Table
from fits.terms import Array, Fitter, Terms
from llmfit_tui.core.speed.fit import OPERATIONS_PER_BYTE

NOISE = 0.15
CPU_LAYER = 0.3
"""A CPU launches no kernels: its threads meet at a barrier instead, so its prior is lower than a GPU's."""
FACTORS = {
    "waste_by_class": "waste/class",
    "waste_by_backend": "waste/backend",
    "waste_by_engine": "waste/engine",
    "layer_by_backend": "layer/backend",
    "layer_by_engine": "layer/engine",
    "operations": "operations",
    "operations_by_class": "operations/class",
}


def decode_fitter(table: Table) -> Fitter:
    """The model over a table of decode speeds."""
    terms = Terms()
    bandwidth = table.of_device("bandwidth_bytes_per_s")
    one = np.ones(len(table.rows))
    moe = (table.labels("experts") == "True").astype(np.float64)
    engine, backend = table.labels("engine"), table.labels("backend")
    active, rate = table.numbers("active_bytes"), table.rate
    terms.add(active / bandwidth)
    terms.add(
        active / bandwidth,
        [
            terms.scalar("waste", math.log(0.3), 1.0, one),
            *terms.each("waste/class", table.classes, 0.5),
            *terms.each("waste/backend", backend, 0.3),
            *terms.each("waste/engine", engine, 0.3),
        ],
    )
    read = table.numbers("cache_bytes_per_token") * (table.numbers("depth") + table.numbers("tokens") / 2)
    terms.add(read / bandwidth, [terms.scalar("cache", math.log(1.25), 0.3, one)])
    terms.add(
        table.numbers("layers"),
        [
            terms.scalar("layer_s", math.log(90e-6), 1.0, one),
            terms.scalar("layer_of_experts", 0.0, 0.3, moe),
            *terms.each("layer/backend", backend, 0.4),
            *terms.each("layer/engine", engine, 0.3),
            terms.scalar("layer_clock", -0.5, 0.5, table.log_clock),
            terms.scalar(
                "layer_operations", 0.0, 0.3, np.log(rate / bandwidth / OPERATIONS_PER_BYTE) * table.on_gpu
            ),
        ],
    )
    if "layer/backend/cpu" in terms.names:
        terms.means[terms.names.index("layer/backend/cpu")] = math.log(CPU_LAYER)
    terms.add(
        table.numbers("active_parameters") / rate,
        [
            *terms.each("operations", table.labels("arithmetic"), 0.7, math.log(1.5)),
            *terms.each("operations/class", table.classes, 0.4),
        ],
    )
    return Fitter(terms, -np.log(table.tok_s), table.weights, NOISE)


def as_catalog(fitter: Fitter, p: Array) -> dict[str, object]:
    """The fields of DecodeFit."""
    plain = ("waste", "cache", "layer_s", "layer_of_experts")
    return factors(fitter, p, plain, ("layer_clock", "layer_operations"), FACTORS)


def factors(
    fitter: Fitter, p: Array, plain: Sequence[str], exponents: Sequence[str], tables: Mapping[str, str]
) -> dict[str, object]:
    """Parameters as a catalog holds them: factors, exponents and tables of factors."""
    values = dict(zip(fitter.model.names, p.tolist(), strict=True))
    found: dict[str, object] = {name: _short(math.exp(values[name])) for name in plain}
    found |= {name: _short(values[name]) for name in exponents}
    for field, table in tables.items():
        found[field] = {
            name.rsplit("/", 1)[1]: _short(math.exp(value))
            for name, value in values.items()
            if name.rsplit("/", 1)[0] == table
        }
    return found


def _short(value: float) -> float:
    return float(f"{value:.4g}")
