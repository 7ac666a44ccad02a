"""Compute buffers by device, for a deal of layers."""

from llmfit_tui.core.graph.run import Layout
from llmfit_tui.core.hardware.device import Backend
from llmfit_tui.core.memory.compute import SMALLEST_OFFLOADED_UBATCH
from llmfit_tui.core.memory.demand import Demand
from llmfit_tui.core.placement.deal import Deal
from llmfit_tui.core.scenario import Settings


def planned_scratch(
    demand: Demand, settings: Settings, backend: Backend, deal: Deal
) -> tuple[int, ...] | None:
    """Bytes on each GPU and, last, on the host, planned on the graph; None where `scratch` has to do."""
    if demand.planner is None:
        return None
    if deal.idle or backend is Backend.CPU or not deal.runs:
        return (*(0 for _ in deal.runs), *demand.planner.sizes(Layout()))
    layout = Layout(
        gpus=deal.block_runs,
        output=deal.output_device,
        host_experts=deal.host_experts,
        cache_on_gpu=settings.kv_offload,
        op_offload=settings.op_offload,
        reads_quantized=backend not in {Backend.CUDA, Backend.ROCM},
        takes_exact=backend is Backend.METAL,
        overridden=bool(settings.cpu_moe_layers),
    )
    return demand.planner.sizes(layout)


def scratch(demand: Demand, settings: Settings, backend: Backend, deal: Deal) -> tuple[int, ...]:
    """Bytes on each GPU and, last, on the host: what a search goes by."""
    if deal.idle or not deal.runs:
        return (*(0 for _ in deal.runs), demand.on_cpu.device_bytes)
    works = [start < end for start, end in deal.runs]
    if not any(works):
        if not settings.op_offload or backend is Backend.CPU:
            return (*(0 for _ in deal.runs), demand.on_cpu.device_bytes)
        works[0] = True
    device, host = demand.on_gpu.device_bytes, demand.on_gpu.host_bytes
    if demand.planner is not None:
        device, host = demand.planner.on_one_gpu
    each = device + (0 if deal.complete else _ridden_along(demand, settings, deal))
    return (*(each if used else 0 for used in works), host)


def _ridden_along(demand: Demand, settings: Settings, deal: Deal) -> int:
    """Host weights copied to the GPU for large batches (op-offload): room for the largest host tensor."""
    arch, weights = demand.arch, demand.weights
    if not settings.op_offload or settings.ubatch < SMALLEST_OFFLOADED_UBATCH:
        return 0
    if arch.expert_layers and (deal.host_experts or deal.host_blocks):
        return round(weights.expert_bytes / arch.expert_layers / arch.expert_matrices)
    per_value = weights.bits_per_weight / 8
    output = weights.output_bytes if settings.outputs_per_batch and deal.host_blocks == arch.layers else 0
    largest = round(arch.hidden * arch.feed_forward * per_value) if deal.host_blocks else 0
    return max(largest, output)
