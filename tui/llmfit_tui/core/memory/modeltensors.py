"""The tensors of a catalog model at a catalog quantization, where both are known by their tensors."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from llmfit_tui.core.gguf.tensors import FileKey, file_plan, stored
from llmfit_tui.core.identity import ByIdentity, by_config
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import architecture
from llmfit_tui.core.tensors.formats import format_named
from llmfit_tui.core.tensors.ggml import DEFAULT_TYPES
from llmfit_tui.core.tensors.header import file_bytes
from llmfit_tui.core.tensors.plan import TensorPlan, tensor_plan
from llmfit_tui.core.tensors.quantize import LARGE_NAMES, quantize
from llmfit_tui.core.tensors.quantized import Quantized
from llmfit_tui.core.tensors.storing import stored_as
from llmfit_tui.core.tensors.variants import (
    LLAMA_QUANTIZE,
    WITH_IMATRIX,
    WITHOUT_IMATRIX,
    Variant,
    variant_named,
    variants_of,
    variants_of_format,
)


def plan_of(model: Model, prediction: bool = True) -> TensorPlan | None:
    """The tensors of the model's file, worked out once; None where its architecture has no table."""
    return _plan(by_config(model), prediction)


def tensors_of(model: Model, quant: Quant, imatrix: bool, variant: str | None = None) -> Quantized | None:
    """Every tensor's type and bytes; None where the architecture or the quantization is not known by them.

    Raises BadValue where llama-quantize refuses the type for this model, and for a variant there is not.
    """
    return _tensors(by_config(model), ByIdentity(quant), imatrix, variant)


@lru_cache(maxsize=256)
def _tensors(
    key: ByIdentity[Model], which: ByIdentity[Quant], imatrix: bool, variant: str | None
) -> Quantized | None:
    model, quant = key.value, which.value
    plan = plan_of(model)
    if plan is None:
        return None
    if model.file is not None and _in_file(model, quant) and variant is None:
        return stored(model.file)
    known = _variants(plan, quant)
    meant = variant_named(variant, known, quant.name) if known else LLAMA_QUANTIZE
    return _made(model, plan, quant, imatrix, meant)


def variant_of(model: Model, quant: Quant, name: str | None) -> Variant | None:
    """The variant asked for, or the one assumed; None where there is but one file of that name."""
    plan = plan_of(model)
    if plan is None or _in_file(model, quant):
        return None
    known = _variants(plan, quant)
    return variant_named(name, known, quant.name) if known else None


@record
class VariantSize:
    """A variant's size in bytes."""

    variant: Variant
    tensor_bytes: int
    file_bytes: int
    """Of a GGUF with the header, which is estimated."""
    types: Mapping[str, int]
    """Tensors by type."""


def variant_sizes(model: Model, quant: Quant, imatrix: bool) -> tuple[VariantSize, ...]:
    """Files of this name that differ in size, the one assumed first. Raises BadValue as `tensors_of` does."""
    if _in_file(model, quant):
        return ()
    return _variant_sizes(by_config(model), ByIdentity(quant), imatrix)


def _in_file(model: Model, quant: Quant) -> bool:
    """The model was opened from a file of this very type, so nothing about it needs working out."""
    return model.file is not None and quant.name == model.file.mix


def _by_llama_quantize(quant: Quant) -> bool:
    known = quant.name in DEFAULT_TYPES or quant.name in LARGE_NAMES
    return known and quant.is_gguf and quant.status in {"current", "publisher variant"}


def _variants(plan: TensorPlan, quant: Quant) -> tuple[Variant, ...]:
    """Files of the type's name that this model may have, the one assumed first."""
    if _by_llama_quantize(quant):
        return variants_of(plan, quant.name)
    rule = format_named(quant.name)
    return variants_of_format(plan, rule) if rule is not None else ()


def _made(model: Model, plan: TensorPlan, quant: Quant, imatrix: bool, variant: Variant) -> Quantized | None:
    if not _by_llama_quantize(quant):
        return stored_as(plan, quant.name, variant.practice)
    meant = plan if variant.prediction else plan_of(model, prediction=False) or plan
    return quantize(meant, quant.name, imatrix, variant.practice)


def _all_made(
    model: Model, plan: TensorPlan, quant: Quant, imatrix: bool
) -> Iterator[tuple[Variant, Quantized | None]]:
    known = _variants(plan, quant)
    for variant in known:
        yield variant, _made(model, plan, quant, imatrix, variant)
    if _by_llama_quantize(quant):
        other = WITHOUT_IMATRIX if imatrix else WITH_IMATRIX
        yield other, _made(model, plan, quant, not imatrix, known[0])


@lru_cache(maxsize=1024)
def _plan(key: ByIdentity[Model], prediction: bool) -> TensorPlan | None:
    model = key.value
    if model.file is not None:
        return file_plan(FileKey(model.file))
    return tensor_plan(model.config, prediction, architecture(model))


@lru_cache(maxsize=8192)
def _variant_sizes(
    key: ByIdentity[Model], which: ByIdentity[Quant], imatrix: bool
) -> tuple[VariantSize, ...]:
    plan, quant = plan_of(key.value), which.value
    found: dict[int, VariantSize] = {}
    for variant, made in _all_made(key.value, plan, quant, imatrix) if plan is not None else ():
        if made is not None:
            whole = file_bytes(made) if made.in_gguf else made.tensor_bytes
            size = VariantSize(variant, made.tensor_bytes, whole, made.histogram)
            found.setdefault(made.tensor_bytes, size)
    return tuple(found.values())
