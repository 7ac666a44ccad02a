"""Published measurements of quality: of a model at a quantization, and of a type of the KV cache."""

from typing import NamedTuple

AGREE = "agree"
"""Per cent of tokens whose likeliest is unchanged; other rows hold a divergence, or what is read as one."""


class MeasuredQuality(NamedTuple):
    """What somebody measured of a checkpoint at a type."""

    model: str
    quant: str
    imatrix: bool
    what: str
    value: float
    source: int


class MeasuredCache(NamedTuple):
    """What somebody measured of a model with its cache in these types, and its weights as they were."""

    model: str
    key_type: str
    value_type: str
    rotated: bool
    what: str
    value: float
    source: int
