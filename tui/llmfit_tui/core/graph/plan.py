"""From a model and settings to bytes of scratch: build the graph, schedule it, plan its memory."""

from dataclasses import replace

from llmfit_tui.core.graph.allocator import CPU_ALIGNMENT, CUDA_ALIGNMENT, Reserved, reserve_noting
from llmfit_tui.core.graph.architectures import FAMILIES
from llmfit_tui.core.graph.build import built, stitched
from llmfit_tui.core.graph.cuda import in_cuda
from llmfit_tui.core.graph.model import GraphModel
from llmfit_tui.core.graph.run import Run
from llmfit_tui.core.graph.schedule import schedule
from llmfit_tui.core.graph.sections import EntangledError


def is_described(architecture: str) -> bool:
    """Whether the graph of a GGUF architecture is described."""
    return architecture in FAMILIES


def planned(model: GraphModel, run: Run) -> list[int]:
    """Bytes of scratch by device, the host last, for an architecture that is described."""
    return list(chosen(model, run)[0])


def chosen(model: GraphModel, run: Run) -> Reserved:
    """Bytes of scratch by device, the host last, and a digest of the allocator's choices."""
    try:
        return stitched(model, run).reserved()
    except EntangledError:
        return as_a_whole(model, run)


def as_a_whole(model: GraphModel, run: Run, every_block: bool = False) -> Reserved:
    """The same by the whole graph, with the blocks that stand for all of them or with `every_block`."""
    b, layout = built(model, run, every_block), run.layout
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
    short = replace(run, tokens=run.sequences, outputs=run.sequences, flash=True)
    try:
        return not stitched(model, short).moved
    except EntangledError:
        pass
    b = built(model, short)
    schedule(b.graph, layout.host, layout.op_offload, layout.pipelined)
    return all(node.device == home for node, home in b.flash)
