"""Memory of an estimate as JSON: sums over all devices, and each device."""

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.placement.placement import Load, Mode

Document = dict[str, object]


def memory_document(found: Estimate) -> Document:
    """`memory` of an estimate, in bytes."""
    loads = found.placement.loads
    band = found.scenario.machine.overhead_band
    driven = [(load, *band) for load in loads if load.overhead_bytes]
    return {
        "weights_bytes": sum(load.weights_bytes for load in loads),
        "kv_cache_bytes": found.cache.attention_bytes,
        "recurrent_state_bytes": found.cache.state_bytes,
        "compute_bytes": sum(load.compute_bytes for load in loads),
        "compute_basis": _compute_basis(found),
        "output_bytes": sum(load.output_bytes for load in loads),
        "overhead_bytes": sum(load.overhead_bytes for load in loads),
        "overhead_low_bytes": sum(low for _, low, _ in driven),
        "overhead_high_bytes": sum(high for _, _, high in driven),
        "overhead_source": _overhead_source(found),
        "compute_evidence": _compute_evidence(found),
        "parts_bytes": sum(load.parts_bytes for load in loads),
        "repacked_bytes": found.placement.repacked_bytes,
        "total_bytes": found.total_bytes,
        "devices": [_device(load) for load in loads],
    }


def _device(load: Load) -> Document:
    return {
        "name": load.name,
        "kind": "gpu" if load.gpu is not None else "host",
        "weights_bytes": load.weights_bytes,
        "kv_cache_bytes": load.cache_bytes,
        "compute_bytes": load.compute_bytes,
        "overhead_bytes": load.overhead_bytes,
        "parts_bytes": load.parts_bytes,
        "total_bytes": load.total_bytes,
        "capacity_bytes": load.capacity_bytes,
        "headroom_bytes": load.free_bytes,
    }


def _compute_basis(found: Estimate) -> str:
    """Planned on the graph or by the formula; other GPU backends reserve about what CUDA does."""
    basis = "planned" if found.placement.planned else "formula"
    own = found.scenario.machine.driver.scratch is None
    return basis if own or found.placement.mode is Mode.CPU else f"{basis}, as for CUDA"


def _overhead_source(found: Estimate) -> str | None:
    machine = found.scenario.machine
    return machine.driver.evidence if machine.gpus and machine.driver_bytes is None else None


def _compute_evidence(found: Estimate) -> str | None:
    """How published logs compare with CUDA's figure, where that stands in."""
    return None if found.placement.mode is Mode.CPU else found.scenario.machine.driver.scratch
