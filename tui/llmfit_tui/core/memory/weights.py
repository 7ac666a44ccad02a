"""Bytes of a model's weights at a quantization, and which of them one token reads.

Exact where the tensors are known: every tensor's type by llama-quantize's rules or by the format's, read off
its shape. Elsewhere parameters x bits per weight, with the bits measured on a published model of ordinary
shape: within a few per cent from 3B up, too low for small models, and marked approximate.
"""

from collections.abc import Mapping
from dataclasses import field, replace

from llmfit_tui.core.gguf.file import GgufFile
from llmfit_tui.core.memory.loaded import LoadedWeights
from llmfit_tui.core.memory.modeltensors import plan_of, tensors_of, variant_of
from llmfit_tui.core.memory.scaled import scaled
from llmfit_tui.core.memory.spread import Deferred, Spread, bytes_by_bits, spread_by_bits, spread_of
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.models.published import published_as
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.record import record
from llmfit_tui.core.tensors.header import header_bytes
from llmfit_tui.core.tensors.plan import TensorPlan
from llmfit_tui.core.tensors.quantize import quantize
from llmfit_tui.core.tensors.quantized import Quantized
from llmfit_tui.core.tensors.sizes import ActiveBytes
from llmfit_tui.core.tensors.variants import variants_of

HEADER_BYTES_PER_TOKEN = 39
"""A GGUF header is nearly all vocabulary: 5.9 MB for Qwen2.5's 151,936 entries in published files."""


@record
class Weights:
    """The size of a model's tensors; what becomes of them when it is loaded is worked out when asked for."""

    bits_per_weight: float
    tensor_bytes: int
    """All tensors, without padding."""
    file_bytes: int
    tied: bool
    """The output matrix is a copy of the embedding."""
    spread: Deferred = field(compare=False)
    exact: bool = False
    file_range: tuple[int, int] | None = None
    """What nine of ten published files of this recipe lie between; None where the tensors say the size."""
    header_bytes: int | None = None
    """Of a GGUF file, estimated; None where it is not known."""
    variant: str | None = None
    """Which of the files of this name is meant (`tensors.variants`); None where there is but one."""

    @property
    def embedding_bytes(self) -> int:
        """Read by row and kept on the host: the token embedding and its like."""
        return self.spread.value.embedding_bytes

    @property
    def output_bytes(self) -> int:
        """The output matrix on the device that holds it; for tied models a second copy of the embedding."""
        return self.spread.value.output_bytes

    @property
    def other_bytes(self) -> int:
        """What goes with the output: its norm, rotary factors."""
        return self.spread.value.other_bytes

    @property
    def dense_before(self) -> tuple[int, ...]:
        """Bytes of the first n blocks without their routed experts, for n from 0 to all."""
        return self.spread.value.dense_before

    @property
    def experts_before(self) -> tuple[int, ...]:
        """Bytes of their routed experts."""
        return self.spread.value.experts_before

    @property
    def experts_read(self) -> float:
        """The share of the routed experts that one token reads."""
        return self.spread.value.experts_read

    @property
    def loaded(self) -> LoadedWeights:
        """The engine's buffers, with their padding."""
        return self.spread.value.loaded

    @property
    def active(self) -> ActiveBytes:
        """What one token reads, by kind of tensor."""
        return self.spread.value.active

    @property
    def types(self) -> Mapping[str, int] | None:
        """Tensors by type; None where the tensors are not known."""
        return self.spread.value.types

    @property
    def block_bytes(self) -> int:
        """All blocks without routed experts."""
        return self.dense_before[-1]

    @property
    def expert_bytes(self) -> int:
        """All routed experts."""
        return self.experts_before[-1]

    @property
    def active_bytes(self) -> int:
        """Bytes read for one token: everything but the input embedding and the experts not chosen."""
        experts = round(self.expert_bytes * self.experts_read)
        return self.block_bytes + experts + self.output_bytes + self.other_bytes


def weights_of(
    model: Model,
    arch: Architecture,
    quant: Quant,
    imatrix: bool,
    by_bits: bool = False,
    variant: str | None = None,
) -> Weights | None:
    """Weights, exact where the tensors are known; None where neither they nor the size is known.

    Raises BadValue where llama-quantize refuses the type for this model, and for a variant it has not.
    """
    if model.stored is not None and quant.name == model.stored.name and not by_bits:
        return _as_stored(model, arch, quant, model.stored.tensor_bytes)
    quantized = None if by_bits else tensors_of(model, quant, imatrix, variant)
    if quantized is not None:
        meant = variant_of(model, quant, variant)
        spread = Deferred(_spread_of, model, quant, imatrix, variant)
        exact = _by_tensors(quantized, spread, meant.name if meant else None)
        if model.file is None:
            return exact
        made = _as_in(model.file, exact, quantized, quant)
        file = published_as(model.published, quant) if variant is None else None
        return made if file is None or quant.name == model.file.mix else _as_published(made, file.bytes)
    recipe = None if by_bits else _by_recipe(model, quant, imatrix)
    return recipe or _by_bits(model, arch, quant)


