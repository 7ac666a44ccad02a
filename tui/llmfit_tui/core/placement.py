"""Which layers go where: on the GPUs, split with the host, experts on the host, or all on the CPU.

llama.cpp's rules (commit 0c1e57098): the last n of layers + 1 go to the GPU, the +1 being the output;
the token embedding stays on the host; several GPUs share layers by their free memory; --n-cpu-moe keeps
the routed experts of the first blocks on the host; the cache of a layer follows the layer.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from llmfit_tui.core.compute import SMALLEST_OFFLOADED_UBATCH
from llmfit_tui.core.demand import Demand
from llmfit_tui.core.hardware import Backend, Device
from llmfit_tui.core.machine import Machine
from llmfit_tui.core.scenario import ALL_LAYERS, Settings


class Mode(Enum):
    """How the work is shared."""

    GPU = "gpu"
    SPLIT = "split"
    MOE_OFFLOAD = "moe-offload"
    UNIFIED = "unified"
    CPU = "cpu"
    NONE = "none"
    """Fits nowhere; the memory shown is what the GPUs would need."""


@dataclass(frozen=True, slots=True)
class Load:
    """What lands on one device."""

    name: str
    gpu: Device | None
    """None: the host."""
    layers: int
    weights_bytes: int
    cache_bytes: int
    """Attention cache and recurrent state."""
    compute_bytes: int
    output_bytes: int
    overhead_bytes: int
    capacity_bytes: int
    active_bytes: int
    """Weights read for one token."""

    @property
    def total_bytes(self) -> int:
        """Everything on this device."""
        return (
            self.weights_bytes
            + self.cache_bytes
            + self.compute_bytes
            + self.output_bytes
            + self.overhead_bytes
        )

    @property
    def free_bytes(self) -> int:
        """What is left; negative where it does not fit."""
        return self.capacity_bytes - self.total_bytes


@dataclass(frozen=True, slots=True)
class Placement:
    """Loads of every device, the host last."""

    mode: Mode
    loads: tuple[Load, ...]
    gpu_layers: int
    layers_total: int
    cpu_moe_layers: int

    @property
    def host(self) -> Load:
        """What the host carries."""
        return self.loads[-1]

    @property
    def gpus(self) -> tuple[Load, ...]:
        """What the GPUs carry."""
        return self.loads[:-1]

    @property
    def fits(self) -> bool:
        """Nothing is over its capacity."""
        return all(load.free_bytes >= 0 for load in self.loads)


def layer_shares(machine: Machine, settings: Settings, gpu_layers: int) -> list[int]:
    """Layers for each GPU, by --tensor-split or by free memory, as llama.cpp rounds them."""
    if len(machine.gpus) == 1:
        return [gpu_layers]
    weights = settings.tensor_split or tuple(machine.capacity_bytes(gpu) for gpu in machine.gpus)
    total = sum(weights) or 1
    shares: list[int] = []
    reached = 0.0
    for weight in weights:
        reached += weight / total
        shares.append(min(math.ceil(reached * gpu_layers), gpu_layers) - sum(shares))
    shares[-1] += gpu_layers - sum(shares)
    return shares


def put(
    demand: Demand, machine: Machine, settings: Settings, gpu_layers: int, cpu_moe: int, idle: bool = False
) -> Placement:
    """Place with this many layers on the GPUs and the experts of the first `cpu_moe` blocks on the host.

    `idle` leaves the GPUs out altogether, as if they were hidden from llama.cpp.
    """
    arch, weights = demand.arch, demand.weights
    total = demand.layers_total
    gpu_layers = min(gpu_layers, total) if machine.gpus and not idle else 0
    behind = 1 + arch.nextn_layers
    blocks_on_gpu = max(gpu_layers - behind, 0)
    cpu_moe = min(cpu_moe, arch.layers)
    run = BlockRun(demand, arch.layers - blocks_on_gpu, cpu_moe)
    partial = gpu_layers < total or cpu_moe > 0
    ridden = _ridden_along(demand, settings, machine, blocks_on_gpu, cpu_moe) if partial else 0
    shares = layer_shares(machine, settings, gpu_layers) if gpu_layers else [0] * len(machine.gpus)
    last = max((d for d, share in enumerate(shares) if share), default=-1)
    loads: list[Load] = []
    block = arch.layers - blocks_on_gpu
    for d, gpu in enumerate(machine.gpus):
        blocks = min(max(shares[d] - (behind if d == last else 0), 0), arch.layers - block)
        held, read = run.weights(block, block + blocks)
        output = weights.output_bytes + weights.other_bytes if d == last else 0
        works = shares[d] > 0 or (d == 0 and not gpu_layers and not idle and settings.op_offload)
        loads.append(
            Load(
                name=gpu.name,
                gpu=gpu,
                layers=shares[d],
                weights_bytes=held + output,
                cache_bytes=run.cache(block, block + blocks) if settings.kv_offload else 0,
                compute_bytes=demand.on_gpu.device_bytes + ridden if works else 0,
                output_bytes=0,
                overhead_bytes=0 if idle else machine.overhead_bytes,
                capacity_bytes=machine.capacity_bytes(gpu),
                active_bytes=read + output,
            )
        )
        block += blocks
    held, read = run.weights_on_host()
    if not gpu_layers:
        held += weights.other_bytes + (0 if weights.tied else weights.output_bytes)
        read += weights.other_bytes + weights.output_bytes
    loads.append(
        Load(
            name="host",
            gpu=None,
            layers=total - gpu_layers,
            weights_bytes=held + weights.embedding_bytes,
            cache_bytes=demand.cache_before[-1] - sum(load.cache_bytes for load in loads),
            compute_bytes=demand.on_gpu.host_bytes if gpu_layers else demand.on_cpu.device_bytes,
            output_bytes=demand.on_cpu.output_bytes,
            overhead_bytes=0,
            capacity_bytes=_host_capacity(machine, loads),
            active_bytes=read,
        )
    )
    return Placement(_mode(machine, gpu_layers, total, cpu_moe), tuple(loads), gpu_layers, total, cpu_moe)


class BlockRun:
    """Weights and cache of runs of blocks, with the experts of the first few kept on the host."""

    def __init__(self, demand: Demand, first_gpu_block: int, cpu_moe: int) -> None:
        self._demand = demand
        self._first_gpu_block = first_gpu_block
        self._first_expert_on_gpu = max(first_gpu_block, cpu_moe)

    def weights(self, start: int, end: int) -> tuple[int, int]:
        """(bytes held, bytes read for a token) of blocks start..end on a GPU."""
        weights = self._demand.weights
        dense = weights.dense_before[end] - weights.dense_before[start]
        first = min(max(start, self._first_expert_on_gpu), end)
        experts = weights.experts_before[end] - weights.experts_before[first]
        return dense + experts, dense + round(experts * weights.experts_read)

    def weights_on_host(self) -> tuple[int, int]:
        """(bytes held, bytes read for a token) of what the GPUs do not hold."""
        weights = self._demand.weights
        dense = weights.dense_before[self._first_gpu_block]
        experts = weights.experts_before[self._first_expert_on_gpu]
        return dense + experts, dense + round(experts * weights.experts_read)

    def cache(self, start: int, end: int) -> int:
        """Cache and state of blocks start..end."""
        before = self._demand.cache_before
        return before[end] - before[start]


def candidates(demand: Demand, machine: Machine, settings: Settings) -> Iterator[Placement]:
    """Placements worth comparing, the whole model on the GPUs first and the CPU alone last."""
    if settings.gpu_layers is not None or settings.cpu_moe_layers is not None:
        layers = ALL_LAYERS if settings.gpu_layers is None else settings.gpu_layers
        yield put(demand, machine, settings, layers, settings.cpu_moe_layers or 0)
        return
    if machine.gpus:
        whole = put(demand, machine, settings, ALL_LAYERS, 0)
        yield whole
        if whole.fits:
            return
        yield from _partly(whole, demand, machine, settings)
    yield put(demand, machine, settings, 0, 0, idle=True)


def _partly(whole: Placement, demand: Demand, machine: Machine, settings: Settings) -> Iterator[Placement]:
    """Fewest experts on the host that fit; else as many whole layers on the GPUs as fit."""
    blocks = demand.arch.layers
    short = max(sum(-load.free_bytes for load in whole.gpus if load.free_bytes < 0), 1)
    if demand.arch.expert_layers:
        each = demand.weights.expert_bytes / demand.arch.expert_layers
        moe = _edge(lambda n: put(demand, machine, settings, ALL_LAYERS, blocks - n), blocks - 1, short, each)
        if moe is not None:
            yield moe
    held = demand.weights.block_bytes + demand.weights.expert_bytes
    each = (held + demand.cache.attention_bytes + demand.cache.state_bytes) / blocks
    split = _edge(lambda n: put(demand, machine, settings, n, 0), demand.layers_total - 1, short, each)
    if split is not None:
        yield split


def _edge(place: Callable[[int], Placement], most: int, short: int, each: float) -> Placement | None:
    """The placement with the largest n of 0..most whose GPUs hold what they are given, by guess and search.

    The guess takes off as many blocks of `each` bytes as make up for what is `short`; sharing among several
    GPUs can put it off by some, so the search goes on from there, doubling its stride.
    """
    low, high = 0, most
    found: Placement | None = None
    n, stride = min(max(most - int(short / max(each, 1.0)), 0), most), 1
    while low <= high:
        tried = place(n)
        if all(load.free_bytes >= 0 for load in tried.gpus):
            found, low = tried, n + 1
            n = min(n + stride, high)
        else:
            high = n - 1
            n = max(n - stride, low)
        stride *= 2
        if low <= high and stride > high - low:
            n = (low + high + 1) // 2
    return found


def _ridden_along(
    demand: Demand, settings: Settings, machine: Machine, blocks_on_gpu: int, cpu_moe: int
) -> int:
    """Host weights copied to the GPU for large batches (op-offload): room for the largest host tensor."""
    arch, weights = demand.arch, demand.weights
    if not settings.op_offload or settings.ubatch < SMALLEST_OFFLOADED_UBATCH:
        return 0
    if machine.backend is Backend.CPU:
        return 0
    if arch.expert_layers and (cpu_moe or blocks_on_gpu < arch.layers):
        return round(weights.expert_bytes / arch.expert_layers / arch.expert_matrices)
    per_value = weights.bits_per_weight / 8
    output = weights.output_bytes if settings.outputs_per_batch and not blocks_on_gpu else 0
    largest = round(arch.hidden * arch.feed_forward * per_value) if blocks_on_gpu < arch.layers else 0
    return max(largest, output)


def _host_capacity(machine: Machine, loads: list[Load]) -> int:
    """Host memory; with unified memory, what the GPU leaves of it."""
    if not machine.unified:
        return machine.host_bytes
    return max(
        (machine.gpus[0].memory_bytes or 0) - sum(load.total_bytes for load in loads if load.layers), 0
    )


def _mode(machine: Machine, gpu_layers: int, total: int, cpu_moe: int) -> Mode:
    if gpu_layers == 0:
        return Mode.CPU
    if cpu_moe:
        return Mode.MOE_OFFLOAD
    if gpu_layers < total:
        return Mode.SPLIT
    return Mode.UNIFIED if machine.unified else Mode.GPU
