"""Tensors and their types in words: what a quantization is made of, and why."""

from collections.abc import Iterator, Mapping, Sequence

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.memory.modeltensors import VariantSize, tensors_of, variant_sizes
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import uses_imatrix
from llmfit_tui.core.tensors.quantized import Quantized, Reason
from llmfit_tui.core.tensors.summary import Line, Part, lines_of
from llmfit_tui.core.tensors.variants import WITH_IMATRIX, WITHOUT_IMATRIX
from llmfit_tui.format import amounts

PLACES = {
    "more": "the first and last eighth of the layers, and every third between",
    "first_eighth": "the first eighth of the layers",
    "counted_eighth": "the first eighth of the layers",
    "first_sixteenth": "the first sixteenth of the layers",
    "first_two": "the first two layers",
    "first_four": "the first four layers",
    "middle": "all but the first and last eighth of the layers",
}

MATTER_MORE = {
    "output": "the output matrix matters most",
    "token_embd": "the embedding is read by row and costs little speed",
    "attn_v": "values matter more than keys",
    "attn_qkv": "values, which matter more, are fused in",
    "attn_kv_b": "values, which matter more, are fused in",
    "attn_output": "the attention output is small and matters",
    "ffn_down": "the way down matters more than the way up",
}
"""Why llama-quantize treats tensors of a name apart."""


@record
class TensorRow:
    """Tensors of one name."""

    name: str
    types: str
    bytes: int
    why: str
    """Empty where every tensor has the type the file type starts from."""


@record
class TensorDetail:
    """What a quantization of a model is made of."""

    title: str
    about: tuple[str, ...]
    """The size, what is exact in it, which file is meant, and what others of the name there are."""
    tensors: tuple[TensorRow, ...]
    """Empty where the tensors are not known."""


def tensor_detail(found: Estimate) -> TensorDetail:
    """The detail behind an estimate's file size."""
    scenario = found.scenario
    made = tensors_behind(found)
    title = f"{scenario.model.name} · {scenario.quant.name}"
    if made is None:
        return TensorDetail(title, _rough(found), ())
    return TensorDetail(title, (*_exact(found), *_others(found)), tuple(tensor_rows(made)))


def tensor_details(found: Estimate) -> tuple[TensorDetail, ...]:
    """The detail of the file an estimate means, then of each other file that goes by the same name."""
    return (tensor_detail(found), *_of_others(found))


def _of_others(found: Estimate) -> Iterator[TensorDetail]:
    scenario, assumed = found.scenario, found.weights.variant
    imatrix = uses_imatrix(scenario.settings, scenario.quant)
    for size in _sizes(found):
        name = size.variant.name
        if name == assumed:
            continue
        if size.variant in {WITH_IMATRIX, WITHOUT_IMATRIX}:
            made = tensors_of(scenario.model, scenario.quant, not imatrix)
        else:
            made = tensors_of(scenario.model, scenario.quant, imatrix, name)
        if made is not None:
            about = (
                _sized(size.file_bytes, size.tensor_bytes, size.types, size.file_bytes - made.padded_bytes),
                f"another file of that name, made {size.variant.about}; the estimate means {assumed}",
            )
            title = f"{scenario.model.name} · {scenario.quant.name} · {name}"
            yield TensorDetail(title, about, tuple(tensor_rows(made)))


def tensors_behind(found: Estimate) -> Quantized | None:
    """The tensors an estimate's sizes are read off; None where they are not known."""
    scenario, settings = found.scenario, found.scenario.settings
    if settings.by_bits:
        return None
    imatrix = uses_imatrix(settings, scenario.quant)
    return tensors_of(scenario.model, scenario.quant, imatrix, settings.variant)


def _rough(found: Estimate) -> tuple[str, ...]:
    about, quant = f"about {amounts.gb(found.weights.file_bytes)}", found.scenario.quant
    if found.weights.file_range is not None and quant.recipe is not None:
        low, high = map(amounts.gb, found.weights.file_range)
        return (
            f"{about}, between {low} and {high} by nine of ten of {quant.recipe.files} published files",
            f"a publisher's recipe over {quant.variant_of} that is not written down",
        )
    size = f"{about}: parameters x bits per weight"
    if quant.variant_of:
        return (size, f"a publisher's recipe over {quant.variant_of} that is not written down")
    return (size, f"the tensors of {found.arch.name} models in {found.scenario.quant.name} are not known")


