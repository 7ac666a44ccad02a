"""The graph of one micro-batch: its beginning, its blocks, its end."""

from collections.abc import Hashable
from dataclasses import replace

from llmfit_tui.core.graph.altup import merged_streams, stacked_streams
from llmfit_tui.core.graph.architectures import FAMILIES
from llmfit_tui.core.graph.builder import Builder
from llmfit_tui.core.graph.cuda import in_cuda
from llmfit_tui.core.graph.model import GraphModel
from llmfit_tui.core.graph.per_layer import per_layer_inputs
from llmfit_tui.core.graph.repetition import representative
from llmfit_tui.core.graph.run import Run
from llmfit_tui.core.graph.styles import Late, Style, configured, rotates, tempering
from llmfit_tui.core.graph.tensors import Tensor, over, picked

Kind = tuple[Hashable, ...]


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


def built(model: GraphModel, run: Run, every_block: bool = False) -> Builder:
    """The graph of one micro-batch, with what it was built by; blocks that only repeat are left out."""
    block, style = FAMILIES[model.name].block, style_of(model)
    b = Builder(model, run, style.positions)
    b.rms = style.rms
    x = beginning(b, style)
    for i in range(len(model.blocks)) if every_block else _blocks(b, style):
        b.enter(i, i == len(model.blocks) - 1)
        x = block(b, x, style)
    b.leave()
    end(b, x, style)
    return b


def _blocks(b: Builder, style: Style) -> list[int]:
    """The blocks to build: all that differ from their neighbours in tensors, cache, rotation or device.

    All where each adds something that stays: pipelined GPUs keep a copy of every slice of a second embedding,
    a sparse mask begins with a tensor of its own, GPUs copy each block's views of an indexer's inputs,
    and where CUDA has no flash attention the host keeps copies of their caches.
    """
    if each_adds(b):
        return list(range(len(b.model.blocks)))
    known: dict[Kind, int] = {}
    return representative(tuple([known.setdefault(kind, len(known)) for kind in kinds(b, style)]))


def each_adds(b: Builder) -> bool:
    """Each block adds something that stays."""
    layout = b.layout
    apart = layout.pipelined and b.run.flash and not all(in_cuda(b.model))
    views = bool(layout.gpus) and b.has_block("indexer.q_proj")
    return (layout.pipelined and b.per_layer is not None) or b.has_block("indexer.proj") or views or apart


def kinds(b: Builder, style: Style) -> list[Kind]:
    """Of each block what tells it apart: equal for blocks alike, whose neighbours see no difference."""
    model, layout, last = b.model, b.layout, len(b.model.blocks) - 1
    devices = [layout.host] * (last + 1)
    for gpu, (begin, until) in enumerate(layout.gpus):
        devices[begin:until] = [gpu] * (until - begin)
    return [
        (
            alike,
            devices[i],
            None if source is None else devices[source],
            rotates(style.rotated, model, i),
            bool(layout.host_experts) and layout.keeps_experts(i),
            _fetched(b, i) if b.copies_weights else (),
            i == last,
            style.stacked and i < b.stacked,
            *(model.limited(limits, i) for limits in ("swiglu_limits", "swiglu_limits_shared")),
        )
        for i, (alike, source) in enumerate(zip(model.classes, model.sources, strict=True))
    ]


def _fetched(b: Builder, block: int) -> tuple[int, ...]:
    """Bytes of each tensor of a block that a GPU may fetch from the host."""
    layout, sizes = b.layout, b.run.weight_bytes
    names = list(b.model.blocks[block])
    if layout.device(block) != layout.host:
        away = layout.keeps_experts(block)
        names = [name for name in names if name == b.hosted or (away and "_exps" in name)]
    return tuple(sizes.get((name, block), 0) for name in names)


def beginning(b: Builder, style: Style) -> Tensor:
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


def end(b: Builder, x: Tensor, style: Style) -> None:
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
