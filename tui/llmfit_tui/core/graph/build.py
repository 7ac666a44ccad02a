"""The graph of one micro-batch: its beginning, its blocks, its end."""

from collections import Counter
from dataclasses import replace

from llmfit_tui.core.graph.altup import merged_streams, stacked_streams
from llmfit_tui.core.graph.architectures import FAMILIES
from llmfit_tui.core.graph.builder import Builder
from llmfit_tui.core.graph.cuda import in_cuda
from llmfit_tui.core.graph.model import GraphModel
from llmfit_tui.core.graph.per_layer import per_layer_inputs
from llmfit_tui.core.graph.repetition import representative
from llmfit_tui.core.graph.run import Run
from llmfit_tui.core.graph.sections import EntangledError, Shared, Template, clear
from llmfit_tui.core.graph.stitched import Stitched
from llmfit_tui.core.graph.styles import Late, Style, configured, rotates, tempering
from llmfit_tui.core.graph.tensors import Tensor, over, picked
from llmfit_tui.core.memory.layers import Keeps


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
    x = _beginning(b, style)
    for i in range(len(model.blocks)) if every_block else _blocks(b, style):
        b.enter(i, i == len(model.blocks) - 1)
        x = block(b, x, style)
    b.leave()
    _end(b, x, style)
    return b


def stitched(model: GraphModel, run: Run) -> Stitched:
    """The graph by one section for each situation of a block. Raises EntangledError."""
    family, style = FAMILIES[model.name], style_of(model)
    b = Builder(model, run, style.positions)
    b.rms = style.rms
    last = len(model.blocks) - 1
    x = _beginning(b, style)
    if _each_adds(b):
        raise EntangledError
    templates, known = list[Template](), dict[tuple[int, ...], Template]()
    for blocks, kind in _groups(b, style):
        if kind in known:
            templates.append(known[kind])
            continue
        begin, flash, incoming = len(b.graph.nodes), len(b.flash), None
        if templates:
            x = incoming = _incoming(templates[-1].result)
        for i in blocks:
            b.enter(i, i == last)
            x = family.block(b, x, style)
        if x is incoming:
            raise EntangledError
        made = _template(b, begin if templates else 0, incoming, x)
        made.flash = b.flash[flash:]
        if templates:
            known[kind] = made
        templates.append(made)
    b.leave()
    incoming, begin = _incoming(templates[-1].result), len(b.graph.nodes)
    _end(b, incoming, style)
    templates.append(_template(b, begin, incoming, b.graph.nodes[-1]))
    return Stitched(templates, b.graph.leaves, _shared(b, templates), run.layout)


def _groups(b: Builder, style: Style) -> list[tuple[list[int], tuple[int, ...]]]:
    """Blocks and their kinds, those that are nothing but a dense feed-forward with the block before.

    Nothing of such a block runs before the next one asks for its stream.
    """
    found: list[tuple[list[int], tuple[int, ...]]] = []
    for i, kind in enumerate(_kinds(b, style)):
        alone = b.model.arch.kinds[i] is Keeps.NOTHING and "ffn_gate_inp" not in b.model.blocks[i]
        if alone and found:
            blocks, kinds = found[-1]
            found[-1] = [*blocks, i], (*kinds, kind)
        else:
            found.append(([i], (kind,)))
    return found


def _incoming(result: Tensor) -> Tensor:
    made = Tensor(result.ne, (), result.item)
    made.packed = result.packed
    clear(made)
    return made


def _template(b: Builder, begin: int, incoming: Tensor | None, result: Tensor) -> Template:
    """What was built since, with what is left of the stream that goes out."""
    nodes = b.graph.nodes
    end = len(nodes)
    b.expand(result)
    if incoming is None:
        return Template(None, [], nodes[begin:end], nodes[end:], result)
    if incoming not in nodes[begin:end]:
        raise EntangledError
    mark = nodes.index(incoming, begin)
    return Template(incoming, nodes[begin:mark], nodes[mark + 1 : end], nodes[end:], result)


def _shared(b: Builder, templates: list[Template]) -> Shared:
    """Inputs, and what more than one block uses. Raises EntangledError where a repeated block makes it."""
    kinds = dict.fromkeys(templates)
    where = {node: kind for kind in kinds for node in kind.nodes}
    found = dict.fromkeys([*b.graph.leaves, *b.weights, *b.factors.values()])
    for kind in kinds:
        for node in kind.nodes:
            for src in node.srcs:
                if src in where and where[src] is not kind:
                    found[src] = None
                    if src.root is not None and not src.root.external:
                        found[src.root] = None
    times = Counter(templates)
    if any(one.blank for one in b.graph.leaves):
        raise EntangledError
    if any(times[where[node]] > 1 for node in (*found, *b.inputs.nodes) if node in where):
        raise EntangledError
    return Shared(found)


def _blocks(b: Builder, style: Style) -> list[int]:
    """The blocks to build: all that differ from their neighbours in tensors, cache, rotation or device.

    All where each adds something that stays: pipelined GPUs keep a copy of every slice of a second embedding,
    a sparse mask begins with a tensor of its own, GPUs copy each block's views of an indexer's inputs,
    and where CUDA has no flash attention the host keeps copies of their caches.
    """
    if _each_adds(b):
        return list(range(len(b.model.blocks)))
    return representative(_kinds(b, style))


def _each_adds(b: Builder) -> bool:
    """Each block adds something that stays."""
    layout = b.layout
    apart = layout.pipelined and b.run.flash and not all(in_cuda(b.model))
    views = bool(layout.gpus) and b.has_block("indexer.q_proj")
    return (layout.pipelined and b.per_layer is not None) or b.has_block("indexer.proj") or views or apart


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
