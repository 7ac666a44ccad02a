"""One kind of buffer on one device: predicted, allocated, and why they differ."""

from dataclasses import replace
from enum import Enum

from llmfit_tui.core.build import OLDEST_DESCRIBED
from llmfit_tui.core.hardware.device import Backend
from llmfit_tui.core.log.arrange import Arranged, mapped
from llmfit_tui.core.log.facts import MIB, Engine, Logged, Part
from llmfit_tui.core.log.types import file_bytes, file_type
from llmfit_tui.core.record import record

CLOSE = 0.02
"""Relative difference that still counts as near."""
SLIGHT = MIB
"""Absolute difference that does not matter."""
EXACT_BACKENDS = frozenset([Backend.CUDA, Backend.CPU])
LATENT_CACHES = 5400
"""About the build from which latent attention caches one compressed row for each token and nothing else."""


class Verdict(Enum):
    """How a prediction compares with what was allocated."""

    EQUAL = "equal"
    """To the last printed digit."""
    NEAR = "near"
    """Within 2 % or 1 MiB."""
    OFF = "off"
    NOT_COMPARED = "not compared"


@record
class Row:
    """One kind of buffer on one device, in bytes."""

    device: str
    part: Part
    predicted: int
    allocated: int
    verdict: Verdict
    reason: str | None = None

    @property
    def error(self) -> float | None:
        """(predicted - allocated) / allocated; None where nothing was allocated or compared."""
        if not self.allocated or self.verdict is Verdict.NOT_COMPARED:
            return None
        return self.predicted / self.allocated - 1


@record
class About:
    """What explaining a row takes."""

    logged: Logged
    backend: Backend
    where: Arranged
    scaled: bool
    """The file's types are not ours; blocks are scaled to its size."""
    latent: bool
    """Latent attention."""
    cells: int
    """Positions we reserve over all slots."""
    untold: bool
    """Tensors were moved in a way the log does not tell."""


def row_of(logged: Logged, device: str, part: Part, predicted: int, allocated: int) -> Row:
    """A row with its verdict by size alone."""
    difference = abs(predicted - allocated)
    if difference <= logged.precision_bytes * min(max(len(logged.buffers), 1), 4):
        verdict = Verdict.EQUAL
    else:
        near = difference <= max(allocated * CLOSE, SLIGHT)
        verdict = Verdict.NEAR if near else Verdict.OFF
    return Row(device, part, predicted, allocated, verdict)


def explained_row(row: Row, about: About) -> Row:
    """The row with its reason, or set aside where there is nothing to compare."""
    if row.verdict is Verdict.EQUAL:
        return row
    aside = _not_compared(row, about)
    if aside is not None:
        return replace(row, verdict=Verdict.NOT_COMPARED, reason=aside)
    return replace(row, reason=_reason(row, about))


def _not_compared(row: Row, about: About) -> str | None:
    """Why there is nothing to compare; None where there is."""
    logged, host = about.logged, row.device == "host"
    if not row.allocated and not any(buffer.part is row.part for buffer in logged.buffers):
        return "the log does not tell"
    if row.part is Part.WEIGHTS:
        if logged.second_context:
            return "the weights belong to the context before"
        if not logged.tensor_types and not file_type(logged):
            return "the log does not tell the types of the tensors"
        if host and row.verdict is Verdict.OFF and _spans_file(row, logged):
            return (
                "the buffer spans the mapped file from the host's first tensor to its last; "
                "this file has an order of its own"
            )
        if about.untold:
            return "the log does not tell which tensors were moved between devices"
    if row.part is Part.CACHE and logged.second_context:
        return "the context of a draft: prediction blocks, or another model that the log does not name"
    if logged.engine is Engine.IK_LLAMA and row.part is not Part.WEIGHTS:
        return "ik_llama.cpp has cache and compute rules of its own"
    return None


def _reason(row: Row, about: About) -> str | None:
    logged = about.logged
    build = logged.build if logged.build is not None and logged.build >= 1000 else None
    if row.part is Part.WEIGHTS:
        return (
            "the file's tensor types are its publisher's: blocks are scaled to its size"
            if about.scaled
            else None
        )
    if not logged.settings:
        return "the log tells no settings: context, micro-batch and layers on the GPU are defaults"
    if row.part is Part.CACHE:
        reserved = max((cells for cells, _ in logged.cells), default=about.cells)
        if about.latent and build is not None and build < LATENT_CACHES:
            return f"builds before about b{LATENT_CACHES} cached more than one row for latent attention"
        if reserved != about.cells and len(logged.cells) == 1:
            asked = logged.whole("n_ctx")
            short = " for the context it names: a patched cache" if asked and asked > reserved else ""
            return f"it reserves {reserved:,} cells where llama.cpp reserves {about.cells:,}{short}"
        return None
    if row.part is not Part.COMPUTE:
        return None
    if build is not None and build < OLDEST_DESCRIBED:
        return f"builds before b{OLDEST_DESCRIBED} reserved other graphs"
    if about.backend not in EXACT_BACKENDS:
        return "planned as on CUDA; this backend fuses and copies differently"
    deal = about.where.deal
    if deal.runs and (deal.host_blocks or deal.host_experts):
        return "weights fetched from the host for long prompts take room that varies with the build"
    return "this build's graph differs from those described"


def _spans_file(row: Row, logged: Logged) -> bool:
    """Host weights that span the file although GPUs hold tensors of it, or that were repacked beside it."""
    size = file_bytes(logged)
    return mapped(logged) or (
        bool(logged.gpus) and size is not None and row.allocated > size * (1 - CLOSE / 2)
    )
