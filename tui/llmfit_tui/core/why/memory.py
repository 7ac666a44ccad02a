"""Memory by its terms: weights, cache, state, scratch, driver, and all of them on each device."""

from collections.abc import Iterator

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.memory.kvcache import KVType, cell_bytes, row_bytes
from llmfit_tui.core.memory.modeltensors import tensors_of
from llmfit_tui.core.models.architecture import CacheGroup
from llmfit_tui.core.placement.placement import Load
from llmfit_tui.core.scenario import uses_imatrix
from llmfit_tui.core.tensors.ggml import BLOCKS
from llmfit_tui.core.tensors.quantized import Quantized
from llmfit_tui.core.why.terms import Factor, Kind, Sum, Term, Unit, term, with_rest

BITS_OF_A_BYTE = Factor(8, "bits", divides=True)


def file_sum(found: Estimate) -> Sum:
    """Bytes of all tensors, by their type; parameters times bits where the tensors are not known."""
    weights, scenario = found.weights, found.scenario
    quantized = _quantized(found)
    if quantized is not None:
        terms = with_rest(tuple(_by_type(quantized)), weights.tensor_bytes, "as the checkpoint stores them")
    else:
        count = scenario.model.parameters or 0
        bits = Factor(weights.bits_per_weight, "bits", Kind.PLAIN)
        rough = term("parameters x bits", Factor(count, "parameters"), bits, BITS_OF_A_BYTE)
        terms = with_rest((rough,), weights.tensor_bytes, "experts that stay in their own type")
    return Sum("tensors of the file", Unit.BYTES, terms)


def _quantized(found: Estimate) -> Quantized | None:
    scenario, settings = found.scenario, found.scenario.settings
    if settings.by_bits or not found.weights.exact:
        return None
    return tensors_of(
        scenario.model, scenario.quant, uses_imatrix(settings, scenario.quant), settings.variant
    )


def _by_type(quantized: Quantized) -> Iterator[Term]:
    """Each type's tensors: weights x bytes of a block / weights in it."""
    counts: dict[str, int] = {}
    values: dict[str, int] = {}
    sizes: dict[str, int] = {}
    for piece in quantized.pieces:
        tensors, each = len(piece.blocks) or 1, 1
        for width in piece.group.shape:
            each *= width
        counts[piece.type] = counts.get(piece.type, 0) + tensors
        values[piece.type] = values.get(piece.type, 0) + tensors * each
        sizes[piece.type] = sizes.get(piece.type, 0) + tensors * piece.each
    for kind in sorted(sizes, key=lambda kind: -sizes[kind]):
        name = f"{counts[kind]} {kind} tensor{'s' if counts[kind] > 1 else ''}"
        block_values, block_bytes = BLOCKS.get(kind, (1, 0))
        bits = Factor(block_bytes * 8 / block_values, "bits", Kind.PLAIN)
        made = term(name, Factor(values[kind], "weights"), bits, BITS_OF_A_BYTE)
        yield made if made.amount == sizes[kind] else Term(name, sizes[kind])


def loaded_sum(found: Estimate) -> Sum:
    """From the file's tensors to the engine's buffers on all devices."""
    weights, placement = found.weights, found.placement
    whole = sum(load.weights_bytes for load in placement.loads)
    terms = [Term("tensors of the file", weights.tensor_bytes)]
    on_gpu = placement.deal is not None and placement.deal.output_device is not None
    if weights.tied and on_gpu:
        terms.append(Term("the embedding again, as output", weights.output_bytes))
    left = whole - sum(one.amount for one in terms)
    rest = "padding of the buffers" if left >= 0 else "blocks that are not loaded, less padding"
    return Sum("buffers of the engine", Unit.BYTES, with_rest(terms, whole, rest))


