"""A quantization: a way of storing weights in fewer bits, as its publisher names it."""

from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from llmfit_tui.core.record import record


class Imatrix(Enum):
    """What an importance matrix is to a type, in the words of llama-quantize."""

    NO = "no"
    OPTIONAL = "optional"
    RECOMMENDED = "recommended"
    REQUIRED = "required"


@record
class Recipe:
    """What published files of a publisher's variant weigh, as shares of the type it starts from."""

    low: float
    """5 % are below it."""
    median: float
    high: float
    """5 % are above it."""
    files: int
    """How many were looked at."""


@record
class Quant:
    """A format weights come in. Bits are bits per weight."""

    name: str
    format: str
    """gguf, or the other container's name: AWQ, GPTQ, FP8, MLX, EXL2 ..."""
    family: str
    """The kind of arithmetic, as quality fits group it: k-quant, i-quant, legacy, float, ternary ..."""
    bits_per_weight: float | None
    """Bits of the block type that most tensors get."""
    file_bits_per_weight: float | None
    """File size over parameters, measured on `file_bits_measured_on`: mixes included."""
    summary: str
    """One line in plain words."""
    imatrix: Imatrix = Imatrix.NO
    shipped: bool = False
    """Publishers ship it, so it may be recommended."""
    variant_of: str | None = None
    """The llama.cpp type a publisher's variant starts from."""
    recipe: Recipe | None = None
    """Where nobody wrote down which tensors get which type: what such files weigh."""
    engines: tuple[str, ...] = ()
    """Engines that load it: llama.cpp, ik_llama.cpp, vllm, mlx, exllama, transformers."""
    ftype_id: int | None = None
    """llama.cpp's LLAMA_FTYPE number."""
    status: str = "current"
    aliases: tuple[str, ...] = ()
    file_bits_measured_on: str | None = None
    quality_family: str | None = None
    """The family whose offset the quality fit uses (quality.json)."""
    sources: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def is_gguf(self) -> bool:
        """Mainline llama.cpp loads it."""
        return "llama.cpp" in self.engines
