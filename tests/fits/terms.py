"""A time that is a sum of terms, each a known base times factors to be fitted: robust, with priors.

    t_i = sum over terms k of base_ki x exp(features_ki . p)

In logarithms every factor is linear within its term, so one Gauss-Newton step needs no numerical
derivatives. Errors have a Student distribution, so a wrong row pulls little; every factor has a prior
(mostly 1 +/- a given spread), so hardware with few rows stays near the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Labels = NDArray[np.str_]
Feature = tuple[int, Array]

DEGREES_OF_FREEDOM = 4.0
MOST_STEPS = 30
LONGEST_STEP = 1.5
ENOUGH = 1e-3


@dataclass
class Terms:
    """The terms of one model over one table, and the parameters they share."""

    names: list[str] = field(default_factory=list[str])
    means: list[float] = field(default_factory=list[float])
    spreads: list[float] = field(default_factory=list[float])
    terms: list[tuple[Array, list[Feature]]] = field(default_factory=list[tuple[Array, list[Feature]]])

    def add(self, base: Array, features: Sequence[Feature] = ()) -> None:
        """A term; without features it is known, not fitted."""
        self.terms.append((base, list(features)))

    def parameter(self, name: str, mean: float, spread: float) -> int:
        """The index of a parameter, new or known. Means and spreads are of its logarithm."""
        if name not in self.names:
            self.names.append(name)
            self.means.append(mean)
            self.spreads.append(spread)
        return self.names.index(name)

    def scalar(self, name: str, mean: float, spread: float, values: Array) -> Feature:
        """One parameter, times these values."""
        return self.parameter(name, mean, spread), values

    def each(self, table: str, labels: Labels, spread: float, mean: float = 0.0) -> list[Feature]:
        """One parameter for each label."""
        return [
            (self.parameter(f"{table}/{label}", mean, spread), (labels == label).astype(np.float64))
            for label in sorted(set(labels.tolist()))
        ]

    def matrices(self) -> list[tuple[Array, Array]]:
        """Bases and feature matrices."""
        found: list[tuple[Array, Array]] = []
        for base, features in self.terms:
            matrix = np.zeros((len(base), len(self.names)))
            for index, values in features:
                matrix[:, index] += values
            found.append((base, matrix))
        return found


@dataclass
class Fitter:
    """A model ready to be fitted to any part of its table. `noise` is the spread of log errors expected."""

    model: Terms
    log_seconds: Array
    weights: Array
    noise: float
    coarse: Sequence[float] = ()
    """Noise of earlier rounds, which find the way from a far start."""

    def __post_init__(self) -> None:
        self.matrices = self.model.matrices()
        self.means: Array = np.array(self.model.means)
        self.spreads: Array = np.array(self.model.spreads)

    def fit(self, rows: Array) -> Array:
        """Parameters from these rows (a mask), starting at the means of the priors."""
        keep = rows.astype(bool)
        parts = [(base[keep], matrix[keep]) for base, matrix in self.matrices]
        target, weights = self.log_seconds[keep], self.weights[keep]
        p = self.means.copy()
        for noise in (*self.coarse, self.noise):
            p = self._round(p, noise, parts, target, weights)
        return p

    def _round(
        self, p: Array, noise: float, parts: list[tuple[Array, Array]], target: Array, weights: Array
    ) -> Array:
        damping = 1e-3
        errors, shares = _errors(parts, p, target)
        loss = self._loss(p, noise, errors, weights)
        for _ in range(MOST_STEPS):
            slopes = [share[:, None] * matrix for share, (_, matrix) in zip(shares, parts, strict=True)]
            slope: Array = np.sum(slopes, axis=0)
            pull: Array = weights / noise**2 / (1 + (errors / noise) ** 2 / DEGREES_OF_FREEDOM)
            curve: Array = slope.T @ (slope * pull[:, None]) + np.diag(1 / self.spreads**2)
            down: Array = slope.T @ (pull * errors) + (p - self.means) / self.spreads**2
            for _ in range(8):
                step = np.linalg.solve(curve + damping * np.diag(np.diag(curve)), down)
                tried: Array = p - np.clip(step, -LONGEST_STEP, LONGEST_STEP)
                tried_errors, tried_shares = _errors(parts, tried, target)
                tried_loss = self._loss(tried, noise, tried_errors, weights)
                if tried_loss < loss:
                    break
                damping *= 6
            else:
                return p
            gain = loss - tried_loss
            p, errors, shares, loss = tried, tried_errors, tried_shares, tried_loss
            damping = max(damping / 6, 1e-7)
            if gain < ENOUGH:
                return p
        return p

    def predict(self, p: Array) -> Array:
        """Log seconds of every row."""
        return np.log(np.sum([base * np.exp(matrix @ p) for base, matrix in self.matrices], axis=0))

    def _loss(self, p: Array, noise: float, errors: Array, weights: Array) -> float:
        spread = np.log1p((errors / noise) ** 2 / DEGREES_OF_FREEDOM)
        return float(weights @ (DEGREES_OF_FREEDOM * spread) + (((p - self.means) / self.spreads) ** 2).sum())


def _errors(parts: list[tuple[Array, Array]], p: Array, target: Array) -> tuple[Array, list[Array]]:
    times = [base * np.exp(matrix @ p) for base, matrix in parts]
    total: Array = np.sum(times, axis=0)
    return np.log(total) - target, [time / total for time in times]
