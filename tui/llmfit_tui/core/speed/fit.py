"""What was fitted to published measurements of speed, as the catalog speed.json holds it.

Every number without a unit is a factor. A name that a table lacks has the factor 1, so a generation or an
engine nobody has measured gets the middle of those that were. The defaults are what the fit starts from.
"""

from collections.abc import Mapping
from dataclasses import field

from llmfit_tui.core.record import record

Factors = Mapping[str, float]

CLOCK_HZ = 2e9
"""The clock and the operations per byte at which a layer costs `layer_s`."""
OPERATIONS_PER_BYTE = 40.0
OPERATIONS_PER_BYTE_OF_A_CPU = 12.0
READ_REACHES = 0.85
"""Of the peak of its bus, what a host's memory gives to readers on all cores: 46 of 51.2 GB/s with two
channels of DDR4-3200 (guru3d, AIDA64), 77 % with STREAM on TI's AM62 (SPRAD45A). The fit speaks of peaks."""


def _none() -> dict[str, float]:
    return {}


@record
class DecodeFit:
    """One token at a time:

        seconds = bytes / bandwidth x (1 + waste) + cache read / bandwidth x cache
                  + layers x layer_s + active parameters x operations / FP32 rate

    Waste is what the fit adds to the time in which the bytes move at full bandwidth, so no estimate is
    faster than the memory.
    """

    waste: float = 0.3
    waste_by_class: Factors = field(default_factory=_none)
    waste_by_backend: Factors = field(default_factory=_none)
    waste_by_engine: Factors = field(default_factory=_none)
    cache: float = 1.25
    layer_s: float = 90e-6
    layer_by_backend: Factors = field(default_factory=_none)
    layer_by_engine: Factors = field(default_factory=_none)
    layer_of_experts: float = 1.0
    layer_clock: float = -0.5
    """Exponent of the clock over CLOCK_HZ."""
    layer_operations: float = 0.0
    """Exponent of the operations per byte over OPERATIONS_PER_BYTE."""
    operations: Factors = field(default_factory=_none)
    """Per active parameter, by kind of arithmetic."""
    operations_by_class: Factors = field(default_factory=_none)


@record
class PrefillFit:
    """A prompt: see core/speed/prefill.py for the formula."""

    compute: float = 1.5
    compute_by_class: Factors = field(default_factory=_none)
    compute_by_backend: Factors = field(default_factory=_none)
    compute_by_engine: Factors = field(default_factory=_none)
    compute_of_experts: float = 1.65
    compute_operations: float = 0.0
    """Exponent of the operations per byte over OPERATIONS_PER_BYTE."""
    weights: float = 1.0
    attention: float = 0.5
    layer_s: float = 1e-4
    layer_by_backend: Factors = field(default_factory=_none)
    layer_of_experts: float = 1.0


@record
class SpeedFit:
    """The fits, and how wide a band holds four measurements in five."""

    decode: DecodeFit = field(default_factory=DecodeFit)
    prefill: PrefillFit = field(default_factory=PrefillFit)
    bands: Factors = field(default_factory=_none)
    """Measured speed lies within this factor of the estimate, either way, four times in five."""
    prefill_bands: Factors = field(default_factory=_none)
    pulls: Factors = field(default_factory=_none)
    """By card, bandwidth and backend (`key_of`): what estimates are scaled by after measurements there."""
    date: str | None = None
    held_out: Mapping[str, Factors] = field(default_factory=dict[str, Factors])
    """decode, prefill: how far off hardware was that the fit had not seen."""
