"""What a filter can ask of an estimate, in every list."""

from typing import TYPE_CHECKING

from llmfit_tui.core.filters import field as units
from llmfit_tui.core.filters.field import Field, Value

if TYPE_CHECKING:
    from llmfit_tui.core.estimate import Estimate


def _fits(_: object, found: "Estimate | None") -> Value:
    if found is None:
        return None
    from llmfit_tui.core.placement.placement import Mode

    whole = found.placement.mode in {Mode.GPU, Mode.UNIFIED, Mode.CPU}
    return whole and bool(found.rating.level)


def _at_least(level: int) -> Field:
    names = {5: "great", 4: "well", 3: "usable", 1: "runs"}

    def of(_: object, found: "Estimate | None") -> Value:
        return None if found is None else found.rating.level >= level

    says = {5: "runs great", 4: "runs well or great", 3: "usable or better", 1: "runs at all, split or not"}
    return Field((names[level],), says[level], of, estimated=True)


def _vram(_: object, found: "Estimate | None") -> Value:
    return None if found is None else found.vram_bytes


def _speed(_: object, found: "Estimate | None") -> Value:
    return None if found is None or not found.rating.level else found.speed.decode_tok_s


def _file(_: object, found: "Estimate | None") -> Value:
    return None if found is None else found.weights.file_bytes


def _bits(_: object, found: "Estimate | None") -> Value:
    return None if found is None else found.weights.bits_per_weight


def _agree(_: object, found: "Estimate | None") -> Value:
    return None if found is None or found.quality is None else found.quality.agree_percent


FITS = Field(("fits",), "whole in the memory of the GPU", _fits, estimated=True)
RUNS, USABLE, WELL, GREAT = map(_at_least, (1, 3, 4, 5))
SPEED = Field(
    ("speed", "tok/s", "t/s", "toks"),
    "tokens per second",
    _speed,
    units.RATE,
    estimated=True,
    bare=("tok/s", "t/s", "tps"),
)
VRAM = Field(
    ("vram", "mem", "memory"), "GiB it takes", _vram, units.MEMORY, estimated=True, bare=("gb", "gib", "g")
)
FILE = Field(("file",), "GB of the file", _file, units.FILE, estimated=True)
BITS = Field(
    ("bits", "bpw"), "bits per weight", _bits, units.BITS, estimated=True, bare=("bit", "bits", "bpw")
)
AGREE = Field(
    ("agree", "quality"),
    "per cent that agree with 16 bit",
    _agree,
    units.PERCENT,
    estimated=True,
    bare=("%",),
)
RATINGS = (FITS, RUNS, USABLE, WELL, GREAT)
