"""Bytes of a model's weights at a quantization, and which of them one token reads.

Exact where the tensors are known: every tensor's type by llama-quantize's rules or by the format's, read off
its shape. Elsewhere parameters x bits per weight, with the bits measured on a published model of ordinary
shape: within a few per cent from 3B up, too low for small models, and marked approximate.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import accumulate

from llmfit_tui.core.gguf.file import GgufFile
from llmfit_tui.core.memory.loaded import LoadedWeights, loaded_by_sums, loaded_weights
from llmfit_tui.core.memory.modeltensors import plan_of, tensors_of, variant_of
from llmfit_tui.core.memory.scaled import scaled
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.models.published import published_as
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.record import record
from llmfit_tui.core.tensors.header import header_bytes
from llmfit_tui.core.tensors.quantize import Quantized, quantize
from llmfit_tui.core.tensors.sizes import ActiveBytes, active_bytes, weight_sizes
from llmfit_tui.core.tensors.variants import variants_of

HEADER_BYTES_PER_TOKEN = 39
"""A GGUF header is nearly all vocabulary: 5.9 MB for Qwen2.5's 151,936 entries in published files."""
NATIVE_EXPERT_BITS = {"gpt-oss": 4.25}
"""Experts published in MXFP4 stay so in every GGUF; wider types only widen what is left."""


@record
class Weights:
    """Sizes of a model's tensors by what becomes of them when it is loaded."""

    bits_per_weight: float
    tensor_bytes: int
    """All tensors, without padding."""
    file_bytes: int
    embedding_bytes: int
    """Read by row and kept on the host: the token embedding and its like."""
    output_bytes: int
    """The output matrix on the device that holds it; for tied models a second copy of the embedding."""
    other_bytes: int
    """What goes with the output: its norm, rotary factors."""
    dense_before: tuple[int, ...]
    """Bytes of the first n blocks without their routed experts, for n from 0 to all."""
    experts_before: tuple[int, ...]
    """Bytes of their routed experts."""
    experts_read: float
    """The share of the routed experts that one token reads."""
    tied: bool
    """The output matrix is a copy of the embedding."""
    loaded: LoadedWeights
    """The engine's buffers, with their padding."""
    active: ActiveBytes
    """What one token reads, by kind of tensor."""
    exact: bool = False
    types: Mapping[str, int] | None = None
    """Tensors by type; None where the tensors are not known."""
    header_bytes: int | None = None
    """Of a GGUF file, estimated; None where it is not known."""
    variant: str | None = None
    """Which of the files of this name is meant (`tensors.variants`); None where there is but one."""

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
        exact = _exact(quantized, meant.name if meant else None)
        if model.file is None:
            return exact
        made = _as_in(model.file, exact, quantized, quant)
        file = published_as(model.published, quant) if variant is None else None
        return made if file is None or quant.name == model.file.mix else _as_published(made, file.bytes)
    rough = _by_bits(model, arch, quant)
    base = None if by_bits else _base_of(model, quant, imatrix)
    if base is None:
        return rough
    # A publisher's recipe nobody wrote down is at least as large as the type it starts from.
    return base if rough is None or rough.tensor_bytes < base.tensor_bytes else rough


def _as_in(file: GgufFile, exact: Weights, quantized: Quantized, quant: Quant) -> Weights:
    """With the size of the file itself, or of a file with the same header at another type."""
    size = file.file_bytes if quant.name == file.mix else file.header_bytes + quantized.padded_bytes
    return replace(exact, file_bytes=size, header_bytes=file.header_bytes)


def _as_published(made: Weights, file_bytes: int) -> Weights:
    """With the size of a published file; where its recipe is another than llama-quantize's, brought to it."""
    total = file_bytes - (made.file_bytes - made.tensor_bytes)
    if total <= 0 or abs(total - made.tensor_bytes) <= HEADERS_DIFFER * made.tensor_bytes:
        return replace(made, file_bytes=file_bytes or made.file_bytes)
    return replace(_brought(made, total), file_bytes=file_bytes, types=None)


HEADERS_DIFFER = 1e-3
"""Files of one recipe differ by what their publishers write into the header."""


def _brought(made: Weights, total: int) -> Weights:
    """With all tensors together of another size, shared out as before."""
    ratio = total / made.tensor_bytes
    return replace(made, **{name: scaled(getattr(made, name), ratio) for name in BYTES}, tensor_bytes=total)


