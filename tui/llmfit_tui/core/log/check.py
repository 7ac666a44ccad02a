"""Predicted and allocated bytes of a load, buffer by buffer, with the reason where they differ."""

from collections.abc import Sequence
from dataclasses import replace

from llmfit_tui.core.build import OLDEST_DESCRIBED, Build
from llmfit_tui.core.log.arrange import arranged
from llmfit_tui.core.log.facts import Logged, Part
from llmfit_tui.core.log.hostweights import HostWeights, host_weights
from llmfit_tui.core.log.model import Identified, identified
from llmfit_tui.core.log.rows import About, Row, Verdict, explained_row, row_of
from llmfit_tui.core.log.settings import builds_of, machine_of, settings_of
from llmfit_tui.core.log.types import FileTypes, file_bytes, types_of
from llmfit_tui.core.memory.demand import demand_of
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.placement.place import place
from llmfit_tui.core.placement.placement import Load
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import Settings

MOVED = 0.05
"""Weights this far off on a device, while the sum over all agrees, were moved by hand."""


@record
class DeviceTotal:
    """All compared buffers of one device, in bytes."""

    device: str
    predicted: int
    allocated: int

    @property
    def error(self) -> float | None:
        """(predicted - allocated) / allocated."""
        return self.predicted / self.allocated - 1 if self.allocated else None


@record
class Checked:
    """A load beside our prediction of it."""

    logged: Logged
    found: Identified
    types: FileTypes
    build: Build
    settings: Settings
    architecture: str
    gpu_layers: int
    layers_total: int
    cpu_moe_blocks: int
    rows: tuple[Row, ...]
    notes: tuple[str, ...]

    @property
    def totals(self) -> tuple[DeviceTotal, ...]:
        """By device, the host last."""
        made: list[DeviceTotal] = []
        for device in dict.fromkeys(row.device for row in self.rows):
            rows = [r for r in self.rows if r.device == device and r.verdict is not Verdict.NOT_COMPARED]
            if rows:
                predicted, allocated = sum(r.predicted for r in rows), sum(r.allocated for r in rows)
                made.append(DeviceTotal(device, predicted, allocated))
        return tuple(made)


def check(logged: Logged, models: Sequence[Model], quants: Sequence[Quant]) -> Checked:
    """Compare a load with the prediction for it.

    A log that does not name its build is held against one build for each set of rules; the one that comes
    nearest is kept, and said. Raises BadLog where the model is not told, BadValue where it has no size.
    """
    found = identified(logged, models)
    types = types_of(logged, found.model, quants)
    tried = [_checked(logged, found, types, build) for build in builds_of(logged)]
    return min(tried, key=_distance)


def _distance(checked: Checked) -> float:
    compared = [row for row in checked.rows if row.part in {Part.COMPUTE, Part.OUTPUT} and row.allocated]
    return sum(abs(row.predicted - row.allocated) for row in compared)


def _checked(logged: Logged, found: Identified, types: FileTypes, build: Build) -> Checked:
    machine = machine_of(logged)
    settings = settings_of(logged, build)
    settings = replace(settings, imatrix=types.imatrix, variant=types.variant, planned=True)
    demand = demand_of(found.model, types.quant, settings)
    if demand.arch.caches_window and _one_cache(logged, demand.arch.layers):
        settings = replace(settings, swa_full=True)
        demand = demand_of(found.model, types.quant, settings)
    size = None if types.exact else file_bytes(logged)
    scaled = size is not None
    where = arranged(logged, demand, settings, types.quantized, size)
    placement = place(demand, machine, settings, where.deal)
    anew = host_weights(logged, types, where.deal, build, where.weights[-1])
    rows = [
        row
        for load, weights in zip(placement.loads, where.weights, strict=True)
        for row in _rows(logged, load, weights, anew)
    ]
    cells = demand.cache.cells * demand.cache.streams
    about = About(logged, machine.backend, where, scaled, demand.arch.latent, cells, _untold(logged, rows))
    explained = tuple(explained_row(row, about) for row in rows)
    return Checked(
        logged=logged,
        found=found,
        types=types,
        build=build,
        settings=settings,
        architecture=demand.arch.name,
        gpu_layers=where.deal.gpu_layers,
        layers_total=where.deal.layers_total,
        cpu_moe_blocks=sum(last - first for first, last in where.deal.host_experts),
        rows=explained,
        notes=(*_notes(logged, found, types, build, scaled), *where.notes, *(anew.notes if anew else ())),
    )


def _one_cache(logged: Logged, layers: int) -> bool:
    """Windowed layers share the others' cache, as before caches were split (2025) or with --swa-full."""
    return not logged.cells or (len(logged.cells) == 1 and logged.cells[0][1] >= layers)


def _rows(logged: Logged, load: Load, weights: int, anew: HostWeights | None) -> list[Row]:
    device = load.name if load.gpu is not None else None
    if device is not None or anew is None:
        anew = HostWeights(0, weights)
    predicted = {
        Part.WEIGHTS: anew.others,
        Part.REPACKED: anew.repacked,
        Part.CACHE: load.cache_bytes,
        Part.COMPUTE: load.compute_bytes,
        Part.OUTPUT: load.output_bytes,
    }
    sizes = [(part, ours, logged.allocated(part, device)) for part, ours in predicted.items()]
    return [row_of(logged, load.name, part, ours, theirs) for part, ours, theirs in sizes if ours or theirs]


def _untold(logged: Logged, rows: Sequence[Row]) -> bool:
    """Whether weights lie elsewhere than predicted although together they are what the file holds."""
    size = file_bytes(logged)
    held = [row for row in rows if row.part is Part.WEIGHTS]
    if not logged.gpus or size is None or not held:
        return False
    off = any(abs(row.predicted - row.allocated) > MOVED * max(row.allocated, 1) for row in held)
    return off and abs(sum(row.allocated for row in held) / size - 1) < MOVED


def _notes(logged: Logged, found: Identified, types: FileTypes, build: Build, scaled: bool) -> list[str]:
    notes: list[str] = []
    if not found.in_catalog:
        notes.append(
            "no catalog model has these numbers: the prediction rests on the log's hyperparameters alone"
        )
    if found.by_name:
        notes.append("the log tells no hyperparameters: the model is taken by its name")
    if scaled:
        notes.append(
            f"the tensor types are not those of {types.quant.name}: blocks are scaled to the file's size"
        )
    if logged.build is None or logged.build < 1000:
        notes.append(f"the log names no llama.cpp build; the rules of {build} come nearest")
    elif logged.build < OLDEST_DESCRIBED:
        notes.append(f"b{logged.build} is older than b{OLDEST_DESCRIBED}, the oldest build described")
    if logged.is_server is None and "n_outputs_max" not in logged.settings and build.outputs_per_slot:
        notes.append("the log does not tell the program; llama-server is assumed")
    if logged.second_context:
        notes.append("this is a second context of a model that is loaded already")
    return notes
