"""Compute buffers llama.cpp allocated, beside what is planned for the same model, settings and devices.

`compared` is what the accuracy page is made from.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from llmfit_tui.core.hardware.device import Backend
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.memory.demand import demand_of
from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.core.placement.candidates import Search, candidates
from llmfit_tui.core.scenario import ALL_LAYERS, Settings, architecture
from scenes import card, model, quant, rows

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Compared:
    """One buffer of one row of the fixture."""

    architecture: str
    kind: str
    """cpu, one gpu, several gpus, partly (some layers on the host), experts (of some layers on the host) or
    cache (on the host)."""
    device: str
    """gpu or host."""
    predicted_bytes: int
    truth_bytes: int
    planned: bool
    """On the graph; else by the closed formula."""
    row: Row

    @property
    def error(self) -> float:
        """Relative error."""
        if not self.truth_bytes:
            return 0.0 if not self.predicted_bytes else 1.0
        return self.predicted_bytes / self.truth_bytes - 1


def fixture() -> list[Row]:
    """Every row."""
    return rows("buffers.jsonl.gz")


def kind_of(row: Row) -> str:
    """What a row is an example of."""
    if not row["gpus_mib"]:
        return "cpu"
    if row["gpu_layers"] is not None:
        return "partly"
    if row["cpu_moe"]:
        return "experts"
    if not row["kv_offload"]:
        return "cache"
    return "one gpu" if len(row["gpus_mib"]) == 1 else "several gpus"


def architecture_of(row: Row) -> str:
    """The GGUF architecture of a row's model."""
    return architecture(model(row["model"])).name


def compared(given: Iterable[Row], planned: bool = True) -> Iterator[Compared]:
    """Each buffer of each row, predicted and allocated; `planned` False takes the closed formula."""
    for row in given:
        predicted, by_plan = predict(row, planned)
        last = len(predicted) - 1
        for d, (ours, truth) in enumerate(zip(predicted, row["compute_bytes"], strict=True)):
            device = "gpu" if d < last else "host"
            yield Compared(architecture_of(row), kind_of(row), device, ours, truth, by_plan, row)


def predict(row: Row, planned: bool = True) -> tuple[list[int], bool]:
    """Bytes by device, the host last, and whether they were planned on the graph."""
    gpus = tuple(card(mib / 1024) for mib in row["gpus_mib"])
    backend = Backend.CUDA if gpus else Backend.CPU
    machine = Machine("stand-in", gpus, 1 << 50, 1, backend, driver_bytes=0)
    settings = settings_of(row, planned)
    demand = demand_of(model(row["model"]), quant(type_of(row)), settings)
    (placement,) = candidates(Search(demand, machine, settings))
    return [load.compute_bytes for load in placement.loads], placement.planned


def type_of(row: Row) -> str:
    """The file type; buffers on the CPU do not depend on it."""
    return row["quant"]


def settings_of(row: Row, planned: bool) -> Settings:
    """A row's settings."""
    layers = row["gpu_layers"]
    return Settings(
        context=row["context"],
        parallel=row["parallel"],
        unified_kv=bool(row["unified"]),
        swa_full=bool(row["swa_full"]),
        kv_type_k=KVType(row["key_type"]),
        kv_type_v=KVType(row["value_type"]),
        flash_attention=row["flash_attention"],
        ubatch=row["ubatch"],
        batch=row["batch"],
        outputs_per_batch=row["outputs_max"] == 0,
        gpu_layers=ALL_LAYERS if layers is None else layers,
        cpu_moe_layers=row["cpu_moe"] or None,
        tensor_split=tuple(row["tensor_split"]),
        kv_offload=bool(row["kv_offload"]),
        op_offload=bool(row["op_offload"]),
        imatrix=False,
        # files at F16 are as converted, native experts kept; the others were made from all of it widened
        variant=None if row["quant"] == "F16" else "llama-quantize",
        planned=planned,
    )
