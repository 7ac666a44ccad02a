"""From a model and settings to bytes of scratch: build the graph, schedule it, plan its memory."""

from dataclasses import replace

from llmfit_tui.core.graph.allocator import CPU_ALIGNMENT, CUDA_ALIGNMENT, Reserved, reserve_noting
from llmfit_tui.core.graph.altup import merged_streams, stacked_streams
from llmfit_tui.core.graph.architectures import FAMILIES
from llmfit_tui.core.graph.builder import Builder
from llmfit_tui.core.graph.cuda import in_cuda
from llmfit_tui.core.graph.model import GraphModel
from llmfit_tui.core.graph.per_layer import per_layer_inputs
from llmfit_tui.core.graph.repetition import representative
from llmfit_tui.core.graph.run import Run
from llmfit_tui.core.graph.schedule import schedule
from llmfit_tui.core.graph.styles import Late, Style, configured, rotates, tempering
from llmfit_tui.core.graph.tensors import Tensor, over, picked


def is_described(architecture: str) -> bool:
    """Whether the graph of a GGUF architecture is described."""
    return architecture in FAMILIES


def planned(model: GraphModel, run: Run) -> list[int]:
    """Bytes of scratch by device, the host last, for an architecture that is described."""
    return list(chosen(model, run)[0])


def chosen(model: GraphModel, run: Run) -> Reserved:
    """Bytes of scratch by device, the host last, and a digest of the allocator's choices."""
    b, layout = built(model, run), run.layout
    if not layout.gpus:
        return reserve_noting(b.graph, [CPU_ALIGNMENT])
    scheduled = schedule(b.graph, layout.host, layout.op_offload, layout.pipelined)
    return reserve_noting(scheduled, [CUDA_ALIGNMENT] * layout.host + [CPU_ALIGNMENT])


def keeps_flash(model: GraphModel, run: Run) -> bool:
    """Whether automatic flash attention stays on: every block's must run where the block is.

    llama.cpp looks at the graph of one token per sequence.
    """
    layout = run.layout
    if not layout.gpus:
        return True
    has = in_cuda(model)
    if not (all(has) or all(all(has[start:end]) for start, end in layout.gpus)):
        return False
    if (layout.whole and layout.cache_on_gpu) or not model.keeps_state:
        return True
    b = built(model, replace(run, tokens=run.sequences, outputs=run.sequences, flash=True))
    schedule(b.graph, layout.host, layout.op_offload, layout.pipelined)
    return all(node.device == home for node, home in b.flash)


def style_of(model: GraphModel) -> Style:
    """The style of a model: its architecture's, with what the configuration decides."""
    family = FAMILIES[model.name]
    style = family.style
    if family.reads_router:
        style = replace(style, router=configured(model))
    if model.name == "mistral3":
        style = replace(style, tempered=tempering(model))
    if model.name in {"gemma3", "gemma4", "muse-glimmer"}:
        style = replace(style, logits_capped=bool(model.factor("final_logit_softcapping", "output_softcap")))
    return style


def built(model: GraphModel, run: Run) -> Builder:
    """The graph of one micro-batch, with what it was built by."""
    block, style = FAMILIES[model.name].block, style_of(model)
    b = Builder(model, run, style.positions)
    b.rms = style.rms
    x = _beginning(b, style)
    for i in _blocks(b, style):
        b.enter(i, i == len(model.blocks) - 1)
        x = block(b, x, style)
    b.leave()
    _end(b, x, style)
    return b


def _blocks(b: Builder, style: Style) -> list[int]:
    """The blocks to build: all that differ from their neighbours in tensors, cache, rotation or device.

    All where each adds something that stays: pipelined GPUs keep a copy of every slice of a second embedding,
    a sparse mask begins with a tensor of its own, GPUs copy each block's views of an indexer's inputs,
    and where CUDA has no flash attention the host keeps copies of their caches.
    """
    layout, last = b.layout, len(b.model.blocks) - 1
    apart = layout.pipelined and b.run.flash and not all(in_cuda(b.model))
    views = bool(layout.gpus) and b.has_block("indexer.q_proj")
    if (layout.pipelined and b.per_layer is not None) or b.has_block("indexer.proj") or views or apart:
        return list(range(last + 1))
    return representative(_kinds(b, style))


def _kinds(b: Builder, style: Style) -> tuple[int, ...]:
    """Of each block a number: the same for blocks alike, whose neighbours see no difference."""
    model, layout, last = b.model, b.layout, len(b.model.blocks) - 1
    devices = [layout.host] * (last + 1)
    for gpu, (start, end) in enumerate(layout.gpus):
        devices[start:end] = [gpu] * (end - start)
    known: dict[tuple[object, ...], int] = {}
    kinds: list[int] = []
    for i, alike in enumerate(model.classes):
        kind = (
            alike,
            devices[i],
            rotates(style.rotated, model, i),
            layout.host_experts and layout.keeps_experts(i),
            _fetched(b, i) if b.copies_weights else (),
            i == last,
            style.stacked and i < b.stacked,
        )
        kinds.append(known.setdefault(kind, len(known)))
    return tuple(kinds)


def _fetched(b: Builder, block: int) -> tuple[int, ...]:
    """Bytes of each tensor of a block that a GPU may fetch from the host."""
    layout, sizes = b.layout, b.run.weight_bytes
    names = list(b.model.blocks[block])
    if layout.device(block) != layout.host:
        names = [name for name in names if "_exps" in name] if layout.keeps_experts(block) else []
    return tuple(sizes.get((name, block), 0) for name in names)


def _beginning(b: Builder, style: Style) -> Tensor:
    x = b.embedded(b.stacked if style.stacked else 0)
    if style.embeddings_scaled:
        x = over(x)
    b.home = b.layout.device(0)
    if style.embeddings_normed:
        x = b.norm(x, "token_embd_norm")
    if style.positions_added:
        x = over(x, picked(b.weights[b.layout.host], b.inputs.positions, *x.ne[:2]))
    per_layer_inputs(b, x)
    return stacked_streams(b, x) if b.has("altup_proj") else x


def _end(b: Builder, x: Tensor, style: Style) -> None:
    """Output norm, the rows asked for, logits."""
    b.last = style.late is not None or b.has("altup_unembd_proj")
    if b.has("altup_unembd_proj"):
        (x,) = b.only_outputs(merged_streams(b, x))
    if style.late is Late.BEFORE_NORM:
        x.kept = True
        (x,) = b.only_outputs(x)
    if b.has("output_norm"):
        x = b.norm(x, "output_norm")
    elif b.model.name != "lfm2" and not b.has("token_embd_norm"):
        x = b.norm(x)
    else:
        x = b.norm(x, "token_embd_norm")
    if style.late is Late.AFTER_NORM:
        x.kept = True
        (x,) = b.only_outputs(x)
    b.logits(x, style.logits_capped, style.logits_scaled, style.output_scaled)
