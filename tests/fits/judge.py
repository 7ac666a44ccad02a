"""How good a fit is on hardware it has not seen: each kind left out in turn, fitted from the start."""

from collections.abc import Mapping

import numpy as np

from fits.table import Table
from fits.terms import Array, Fitter, Labels
from llmfit_tui.core.speed.bands import group_of
from llmfit_tui.core.speed.classes import CPU
from llmfit_tui.core.speed.work import LLAMA_CPP

COVERED = 0.83
"""Aimed at, so that a nominal 80 % holds for kinds nobody measured."""
WIDE = 30.0
FEW_KINDS = 4
WIDEST_BAND = 5.0
PULLED = 0.7
LEAST_PULL = 0.02


def held_out(fitter: Fitter, table: Table) -> Array:
    """Log of measured over predicted speed, every kind predicted by a fit without it."""
    errors = np.empty(len(table.rows))
    for kind in table.kinds:
        out = table.kind == kind
        p = fitter.fit((~out).astype(np.float64))
        errors[out] = (fitter.predict(p) - fitter.log_seconds)[out]
    return errors


def ape(errors: Array) -> Array:
    """Absolute percentage errors of the prediction."""
    return np.abs(np.exp(-errors) - 1) * 100


def summary(errors: Array, table: Table) -> dict[str, float]:
    """The figures a fit is judged by."""
    off = ape(errors)
    by_kind = np.array([np.median(off[table.kind == kind]) for kind in table.kinds])
    return {
        "rows": len(off),
        "kinds": len(by_kind),
        "median_error_percent": _tenth(np.median(off)),
        "median_error_percent_over_kinds": _tenth(np.median(by_kind)),
        "within_30_percent": _tenth(100 * np.mean(off < WIDE)),
    }


def groups(table: Table) -> Labels:
    """The band group of every row."""
    return np.array(
        [
            group_of(kind, row.engine, row.active_parameters, row.device.bandwidth_bytes_per_s)
            for kind, row in zip(table.classes.tolist(), table.rows, strict=True)
        ]
    )


def bands(errors: Array, table: Table, labels: Labels, without: str | None = None) -> dict[str, float]:
    """For each group the factor that holds COVERED of its errors: two parts by kinds, one by rows."""
    found: dict[str, float] = {}
    for group in sorted(set(labels.tolist())):
        mine = labels == group
        if without is not None:
            mine &= table.kind != without
        if not mine.any():
            continue
        size = np.abs(errors[mine])
        weight = 2 * table.weights[mine] / table.weights[mine].sum() + 1 / mine.sum()
        order = np.argsort(size)
        reached = np.cumsum(weight[order]) / weight.sum()
        found[group] = float(np.exp(size[order][np.searchsorted(reached, COVERED)]))
    return found


def careful(factors: dict[str, float], table: Table, labels: Labels, least: float) -> dict[str, float]:
    """Bands of groups seen on few kinds of hardware are no narrower than `least`; none is absurd."""
    found: dict[str, float] = {}
    for group, factor in factors.items():
        kinds = len(set(table.kind[labels == group].tolist()))
        larger = factors.get(group.removesuffix(" small"), 1.0)
        wide = max(factor, larger, least if kinds < FEW_KINDS else 1.0)
        found[group] = round(min(wide, WIDEST_BAND), 3)
    return found


def coverage(errors: Array, table: Table, labels: Labels) -> tuple[float, float]:
    """Per cent of rows, and of kinds weighing the same, within bands made without their own kind."""
    inside = np.empty(len(errors))
    for kind in table.kinds:
        out = table.kind == kind
        factors = bands(errors, table, labels, without=kind)
        widest = max(factors.values())
        limit = np.log([factors.get(label, widest) for label in labels[out]])
        inside[out] = np.abs(errors[out]) <= limit
    return _tenth(100 * inside.mean()), _tenth(100 * float(inside @ table.weights / table.weights.sum()))


def pulls(errors: Array, table: Table) -> dict[str, float]:
    """What estimates on measured hardware are scaled by: a share of the middle error."""
    found: dict[str, list[tuple[float, tuple[str, ...]]]] = {}
    for row, error in zip(table.rows, errors.tolist(), strict=True):
        device = row.device
        on_cpu = row.backend == CPU
        key = (device.name, None, CPU) if on_cpu else (device.card, device.bandwidth_bytes_per_s, row.backend)
        if row.engine == LLAMA_CPP:
            found.setdefault("|".join(map(str, key)), []).append((error, row.same_as))
    scaled: dict[str, float] = {}
    for key, pairs in sorted(found.items()):
        runs = len({cell for _, cell in pairs})
        factor = float(np.exp(PULLED * np.median([error for error, _ in pairs]) * runs / (runs + 1)))
        if abs(factor - 1) >= LEAST_PULL:
            scaled[key] = round(factor, 3)
    return scaled


def by(errors: Array, labels: Labels) -> Mapping[str, tuple[int, float]]:
    """Rows and median error of every label."""
    off = ape(errors)
    return {
        label: (int((labels == label).sum()), _tenth(np.median(off[labels == label])))
        for label in sorted(set(labels.tolist()))
    }


def _tenth(value: float | np.floating) -> float:
    return round(float(value), 1)