def _exact(found: Estimate) -> tuple[str, ...]:
    weights = found.weights
    return (_sized(weights.file_bytes, weights.tensor_bytes, weights.types or {}, weights.header_bytes),)


def _sized(file_bytes: int, tensor_bytes: int, kinds: Mapping[str, int], header_bytes: int | None) -> str:
    tensors = f"{tensor_bytes:,} bytes in {sum(kinds.values()):,} tensors"
    if header_bytes is None:
        return f"{amounts.gb(file_bytes)}: {tensors}, exact"
    return f"{amounts.gb(file_bytes)}: {tensors}, exact, and a header of about {header_bytes / 1e6:,.1f} MB"


def _sizes(found: Estimate) -> tuple[VariantSize, ...]:
    """The files of an estimate's name; none where there is but one."""
    scenario = found.scenario
    if found.weights.variant is None:
        return ()
    return variant_sizes(scenario.model, scenario.quant, uses_imatrix(scenario.settings, scenario.quant))


def _others(found: Estimate) -> Iterator[str]:
    assumed, sizes = found.weights.variant, _sizes(found)
    for size in sizes:
        if size.variant.name == assumed and len(sizes) > 1:
            yield f"this is the file {assumed}, made {size.variant.about}"
    for size in sizes:
        if size.variant.name != assumed:
            yield f"{size.variant.name} would be {amounts.gb(size.file_bytes)}, made {size.variant.about}"


def tensor_rows(quantized: Quantized) -> list[TensorRow]:
    """A row for each name of tensor; what is never quantized last, in one row per type."""
    lines = lines_of(quantized)
    shown = [
        TensorRow(line.name, types(line), line.bytes, why(quantized, line)) for line in lines if not line.kept
    ]
    kept: dict[str, list[Line]] = {}
    for line in lines:
        if line.kept:
            kept.setdefault(line.parts[0].type, []).append(line)
    for kind, some in kept.items():
        count = sum(part.count for line in some for part in line.parts)
        size = sum(line.bytes for line in some)
        shown.append(TensorRow(_names(some), f"{kind} in {count} tensors", size, _kept(quantized, kind)))
    return shown


def types(line: Line) -> str:
    """ "Q6_K in 12 layers, Q4_K in 12"; the type alone where the file has one such tensor."""
    counts = sorted(line.counts.items(), key=lambda pair: -pair[1])
    if not line.parts[0].blocks:
        return counts[0][0]
    layers = [f"{kind} in {count}" for kind, count in counts]
    layers[0] += " layer" if counts[0][1] == 1 else " layers"
    return ", ".join(layers)


def why(quantized: Quantized, line: Line) -> str:
    """Why its types are not simply the one the file type starts from; empty where they are."""
    said: list[str] = []
    unfit = [part for part in line.parts if part.reason is Reason.FALLBACK]
    if unfit:
        blocks = " or ".join(dict.fromkeys(f"{part.wanted}" for part in unfit))
        said.append(f"rows of {unfit[0].row:,} do not divide into {blocks} blocks")
    for part in line.parts:
        text = _why(quantized, line, part)
        if text and text not in said:
            said.append(text)
    return "; ".join(said)


def _why(quantized: Quantized, line: Line, part: Part) -> str:
    match part.reason:
        case Reason.PUBLISHER:
            return "the publisher's choice"
        case Reason.KEPT:
            return "not quantized"
        case Reason.RULE if part.place:
            return f"{part.type} for {PLACES[part.place]}"
        case Reason.RULE if line.name == "token_embd" and quantized.plan.tied:
            return "the embedding is the output matrix too"
        case Reason.RULE:
            stem = line.name.removesuffix("_exps").removesuffix("_shexp")
            return f"rule: {MATTER_MORE[stem]}" if stem in MATTER_MORE else f"rule of {quantized.name}"
        case _:
            return ""


def _kept(quantized: Quantized, kind: str) -> str:
    return "never quantized" if quantized.in_gguf or kind != "F16" else "stays in 16 bits"


def _names(lines: Sequence[Line], most: int = 3) -> str:
    names = [line.name for line in lines]
    if len(names) <= most + 1:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most} more"