def _as_stored(model: Model, arch: Architecture, quant: Quant, total: int) -> Weights | None:
    """As the checkpoint's own bytes say; which layer has how many of them follows its format's rule."""
    quantized = tensors_of(model, quant, imatrix=False)
    made = _by_bits(model, arch, quant) if quantized is None else _exact(quantized, None)
    if made is None or not made.tensor_bytes:
        return made
    return replace(_brought(made, total), file_bytes=total, header_bytes=None, exact=True)


BYTES = (
    *("bits_per_weight", "embedding_bytes", "output_bytes", "other_bytes"),
    *("dense_before", "experts_before", "loaded", "active"),
)
"""Fields of `Weights` that grow with its total."""


def _base_of(model: Model, quant: Quant, imatrix: bool) -> Weights | None:
    """The type a publisher's variant starts from, as an approximation of the variant."""
    plan = plan_of(model)
    if plan is None or quant.variant_of is None:
        return None
    made = quantize(plan, quant.variant_of, imatrix, variants_of(plan, quant.variant_of)[0].practice)
    return replace(_exact(made, None), exact=False, types=None, header_bytes=None)


def active_parameters(model: Model, arch: Architecture) -> int | None:
    """Parameters used for one token: as published, else all less the experts not chosen."""
    if model.active_parameters is not None or model.parameters is None or not arch.experts:
        return model.active_parameters or model.parameters
    if arch.expert_parameters >= model.parameters:
        return None  # the shape contradicts the count, so neither can be used
    return model.parameters - round(arch.expert_parameters * (1 - arch.experts_used / arch.experts))


def _exact(quantized: Quantized, variant: str | None) -> Weights:
    sizes = weight_sizes(quantized)
    active = active_bytes(quantized, sizes)
    loaded = loaded_weights(quantized, sizes)
    experts = sum(sizes.experts)
    header = header_bytes(quantized.plan) if quantized.in_gguf else None
    return Weights(
        bits_per_weight=quantized.tensor_bytes * 8 / quantized.parameters,
        tensor_bytes=quantized.tensor_bytes,
        file_bytes=quantized.padded_bytes + (header or 0),
        embedding_bytes=sizes.host_only,
        output_bytes=sizes.output_loaded,
        other_bytes=sizes.other,
        dense_before=tuple(accumulate(sizes.blocks, initial=0)),
        experts_before=tuple(accumulate(sizes.experts, initial=0)),
        experts_read=active.routed / experts if experts else 0.0,
        tied=quantized.plan.tied,
        loaded=loaded,
        active=active,
        exact=True,
        types=quantized.histogram,
        header_bytes=header,
        variant=variant,
    )


def _by_bits(model: Model, arch: Architecture, quant: Quant) -> Weights | None:
    bits = quant.file_bits_per_weight or quant.bits_per_weight
    if bits is None or model.parameters is None:
        return None
    per_value = bits / 8
    tensor_bytes = round(model.parameters * per_value)
    embedding_bytes = round(arch.embedding_parameters * per_value)
    native = NATIVE_EXPERT_BITS.get(arch.name, bits)
    expert_bytes = round(arch.expert_parameters * min(bits, native) / 8)
    tensor_bytes -= round(arch.expert_parameters * per_value) - expert_bytes
    expert_bytes = max(min(expert_bytes, tensor_bytes - embedding_bytes), 0)
    stored = embedding_bytes if arch.tied_embeddings else 2 * embedding_bytes
    blocks = max(tensor_bytes - stored - expert_bytes, 0)
    leading = arch.layers - arch.expert_layers
    dense_before = tuple(blocks * n // arch.layers for n in range(arch.layers + 1))
    experts_before = tuple(
        expert_bytes * max(n - leading, 0) // max(arch.expert_layers, 1) for n in range(arch.layers + 1)
    )
    read = arch.experts_used / arch.experts if arch.experts else 0.0
    return Weights(
        bits_per_weight=bits,
        tensor_bytes=tensor_bytes,
        file_bytes=tensor_bytes + HEADER_BYTES_PER_TOKEN * arch.vocabulary,
        embedding_bytes=embedding_bytes,
        output_bytes=embedding_bytes,
        other_bytes=0,
        dense_before=dense_before,
        experts_before=experts_before,
        experts_read=read,
        tied=arch.tied_embeddings,
        loaded=loaded_by_sums(dense_before, experts_before, embedding_bytes, arch.tied_embeddings),
        active=ActiveBytes(blocks, 0, expert_bytes * read, embedding_bytes, round(arch.hidden * per_value)),
    )
