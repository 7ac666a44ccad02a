"""Which quantization a log speaks of, by the file's type and by the types of its tensors."""

import re
from collections.abc import Sequence

from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.log.facts import MIB, Logged
from llmfit_tui.core.memory.modeltensors import tensors_of, variant_sizes
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.record import record
from llmfit_tui.core.tensors.quantized import Quantized

SIZES = {"Small": "_S", "Medium": "_M", "Large": "_L"}
SPECIAL = {"Q2_K_M": "Q2_K", "IQ3_S mix": "IQ3_M", "all F32": "F32", "MXFP4 MoE": "MXFP4_MOE"}
STANDS_IN = "Q4_K_M"
"""The type whose proportions are borrowed where the file's own is not known."""


@record
class FileTypes:
    """The tensors a file is compared with."""

    quant: Quant
    """Of that name in the catalog, or one that stands in for it."""
    imatrix: bool
    variant: str | None
    exact: bool
    """As many tensors of each type as the log counts."""
    quantized: Quantized | None


def type_named(text: str) -> str:
    """llama-quantize's name of a file type as logs print it: `Q4_K - Medium` is Q4_K_M."""
    text = text.replace("(guessed)", "").strip()
    name, _, size = text.partition(" - ")
    full = name + SIZES.get(size.strip(), "")
    return SPECIAL.get(full, full)


def file_bytes(logged: Logged) -> int | None:
    """Bytes of the file's tensors, as printed."""
    text = logged.hyperparameters.get("file size") or logged.hyperparameters.get("model size") or ""
    found = re.match(r"([\d.]+) ([MG])iB", text)
    return round(float(found[1]) * (MIB << 10 if found[2] == "G" else MIB)) if found else None


def file_type(logged: Logged) -> str:
    """The file's type as printed; empty where it is not."""
    return logged.hyperparameters.get("file type") or logged.hyperparameters.get("model ftype") or ""


def types_of(logged: Logged, model: Model, quants: Sequence[Quant]) -> FileTypes:
    """The quantization; where several files carry its name, the one whose tensors are counted as logged."""
    said = type_named(file_type(logged))
    known = {name.lower(): quant for quant in quants for name in (quant.name, *quant.aliases)}
    quant = known.get(said.lower())
    if quant is None or not quant.is_gguf:
        return _stands_in(model, known[STANDS_IN.lower()])
    size, best = file_bytes(logged), None
    for imatrix in (True, False):
        try:
            variants = [one.variant.name for one in variant_sizes(model, quant, imatrix)]
        except LlmfitError:
            continue
        for name in [one for one in variants if one not in {"imatrix", "no-imatrix"}] or [None]:
            made = tensors_of(model, quant, imatrix, name)
            if made is None:
                continue
            exact = {key.upper(): n for key, n in made.histogram.items()} == dict(logged.tensor_types)
            counted = sum(logged.tensor_types.values())
            other = bool(counted) and sum(made.histogram.values()) != counted
            off = not exact, other, abs(made.tensor_bytes - size) if size else 0
            if best is None or off < best[0]:
                best = off, FileTypes(quant, imatrix, name, exact, made)
    return best[1] if best is not None else FileTypes(quant, False, None, False, None)


def _stands_in(model: Model, quant: Quant) -> FileTypes:
    try:
        return FileTypes(quant, False, None, False, tensors_of(model, quant, False))
    except LlmfitError:
        return FileTypes(quant, False, None, False, None)
