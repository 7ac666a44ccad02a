"""How close a quantization stays to the 16-bit model: the share of tokens whose likeliest one is unchanged.

A closed form for the mean KL divergence D to the 16-bit model, fitted on 824 published measurements of 56
models; its coefficients are a catalog (quality.json), passed in as a value:

    ln D = const + b x + b+ max(0, x) + low2 low^2
           + (lnS + lnS*low low) min(0, s) + (lnL + lnL*low low) max(0, s)
           + noim + noim*low low   (made without an importance matrix)   + moe   + family + type + series
    x = min(bits, cap) - pivot,  low = max(0, pivot - bits),  s = ln(parameters in billions / 8)
    agree % = 100 exp(agree_coefficient x D^agree_exponent)

Where somebody measured the very checkpoint at the type, that counts. Other types of a model with ten measured
ones are moved by how far off the form was on those: with each type left out in turn that halves the error
(0.24 to 0.12 in ln D). With five or fewer it did not help.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import field
from statistics import median
from typing import NamedTuple

from llmfit_tui.core.identity import Kept
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.config import word
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.qualityrows import AGREE, MeasuredCache, MeasuredQuality
from llmfit_tui.core.quant import Imatrix, Quant
from llmfit_tui.core.record import record


@record
class SeriesMatch:
    """Which models a series' offset covers."""

    families: tuple[str, ...] = ()
    model_types: tuple[str, ...] = ()
    except_model_types: tuple[str, ...] = ()


@record
class Series:
    """Models that lose more or less than others at the same bits."""

    ln_d: float
    match: SeriesMatch

    def covers(self, family: str, model_type: str | None) -> bool:
        """Whether the offset applies to this model."""
        if model_type in self.match.model_types:
            return True
        return family in self.match.families and model_type not in self.match.except_model_types


@record
class QualityFit:
    """Coefficients of the closed form, as the catalog holds them."""

    theta: Mapping[str, float]
    family: Mapping[str, float]
    quant: Mapping[str, float]
    bits_per_weight: Mapping[str, float]
    series: Mapping[str, Series]
    bits_pivot: float
    bits_cap: float
    params_pivot_b: float
    agree_coefficient: float
    agree_exponent: float
    log_band: float
    model_offsets: Mapping[str, float] = field(default_factory=dict[str, float])
    """Of ln D, by checkpoint, for models measured at many types."""
    measured_sources: tuple[tuple[str, str | None], ...] = ()
    measured: tuple[MeasuredQuality, ...] = ()
    kv_measured: tuple[MeasuredCache, ...] = ()


MEASURED, DIVERGENCE, ESTIMATED = "measured", "measured divergence", "estimated"


@record
class Quality:
    """Share of tokens, in per cent, whose likeliest next token is that of the 16-bit model."""

    agree_percent: float
    agree_low: float
    agree_high: float
    basis: str = ESTIMATED
    source: str = "fitted to published measurements of other models"


UNQUANTIZED = Quality(100.0, 100.0, 100.0, "reference", "16 bits or more: the reference")
LOSS_FACTOR = 1.2
"""A measured divergence gives the share of tokens that change within this factor: four in five of the 27
cases in which both were measured."""
FLOAT_TYPES = frozenset({"F32", "F16", "BF16"})
_qualities = Kept[tuple[Quality | None]](most=8192)
_rows = Kept[list[MeasuredQuality]](most=2048)
_of_the_model = Kept[dict[str, float]](most=2048)
_of_the_type = Kept["_Typed"](most=1024)
"""No machine and no setting but the importance matrix counts, so that lists ask for one again and again."""


def quality_of(
    model: Model, arch: Architecture, quant: Quant, imatrix: bool, fit: QualityFit | None
) -> Quality | None:
    """Agreement with the 16-bit model and its band; None where no measurement covers the format."""
    kept = _qualities.get(model, quant, imatrix, fit)
    if kept is None:
        kept = _qualities.keep((_quality_of(model, arch, quant, imatrix, fit),), model, quant, imatrix, fit)
    return kept[0]


def _quality_of(
    model: Model, arch: Architecture, quant: Quant, imatrix: bool, fit: QualityFit | None
) -> Quality | None:
    if quant.name in FLOAT_TYPES:
        return UNQUANTIZED
    if fit is None:
        return None
    if fit.measured and (rows := quality_rows_of(model, quant, imatrix, fit)):
        return _measured(rows, fit)
    terms = divergence_terms(model, arch, quant, imatrix, fit)
    if terms is None:
        return None
    log_d = sum(terms.values())
    low, high = (agree_percent(math.exp(log_d + way), fit) for way in (fit.log_band, -fit.log_band))
    return Quality(agree_percent(math.exp(log_d), fit), low, high)


