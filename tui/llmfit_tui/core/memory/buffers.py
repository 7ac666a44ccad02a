"""Compute buffers by device as llama.cpp's allocator plans them, for one model under one set of settings."""

from collections.abc import Callable
from dataclasses import fields, replace
from functools import cached_property
from operator import attrgetter

from llmfit_tui.core.build import Build
from llmfit_tui.core.graph.builder import HOSTED, copies_weights
from llmfit_tui.core.graph.course import Reserved
from llmfit_tui.core.graph.model import GraphModel
from llmfit_tui.core.graph.plan import chosen, keeps_flash
from llmfit_tui.core.graph.run import Layout, Run, WeightBytes
from llmfit_tui.core.identity import ByIdentity
from llmfit_tui.core.memory.kvcache import CacheSettings, CacheSize, KVType, bytes_per_value
from llmfit_tui.core.memory.plans import line_of
from llmfit_tui.core.record import changed


class Planner:
    """Answers for layouts of one model under one set of settings; plans are shared with other planners."""

    def __init__(
        self,
        model: GraphModel,
        run: Run,
        automatic: bool,
        weight_bytes: Callable[[], WeightBytes],
        longest: int,
    ) -> None:
        self.graph, self._run, self._automatic = model, run, automatic
        self._longest = longest
        self._weight_bytes = weight_bytes
        self._known: dict[Layout, tuple[int, ...]] = {}
        # Where nothing cuts the window short, its cells are as many as the others, at every length.
        self._follows = run.window_cells == run.cells
        window = 0 if self._follows else run.window_cells
        self._key = ByIdentity(model), automatic, window, _compared(run)

    def sizes(self, layout: Layout) -> tuple[int, ...]:
        """Bytes on each GPU of a layout and, last, on the host."""
        layout = self._shareable(layout)
        found = self._known.get(layout)
        if found is None:
            found = self._known[layout] = self._shared(layout)
        return found

    def _shareable(self, layout: Layout) -> Layout:
        """Without what tells backends apart where it makes no difference: they share plans then."""
        takes = layout.takes_exact and self.graph.name in HOSTED
        reads = layout.reads_quantized and not (self._run.half_keys and self._run.half_values)
        if (takes, reads) == (layout.takes_exact, layout.reads_quantized):
            return layout
        return changed(layout, {"takes_exact": takes, "reads_quantized": reads})

    @cached_property
    def on_one_gpu(self) -> tuple[int, ...]:
        """Bytes on the GPU and the host where one GPU has everything."""
        return self.sizes(Layout(((0, self.blocks),), output=0))

    def _shared(self, layout: Layout) -> tuple[int, ...]:
        cells, most = self._run.cells, self.graph.most_chosen
        fetches = copies_weights(self.graph, changed(self._run, {"layout": layout}))
        weights = self._weight_bytes() if fetches else None
        # Up to the tokens that sparse attention picks its results grow with the cache; then no more.
        few = cells if cells <= most else 0
        key = (*self._key, self._follows, few, layout, None if weights is None else ByIdentity(weights))
        return line_of(key).at(cells, self._longest, lambda n: self.plan(layout, weights, n))

    @property
    def blocks(self) -> int:
        """How many the model has."""
        return len(self.graph.blocks)

    def run_on(self, layout: Layout) -> Run:
        """What a graph is built for."""
        run = replace(self._run, layout=layout)
        return replace(run, weight_bytes=self._weight_bytes()) if copies_weights(self.graph, run) else run

    def plan(self, layout: Layout, weights: WeightBytes | None, cells: int) -> Reserved:
        """A plan of its own with so many cells; `weights` where the layout copies any."""
        window = cells if self._follows else self._run.window_cells
        there = {"cells": cells, "window_cells": window, "layout": layout, "weight_bytes": weights or {}}
        run = changed(self._run, there)
        if self._automatic and not keeps_flash(self.graph, run):
            run = changed(run, {"flash": False})
        return chosen(self.graph, run)


_compared = attrgetter(
    *(one.name for one in fields(Run) if one.name not in {"layout", "weight_bytes", "cells", "window_cells"})
)


def planner(
    model: GraphModel,
    settings: CacheSettings,
    cache: CacheSize,
    outputs_per_batch: bool,
    automatic: bool,
    build: Build,
    weight_bytes: Callable[[], WeightBytes],
    longest: int,
) -> Planner:
    """A planner for a model under these settings; `automatic`: flash attention may be turned off.

    `longest`: cells of the longest cache that is likely to be asked for.
    """
    tokens, rows = micro_batch(settings, cache, outputs_per_batch, build)
    run = Run(
        tokens=tokens,
        outputs=rows,
        sequences=settings.parallel,
        cells=cache.cells,
        window_cells=cache.window_cells,
        streams=cache.streams,
        flash=settings.flash_attention,
        transposed=not settings.flash_attention,
        quantized_keys=settings.key_type.quantized,
        quantized_values=settings.value_type.quantized,
        key_bytes=bytes_per_value(settings.key_type),
        value_bytes=bytes_per_value(settings.value_type),
        half_keys=settings.key_type is KVType.F16,
        half_values=settings.value_type is KVType.F16,
        two_inputs=build.embedding_inputs == 2,
        indexed=build.cache_indices,
        flash_copies=build.flash_copies,
        exact_experts=build.exact_experts,
        half_mask=build.half_precision_mask,
    )
    return Planner(model, run, automatic, weight_bytes, longest)


def micro_batch(
    settings: CacheSettings, cache: CacheSize, outputs_per_batch: bool, build: Build
) -> tuple[int, int]:
    """(tokens, rows of logits) of the micro-batch memory is reserved for.

    Every sequence gets as many tokens, so their number is rounded up to a multiple of the slots.
    """
    batch = min(settings.batch, settings.context)
    tokens = max(1, min(settings.ubatch, batch, cache.cells * cache.streams))
    rows = min(tokens, settings.parallel if build.outputs_per_slot and not outputs_per_batch else batch)
    return -(-tokens // settings.parallel) * settings.parallel, rows
