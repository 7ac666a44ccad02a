"""From a deal of layers to bytes on every device."""

from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.identity import Kept
from llmfit_tui.core.memory.demand import Demand
from llmfit_tui.core.memory.loaded import LoadedWeights
from llmfit_tui.core.memory.repack import laid_out
from llmfit_tui.core.memory.scratch import planned_scratch, scratch
from llmfit_tui.core.memory.weights import Weights
from llmfit_tui.core.placement.deal import Deal, Layers
from llmfit_tui.core.placement.placement import Load, Mode, Placement
from llmfit_tui.core.scenario import Settings


def place(
    demand: Demand,
    machine: Machine,
    settings: Settings,
    dealt: Deal,
    split: tuple[int, ...] = (),
    *,
    roughly: bool = False,
) -> Placement:
    """The placement of a deal; `split` is what --tensor-split must ask for to get it.

    `roughly`: compute buffers by the formula even where they could be planned.
    """
    weights, active = _weights(demand.weights, dealt)
    anew = laid_out(demand, machine, settings, dealt)
    cache = _cache_by_device(demand, settings, dealt)
    planned = None if roughly else planned_scratch(demand, settings, machine.backend, dealt)
    compute = planned or scratch(demand, settings, machine.backend, dealt)
    loads: list[Load] = []
    for d, gpu in enumerate(machine.gpus):
        start, end = dealt.runs[d]
        loads.append(
            Load(
                name=gpu.name,
                gpu=gpu,
                layers=end - start,
                weights_bytes=weights[d],
                cache_bytes=cache[d],
                compute_bytes=compute[d],
                output_bytes=0,
                overhead_bytes=0 if dealt.idle else machine.overhead_bytes,
                capacity_bytes=machine.capacity_bytes(gpu),
                active_bytes=active[d],
                parts_bytes=demand.parts_on_gpu if d == 0 and not dealt.idle else 0,
            )
        )
    loads.append(
        Load(
            name="host",
            gpu=None,
            layers=dealt.layers_total - dealt.gpu_layers,
            weights_bytes=weights[-1] + (anew.added if anew else 0),
            cache_bytes=cache[-1],
            compute_bytes=compute[-1],
            output_bytes=demand.on_cpu.output_bytes,
            overhead_bytes=0,
            capacity_bytes=_host_capacity(machine, loads),
            active_bytes=active[-1],
            parts_bytes=demand.parts_on_host + (0 if _on_gpu(machine, dealt) else demand.parts_on_gpu),
        )
    )
    return Placement(
        mode=_mode(machine, dealt),
        loads=tuple(loads),
        gpu_layers=dealt.gpu_layers,
        layers_total=dealt.layers_total,
        cpu_moe_layers=max((end for _, end in dealt.host_experts), default=0),
        deal=dealt,
        chosen_split=split,
        planned=planned is not None,
        shared_bytes=_one_memory(machine) if machine.unified else None,
        repacked_bytes=anew.bytes if anew else None,
    )


def _on_gpu(machine: Machine, dealt: Deal) -> bool:
    """Whether parts run on a GPU: there is one, and it is not left out."""
    return bool(machine.gpus) and not dealt.idle


def gpu_bytes(
    demand: Demand, machine: Machine, settings: Settings, dealt: Deal, compute: tuple[int, ...] | None = None
) -> tuple[int, ...]:
    """Buffers on each GPU, without what the driver takes; `compute` in place of the formula's scratch."""
    if compute is not None or len(dealt.runs) > 1:
        return _gpu_bytes(demand, machine, settings, dealt, compute)
    asked = demand, settings, machine.backend, dealt
    return _used.get(*asked) or _used.keep(_gpu_bytes(demand, machine, settings, dealt), *asked)


def _gpu_bytes(
    demand: Demand, machine: Machine, settings: Settings, dealt: Deal, compute: tuple[int, ...] | None = None
) -> tuple[int, ...]:
    weights, _ = _weights(demand.weights, dealt)
    cache = _cache_by_device(demand, settings, dealt)
    if compute is None:
        compute = scratch(demand, settings, machine.backend, dealt)
    return tuple(weights[d] + cache[d] + compute[d] for d in range(len(dealt.runs)))