def agree_percent(divergence: float, fit: QualityFit) -> float:
    """Per cent of tokens that stay the same at a mean KL divergence."""
    return 100 * math.exp(fit.agree_coefficient * divergence**fit.agree_exponent)


def quality_rows_of(model: Model, quant: Quant, imatrix: bool, fit: QualityFit) -> list[MeasuredQuality]:
    """What was measured of this checkpoint at this type, made with or without an importance matrix."""
    rows = _rows.get(model, fit)
    if rows is None:
        rows = _rows.keep([row for row in fit.measured if row.model == model.id], model, fit)
    return [row for row in rows if row.quant == quant.name and row.imatrix is imatrix]


def _measured(rows: Sequence[MeasuredQuality], fit: QualityFit) -> Quality:
    """The middle of measured agreements and their range; else what measured divergences mean."""
    agreed = [row.value for row in rows if row.what == AGREE]
    used = [row for row in rows if row.what == AGREE] or rows
    source = " and ".join(dict.fromkeys(fit.measured_sources[row.source][0] for row in used))
    if agreed:
        return Quality(median(agreed), min(agreed), max(agreed), MEASURED, source)
    found = sorted(agree_percent(row.value, fit) for row in rows)
    low, high = 100 - (100 - found[0]) * LOSS_FACTOR, 100 - (100 - found[-1]) / LOSS_FACTOR
    return Quality(median(found), low, high, DIVERGENCE, source)


def divergence_terms(
    model: Model, arch: Architecture, quant: Quant, imatrix: bool, fit: QualityFit
) -> dict[str, float] | None:
    """Terms of ln D by what they stand for; None where none is known."""
    typed = _of_the_type.get(quant, imatrix, fit)
    if typed is None:
        typed = _of_the_type.keep(_terms_of_the_type(quant, imatrix, fit), quant, imatrix, fit)
    if typed.terms is None or not model.parameters:
        return None
    own = _of_the_model.get(model, fit)
    if own is None:
        own = _of_the_model.keep(_terms_of_the_model(model, arch, fit), model, fit)
    theta, low = fit.theta, typed.low
    s = math.log(model.parameters / 1e9 / fit.params_pivot_b)
    side = "lnS" if s < 0 else "lnL"
    size = (theta[side] + theta[f"{side}*low"] * low) * s
    return {**typed.terms, "size of the model": size, **own}


class _Typed(NamedTuple):
    """What a type brings, whatever the model; `terms` None: nobody measured its family."""

    terms: dict[str, float] | None
    low: float


def _terms_of_the_type(quant: Quant, imatrix: bool, fit: QualityFit) -> _Typed:
    name = quant.variant_of or quant.name
    bits = fit.bits_per_weight.get(name, quant.bits_per_weight)
    family = fit.family.get(quant.quality_family or "")
    if family is None or bits is None:
        return _Typed(None, 0.0)
    theta = fit.theta
    x = min(bits, fit.bits_cap) - fit.bits_pivot
    low = max(0.0, fit.bits_pivot - bits)
    terms = {
        "constant": theta["const"],
        "bits per weight": theta["b"] * x + theta["b+"] * max(0.0, x) + theta["low2"] * low * low,
    }
    if quant.format == "gguf" and not imatrix and quant.imatrix is not Imatrix.NO:
        terms["no importance matrix"] = theta["noim"] + theta["noim*low"] * low
    terms[f"{quant.quality_family} types"] = family
    terms[f"the type {name}"] = fit.quant.get(name, 0.0)
    return _Typed(terms, low)


def _terms_of_the_model(model: Model, arch: Architecture, fit: QualityFit) -> dict[str, float]:
    """Those that are the same for every type."""
    terms = {"mixture of experts": fit.theta["moe"]} if arch.is_moe else {}
    model_type = word(model.config, "model_type")
    for series, one in fit.series.items():
        if one.covers(model.family, model_type):
            terms[f"the series {series}"] = one.ln_d
    for checkpoint in model.checkpoints:
        if checkpoint.id in fit.model_offsets:
            terms["its measured types"] = fit.model_offsets[checkpoint.id]
    return terms