def _as_in(file: GgufFile, exact: Weights, quantized: Quantized, quant: Quant) -> Weights:
    """With the size of the file itself, or of a file with the same header at another type."""
    size = file.file_bytes if quant.name == file.mix else file.header_bytes + quantized.padded_bytes
    return replace(exact, file_bytes=size, header_bytes=file.header_bytes)


def _as_published(made: Weights, file_bytes: int) -> Weights:
    """With the size of a published file; where its recipe is another than llama-quantize's, brought to it."""
    total = file_bytes - (made.file_bytes - made.tensor_bytes)
    if total <= 0 or abs(total - made.tensor_bytes) <= HEADERS_DIFFER * made.tensor_bytes:
        return replace(made, file_bytes=file_bytes or made.file_bytes)
    return _without_types(replace(_brought(made, total), file_bytes=file_bytes))


HEADERS_DIFFER = 1e-3
"""Files of one recipe differ by what their publishers write into the header."""


def _brought(made: Weights, total: int) -> Weights:
    """With all tensors together of another size, shared out as before."""
    ratio = total / made.tensor_bytes
    return replace(
        made,
        bits_per_weight=made.bits_per_weight * ratio,
        tensor_bytes=total,
        spread=Deferred(_scaled, made.spread, ratio),
    )


def _scaled(spread: Deferred, ratio: float) -> Spread:
    return replace(scaled(spread.value, ratio), experts_read=spread.value.experts_read)


def _without_types(made: Weights) -> Weights:
    """With a recipe that is not known."""
    return replace(made, spread=Deferred(_typeless, made.spread))


def _typeless(spread: Deferred) -> Spread:
    return replace(spread.value, types=None)


def _as_stored(model: Model, arch: Architecture, quant: Quant, total: int) -> Weights | None:
    """As the checkpoint's own bytes say; which layer has how many of them follows its format's rule."""
    quantized = tensors_of(model, quant, imatrix=False)
    if quantized is None:
        made = _by_bits(model, arch, quant)
    else:
        made = _by_tensors(quantized, Deferred(_spread_of, model, quant, False, None))
    if made is None or not made.tensor_bytes:
        return made
    return replace(_brought(made, total), file_bytes=total, header_bytes=None, exact=True)


def _by_recipe(model: Model, quant: Quant, imatrix: bool) -> Weights | None:
    """A publisher's variant nobody wrote down: its base type, and what published files add to that."""
    plan, base, recipe = plan_of(model), quant.variant_of, quant.recipe
    if plan is None or base is None or recipe is None:
        return None
    made = _base_tensors(plan, base, imatrix)
    like = _by_tensors(made, Deferred(_base_spread, plan, base, imatrix))
    brought = _brought(like, round(like.tensor_bytes * recipe.median))
    sizes = [round(like.file_bytes * share) for share in (recipe.low, recipe.median, recipe.high)]
    low, size, high = sizes
    return replace(brought, file_bytes=size, file_range=(low, high), exact=False, header_bytes=None)


def _base_tensors(plan: TensorPlan, base: str, imatrix: bool) -> Quantized:
    return quantize(plan, base, imatrix, variants_of(plan, base)[0].practice)


def _base_spread(plan: TensorPlan, base: str, imatrix: bool) -> Spread:
    return replace(spread_of(_base_tensors(plan, base, imatrix)), types=None)


def _spread_of(model: Model, quant: Quant, imatrix: bool, variant: str | None) -> Spread:
    quantized = tensors_of(model, quant, imatrix, variant)
    assert quantized is not None, "its tensors were known"
    return spread_of(quantized)


def active_parameters(model: Model, arch: Architecture) -> int | None:
    """Parameters used for one token: as published, else all less the experts not chosen."""
    if model.active_parameters is not None or model.parameters is None or not arch.experts:
        return model.active_parameters or model.parameters
    if arch.expert_parameters >= model.parameters:
        return None  # the shape contradicts the count, so neither can be used
    return model.parameters - round(arch.expert_parameters * (1 - arch.experts_used / arch.experts))


def _by_tensors(quantized: Quantized, spread: Deferred, variant: str | None = None) -> Weights:
    header = header_bytes(quantized.plan) if quantized.in_gguf else None
    return Weights(
        bits_per_weight=quantized.tensor_bytes * 8 / quantized.parameters,
        tensor_bytes=quantized.tensor_bytes,
        file_bytes=quantized.padded_bytes + (header or 0),
        tied=quantized.plan.tied,
        spread=spread,
        exact=True,
        header_bytes=header,
        variant=variant,
    )


def _by_bits(model: Model, arch: Architecture, quant: Quant) -> Weights | None:
    bits, parameters = quant.file_bits_per_weight or quant.bits_per_weight, model.parameters
    if bits is None or parameters is None:
        return None
    total, _ = bytes_by_bits(arch, parameters, bits)
    return Weights(
        bits_per_weight=bits,
        tensor_bytes=total,
        file_bytes=total + HEADER_BYTES_PER_TOKEN * arch.vocabulary,
        tied=arch.tied_embeddings,
        spread=Deferred(spread_by_bits, arch, parameters, bits),
    )
