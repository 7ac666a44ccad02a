"""Published measurements, and which of them speak of a scenario."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import NamedTuple

from llmfit_tui.core.hardware.device import Backend
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.core.placement.placement import Mode, Placement
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import Scenario

SAME_SPEED = 1.1
"""A measurement at another depth counts where the model expects less than this between the two."""
USUAL_DEPTH = 64
"""Half of the 128 tokens that llama-bench generates: the mean depth of a speed "at depth 0"."""
REPEATS_WITHIN = 1.05
"""Two runs of one setup differ by about this; the band of a single measurement."""
Key = tuple[str, int | None, str]
Named = tuple[str, str]


class MeasuredHardware(NamedTuple):
    """A kind of hardware as its source calls it, and the device it is."""

    name: str
    device: str
    card: str
    bandwidth_bytes_per_s: int | None


class Run(NamedTuple):
    """A model at a quantization as its source calls it, and what it is in the catalogs (None: not there)."""

    name: str
    model: str | None
    quant: str
    type: str | None
    experts: bool
    layers: int
    active_parameters: int
    parameters: int
    active_bytes: int
    file_bytes: int
    cache_bytes_per_token: int


class Measurement(NamedTuple):
    """One measured speed of a single stream; `hardware`, `run` and `source` are indices."""

    hardware: int
    run: int
    backend: str
    engine: str
    test: str
    """tg: tokens generated; pp: a prompt processed."""
    tokens: int
    depth: int
    tok_s: float
    build: str | None
    date: str | None
    source: int
    flash_attention: bool
    plain_cache: bool
    """The cache is in 16 bits."""


@dataclass(frozen=True)
class Measurements:
    """measurements.json."""

    schema: int
    about: str
    sources: tuple[tuple[str, str | None], ...]
    hardware: tuple[MeasuredHardware, ...]
    runs: tuple[Run, ...]
    rows: tuple[Measurement, ...]

    @cached_property
    def decode(self) -> Mapping[Key, Mapping[Named, tuple[Measurement, ...]]]:
        """Decode speeds of llama.cpp by hardware and backend, then by model and type."""
        found: dict[Key, dict[Named, tuple[Measurement, ...]]] = {}
        for row in self.rows:
            run = self.runs[row.run]
            if row.test != "tg" or row.engine != "llama.cpp" or run.model is None or run.type is None:
                continue
            here = self.hardware[row.hardware]
            key: Key = (here.card, here.bandwidth_bytes_per_s, row.backend)
            if row.backend == Backend.CPU.value:
                key = (here.device, None, row.backend)
            named = found.setdefault(key, {})
            named[run.model, run.type] = (*named.get((run.model, run.type), ()), row)
        return found

    def words(self, row: Measurement) -> str:
        """Where a measurement was published, with its build and date."""
        name, url = self.sources[row.source]
        build = f" build {row.build}" if row.build else ""
        parts = (name, f"{row.engine}{build}", row.date, url)
        return ", ".join(part for part in parts if part)


@record
class Measured:
    """What was measured: the middle, and the range of those that disagree."""

    tok_s: float
    low: float
    high: float
    source: str


def key_of(machine: Machine) -> Key | None:
    """How measurements name this machine; None for several GPUs, which none here speaks of."""
    if len(machine.gpus) > 1:
        return None
    for gpu in machine.gpus:
        return gpu.card, gpu.bandwidth_bytes_per_s, machine.backend.value
    return machine.name, None, Backend.CPU.value


def measured_rows(
    scenario: Scenario,
    placement: Placement,
    measurements: Measurements,
    seconds: Callable[[int], float | None],
) -> list[tuple[float, Measurement]]:
    """Measurements of this model, type, hardware and backend, moved to the depth asked for.

    `seconds` is the model's own time for a token at a depth; it only carries a measurement over a short
    way. Engines get faster: of rows that differ in age those of the newest two years count.
    """
    settings, machine = scenario.settings, scenario.machine
    usual = settings.kv_type_k is KVType.F16 and settings.kv_type_v is KVType.F16
    if not usual or placement.mode not in {Mode.GPU, Mode.UNIFIED, Mode.CPU}:
        return []
    key = key_of(machine)
    named = measurements.decode.get(key) if key else None
    if not named:
        return []
    ids = (checkpoint.id for checkpoint in scenario.model.checkpoints)
    rows = [row for id_ in ids for row in named.get((id_, scenario.quant.name), ()) if row.plain_cache]
    here = seconds(settings.depth + USUAL_DEPTH) if rows else None
    if not here:
        return []
    near: list[tuple[float, Measurement]] = []
    for row in rows:
        there = seconds(row.depth + row.tokens // 2)
        if there and 1 / SAME_SPEED < there / here < SAME_SPEED:
            near.append((row.tok_s * there / here, row))
    newest = max((_year(row) for _, row in near), default=0)
    return [pair for pair in near if _year(pair[1]) >= newest - 1]


def measured_decode(
    scenario: Scenario,
    placement: Placement,
    measurements: Measurements,
    seconds: Callable[[int], float | None],
) -> Measured | None:
    """The middle of `measured_rows` and their range; None where nobody measured it."""
    near = measured_rows(scenario, placement, measurements, seconds)
    if not near:
        return None
    speeds = [tok_s for tok_s, _ in near]
    middle = median(speeds)
    first = min(near, key=lambda pair: abs(pair[0] - middle))[1]
    others = f" and {len(near) - 1} more" if len(near) > 1 else ""
    return Measured(
        middle,
        min(min(speeds), middle / REPEATS_WITHIN),
        max(max(speeds), middle * REPEATS_WITHIN),
        f"measured: {measurements.words(first)}{others}",
    )


def _year(row: Measurement) -> int:
    year = (row.date or "")[:4]
    return int(year) if year.isdigit() else 0
