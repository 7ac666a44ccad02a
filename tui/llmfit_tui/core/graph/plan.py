"""From a model and settings to bytes of scratch: build the graph, schedule it, plan its memory."""

from collections.abc import Hashable
from dataclasses import fields, replace
from functools import lru_cache
from operator import attrgetter

from llmfit_tui.core.graph.architectures import FAMILIES
from llmfit_tui.core.graph.bench import Bench, StaleError
from llmfit_tui.core.graph.build import built
from llmfit_tui.core.graph.course import UNKNOWN_LENGTH, Course, Reserved, alignments
from llmfit_tui.core.graph.cuda import in_cuda
from llmfit_tui.core.graph.model import GraphModel
from llmfit_tui.core.graph.run import Run
from llmfit_tui.core.graph.schedule import schedule
from llmfit_tui.core.graph.sections import EntangledError
from llmfit_tui.core.graph.whole import course_of
from llmfit_tui.core.identity import ByIdentity
from llmfit_tui.core.record import changed


def is_described(architecture: str) -> bool:
    """Whether the graph of a GGUF architecture is described."""
    return architecture in FAMILIES


def planned(model: GraphModel, run: Run) -> list[int]:
    """Bytes of scratch by device, the host last, for an architecture that is described."""
    return list(chosen(model, run)[0])


def chosen(model: GraphModel, run: Run) -> Reserved:
    """Bytes of scratch by device, the host last, and a digest of the allocator's choices."""
    return _course(model, run).reserved(run.cells)


def as_a_whole(model: GraphModel, run: Run, every_block: bool = False) -> Course:
    """The course by the whole graph, with the blocks that stand for all of them or with `every_block`."""
    b, layout = built(model, run, every_block), run.layout
    graph = b.graph
    if layout.gpus:
        graph = schedule(graph, layout.host, layout.op_offload, layout.pipelined)
    moved = any(node.device != home for node, home in b.flash)
    return course_of(graph, alignments(layout.host), moved)


def by_sections(model: GraphModel, run: Run) -> Course:
    """The course by one section for each situation of a block. Raises EntangledError."""
    return Bench(model, run).course(run.layout)


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
    return not _course(model, replace(run, tokens=run.sequences, outputs=run.sequences, flash=True)).moved


_settings = attrgetter(
    *(one.name for one in fields(Run) if one.name not in {"layout", "weight_bytes", "cells", "window_cells"})
)


def _course(model: GraphModel, run: Run) -> Course:
    """The course of a layout at any length of the cache.

    Up to the tokens that sparse attention picks, more than sizes grow with the cache: each such length has a
    course of its own.
    """
    layout, follows = run.layout, run.window_cells == run.cells
    cells = run.cells if run.cells <= model.most_chosen else UNKNOWN_LENGTH
    window = cells if follows else run.window_cells
    weights = ByIdentity(run.weight_bytes) if run.weight_bytes else None
    settings = ByIdentity(model), _settings(run), cells, window, weights
    kept = _courses(settings, layout)
    if not kept:
        at_any_length = changed(run, {"cells": cells, "window_cells": window})
        try:
            kept.append(_by_sections(settings, model, at_any_length))
        except EntangledError:
            kept.append(as_a_whole(model, at_any_length))
    return kept[0]


def _by_sections(settings: Hashable, model: GraphModel, run: Run) -> Course:
    """The course, made at the bench where others of layouts like it were. Raises EntangledError."""
    layout = run.layout
    begins = layout.host, layout.device(0), bool(layout.host_experts), layout.keeps_experts(0)
    kept = _benches(settings, begins, changed(layout, {"gpus": (), "host_experts": ()}))
    bench = kept.pop() if kept else Bench(model, run)
    try:
        made = bench.course(layout)
    except StaleError:
        bench = Bench(model, run)
        made = bench.course(layout)
    kept.append(bench)
    return made


@lru_cache(maxsize=128)
def _courses(*key: Hashable) -> list[Course]:
    """The course of a layout under these settings, once it is made: several lengths are asked for."""
    del key
    return []


@lru_cache(maxsize=32)
def _benches(*key: Hashable) -> list[Bench]:
    """The bench for settings and a kind of layout, once there is one: some 100 kB, and a search tries layout
    after layout of one model."""
    del key
    return []