_used = Kept[tuple[int, ...]](most=4096)
"""What a search over one GPU asks for, whatever the GPU."""
_on_few = Kept[tuple[tuple[int, ...], tuple[int, ...]]](most=4096)
"""Weights held and read by device, for deals that are kept too."""


def _weights(weights: Weights, dealt: Deal) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Bytes of weights on each GPU and, last, on the host: held, and read for a token."""
    if len(dealt.runs) > 1:
        return weights_by_device(weights.loaded, dealt), _active_by_device(weights, dealt)
    found = _on_few.get(weights, dealt)
    if found is None:
        made = weights_by_device(weights.loaded, dealt), _active_by_device(weights, dealt)
        found = _on_few.keep(made, weights, dealt)
    return found


def layers_of(demand: Demand, settings: Settings) -> Layers:
    """What a deal needs to know."""
    return Layers(demand.arch.layers, demand.layers_total, settings.build)


def weights_by_device(loaded: LoadedWeights, dealt: Deal) -> tuple[int, ...]:
    """Bytes of weight buffers on each GPU and, last, on the host."""
    found: list[int] = []
    device, host = loaded.device, loaded.host
    behind = loaded.input + host.blocks(0, dealt.host_blocks)
    predicted = False
    for d, (first, last) in enumerate(dealt.block_runs):
        held = device.blocks(first, last)
        if dealt.host_experts:
            for run in dealt.experts_kept_back(d):
                held -= device.experts(*run)
                behind += host.experts(*run)
        if d == dealt.output_device:
            held += device.output
        start, end = dealt.runs[d]
        if start <= dealt.blocks < min(end, dealt.layers_total - 1):
            held += device.prediction
            predicted = True
        found.append(held)
    if not predicted:
        behind += host.prediction
    if dealt.output_device is None:
        behind += host.output + (0 if dealt.idle or not dealt.runs else loaded.second_embedding)
    return (*found, behind)


def _cache_by_device(demand: Demand, settings: Settings, dealt: Deal) -> tuple[int, ...]:
    """Cache and state: a layer's is where the layer is."""
    before, added = demand.cache_before, demand.padding_before
    behind = before[-1]
    if not settings.kv_offload:
        return (*(0 for _ in dealt.runs), behind)
    found: list[int] = []
    for first, last in dealt.block_runs:
        held = before[last] - before[first]
        behind -= held
        found.append(held + added[last] - added[first] if added else held)
    return (*found, behind)


def _active_by_device(weights: Weights, dealt: Deal) -> tuple[int, ...]:
    """Bytes of weights read for a token on each GPU and, last, on the host."""
    found: list[int] = []
    dense, experts, share = weights.dense_before, weights.experts_before, weights.experts_read
    held_back = experts[dealt.host_blocks]
    for d, (first, last) in enumerate(dealt.block_runs):
        away = 0
        if dealt.host_experts:
            away = sum(experts[b] - experts[a] for a, b in dealt.experts_kept_back(d))
            held_back += away
        read = dense[last] - dense[first] + round((experts[last] - experts[first] - away) * share)
        if d == dealt.output_device:
            read += weights.output_bytes + weights.other_bytes
        found.append(read)
    read = dense[dealt.host_blocks] + round(held_back * share)
    if dealt.output_device is None:
        read += weights.output_bytes + weights.other_bytes
    return (*found, read)


def _host_capacity(machine: Machine, loads: list[Load]) -> int:
    """Host memory; with unified memory, what the GPU of the first machine leaves of it."""
    if not machine.unified:
        return machine.host_bytes
    here = loads[: len(loads) // machine.nodes]
    return max(_one_memory(machine) - sum(load.total_bytes for load in here), 0)


def _one_memory(machine: Machine) -> int:
    """The memory that GPU and host share, of each machine."""
    return machine.gpus[0].memory_bytes or 0


def _mode(machine: Machine, dealt: Deal) -> Mode:
    if dealt.gpu_layers == 0:
        return Mode.CPU
    if dealt.host_experts:
        return Mode.MOE_OFFLOAD
    if dealt.gpu_layers < dealt.layers_total:
        return Mode.SPLIT
    return Mode.UNIFIED if machine.unified else Mode.GPU