def cache_sum(found: Estimate) -> Sum:
    """The attention cache, by layers alike in what they keep."""
    terms = [made for group in found.arch.groups if (made := _cached(found, group)).amount]
    held = sum(load.cache_bytes for load in found.placement.loads)
    whole = held - found.cache.state_bytes
    return Sum("KV cache", Unit.BYTES, with_rest(terms, whole, "padding of quantized rows on a GPU"))


def _cached(found: Estimate, group: CacheGroup) -> Term:
    cache, settings = found.cache, found.scenario.settings
    cells = cache.window_cells if group.windowed else cache.cells
    what = "layers that keep a window" if group.windowed else "layers that keep every position"
    layers = Factor(group.layers, "layers")
    streams = (Factor(cache.streams, "slots"),) if cache.streams > 1 else ()
    kept = (layers, *streams, Factor(cells, "cells"))
    asked = settings.cache()
    each = cell_bytes(found.arch, asked, group) // group.layers
    return term(what, *kept, *_cell(group, each, asked.key_type, asked.value_type))


def _cell(group: CacheGroup, each: int, key: KVType, value: KVType) -> tuple[Factor, ...]:
    """What a cell of one layer takes: rows of keys and values times the bytes of one, where that is so."""
    plain = row_bytes(group.key_width, key) + row_bytes(group.value_width, value)
    if each != plain or key is not value or key.quantized:
        return (Factor(each, "a cell", Kind.BYTES),)
    size = Factor(row_bytes(1, key), "", Kind.BYTES)
    if group.key_width == group.value_width:
        return Factor(2, "K and V"), Factor(group.key_width, "values"), size
    return Factor(group.key_width + group.value_width, "values"), size


def state_sum(found: Estimate) -> Sum:
    """Recurrent state: always F32, one for each slot."""
    arch, slots = found.arch, found.scenario.settings.parallel
    count = (Factor(slots, "slots"),) if slots > 1 else ()
    terms = tuple(
        term(
            "layers with a state",
            Factor(group.layers, "layers"),
            *count,
            Factor(arch.state_values, "values"),
            Factor(4, "", Kind.BYTES),
        )
        for group in arch.groups
        if group.stateful and arch.state_values
    )
    return Sum("recurrent state", Unit.BYTES, terms)


def compute_sum(found: Estimate) -> Sum:
    """Scratch on each device, and the logits handed back to the caller."""
    terms: list[Term] = []
    vocabulary, slots = found.arch.vocabulary, found.scenario.settings.parallel
    logits = term(
        "logits handed back",
        *((Factor(slots, "slots"),) if slots > 1 else ()),
        Factor(vocabulary, "tokens"),
        Factor(4, "", Kind.BYTES),
    )
    for load in found.placement.loads:
        terms.append(Term("compute buffer", load.compute_bytes, where=load.name))
        if load.output_bytes:
            same = load.output_bytes == logits.amount
            terms.append(logits if same else Term(logits.name, load.output_bytes))
    return Sum("compute", Unit.BYTES, tuple(one for one in terms if one.amount))


def overhead_sum(found: Estimate) -> Sum:
    """What the driver takes on each GPU in use."""
    used = [load.overhead_bytes for load in found.placement.loads if load.overhead_bytes]
    terms = (term("driver", Factor(len(used), "GPU"), Factor(used[0], "", Kind.MEMORY)),) if used else ()
    return Sum("driver", Unit.BYTES, terms)


def device_sum(load: Load, repacked: int = 0) -> Sum:
    """Everything on one device; of the weights, `repacked` bytes are laid out anew for the CPU."""
    terms = (
        Term("weights", load.weights_bytes - repacked),
        Term("weights repacked for the CPU", repacked),
        Term("KV cache and state", load.cache_bytes),
        Term("compute", load.compute_bytes + load.output_bytes),
        Term("driver", load.overhead_bytes),
        Term("loaded beside the model", load.parts_bytes),
    )
    return Sum(load.name, Unit.BYTES, tuple(one for one in terms if one.amount))
