"""What a filter can ask of a quantization."""

from llmfit_tui.core.filters import figures
from llmfit_tui.core.filters.field import BITS, Field, Value
from llmfit_tui.core.quant import Imatrix, Quant

WORDS: tuple[str, ...] = ()


def words_of(quant: Quant) -> str:
    """What plain words find a quantization by."""
    return f"{quant.name} {' '.join(quant.aliases)} {quant.format} {quant.family} {' '.join(quant.engines)}"


def _format(quant: Quant, _: object) -> Value:
    return quant.format


def _family(quant: Quant, _: object) -> Value:
    return quant.family


def _engine(quant: Quant, _: object) -> Value:
    return " ".join(quant.engines)


def _imatrix(quant: Quant, _: object) -> Value:
    return quant.imatrix in {Imatrix.RECOMMENDED, Imatrix.REQUIRED}


def _shipped(quant: Quant, _: object) -> Value:
    return quant.shipped


def _bits(quant: Quant, _: object) -> Value:
    return quant.file_bits_per_weight or quant.bits_per_weight


TEXTS = (
    Field(("format",), "format of the file", _format, is_text=True),
    Field(("engine",), "what loads it", _engine, is_text=True),
    Field(("family",), "kind of arithmetic", _family, is_text=True),
    Field(("shipped",), "publishers ship it", _shipped),
    Field(("imatrix",), "wants an importance matrix", _imatrix),
)
FACTS = (
    Field(("bits", "bpw"), "bits per weight", _bits, BITS, bare=("bit", "bits", "bpw")),
    *TEXTS,
)
"""Without an estimate the bits are those of the type itself."""
FIELDS = (
    figures.BITS,
    *figures.RATINGS,
    figures.VRAM,
    figures.FILE,
    figures.SPEED,
    figures.AGREE,
    *TEXTS,
)
