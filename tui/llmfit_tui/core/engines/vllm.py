"""vLLM on a machine: loads by GPU, the cache its blocks make, and what it would log."""

import math
from dataclasses import replace

from llmfit_tui.core.engines.blocks import layout_of, specs_of
from llmfit_tui.core.engines.parallel import shared_out, stages
from llmfit_tui.core.engines.profiling import Band, activations, batched_tokens, beside, kept_by_driver
from llmfit_tui.core.engines.report import VllmReport
from llmfit_tui.core.engines.shards import shard_of
from llmfit_tui.core.engines.traffic import communication_s
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.memory.kvcache import CacheSize
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.placement.placement import Load, Mode, Placement
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import Scenario

UTILIZATION = 0.92
"""The default of --gpu-memory-utilization since 0.19 (vllm/config/cache.py)."""


BATCHES_MORE = 1
"""Steps scheduled and not yet settled, beside one for each stage of a pipeline: asynchronous scheduling is
the default, and a window is only given back when a step has settled (VllmConfig.max_in_flight_tokens)."""
NULL_BLOCK = 1
"""A block that the pool keeps for itself."""


@record
class Served:
    """A scenario as vLLM would serve it."""

    placement: Placement
    one_rank: Placement
    """Of each stage one GPU: what one token waits for."""
    cache: CacheSize
    report: VllmReport


@record
class _Room:
    """What the weights leave of a GPU's share, and the bytes of a block there."""

    bytes: int
    block_bytes: int

    def left(self, around: int) -> int:
        """For the cache, with so much around the weights."""
        return max(self.bytes - around, 0)

    def blocks(self, around: int) -> int:
        """Whole blocks in that."""
        return self.left(around) // self.block_bytes if self.block_bytes else 0


def serve(scenario: Scenario, arch: Architecture) -> Served | None:
    """None where the model's tensors are not known in this format. Raises BadValue as `shared_out`."""
    machine, settings = scenario.machine, scenario.settings
    parallel = shared_out(
        arch, len(machine.gpus), machine.nodes, settings.tensor_parallel, settings.pipeline_parallel
    )
    length = max(settings.context // settings.parallel, 1)
    least = min(machine.usable_bytes(gpu) for gpu in machine.gpus)
    batched = batched_tokens(least, machine.gpus[0].name)
    activation = activations(arch, parallel, batched, settings.parallel)
    outside, graphs = beside(arch, parallel)
    kept = kept_by_driver(machine)
    share = UTILIZATION if settings.gpu_memory_utilization is None else settings.gpu_memory_utilization
    specs = specs_of(arch, scenario.model.config, parallel.tensor, settings.kv_type_k)
    layout = layout_of(specs, arch.latent)
    each = layout.blocks_of(length, batched * (parallel.pipeline + BATCHES_MORE))

    loads: list[Load] = []
    rooms: list[_Room] = []
    for stage, blocks in enumerate(stages(arch.layers, parallel.pipeline)):
        shard = shard_of(scenario.model, arch, scenario.quant.name, parallel.tensor, blocks)
        if shard is None:
            return None
        block = layout.block_bytes(blocks)
        for rank in range(parallel.tensor):
            gpu = machine.gpus[stage * parallel.tensor + rank]
            seen = machine.usable_bytes(gpu) - machine.margin_bytes
            load = Load(
                name=_name(machine, stage * parallel.tensor + rank),
                gpu=gpu,
                layers=len(blocks) + int(blocks.stop == arch.layers),
                weights_bytes=shard.weights_bytes,
                cache_bytes=(settings.parallel * each + NULL_BLOCK) * block if each else 0,
                compute_bytes=activation.usual + graphs.usual,
                output_bytes=0,
                overhead_bytes=outside.usual,
                capacity_bytes=math.ceil((seen - kept.usual) * share),
                active_bytes=shard.active_bytes,
            )
            loads.append(load)
            rooms.append(_Room(math.ceil(seen * share) - shard.weights_bytes, block))
    # The figures of a log are those of the GPU with the fewest blocks, each with its band: what is around the
    # weights is least where most is left.
    around = activation + outside + graphs + kept.each(lambda size: int(size * share))
    fewest = min(rooms, key=lambda room: room.blocks(around.usual))
    blocks = Band(*(fewest.blocks(size) for size in (around.high, around.usual, around.low)))
    host = Load("host", None, 0, 0, 0, 0, 0, 0, machine.host_bytes, 0)
    total = arch.layers + 1
    placement = Placement(Mode.GPU, (*loads, host), total, total, 0)
    single = replace(placement, loads=(*loads[:: parallel.tensor], host))
    report = VllmReport(
        parallel=parallel,
        utilization=share,
        batched_tokens=batched,
        available_kv_bytes=Band(*(fewest.left(size) for size in (around.high, around.usual, around.low))),
        kv_cache_tokens=blocks.each(lambda n: n * length // each if each else 0),
        concurrency=blocks.each(lambda n: 100 * n // each if each else 0),
        max_model_len=length,
        blocks=blocks.usual,
        block_tokens=layout.groups[0].block_tokens if layout.groups else 0,
        activation=activation,
        outside_torch=outside,
        graphs=graphs,
        communication_s=communication_s(arch, machine, parallel, 1),
    )
    return Served(placement, single, _cache(loads, length, settings.parallel), report)


def _cache(loads: list[Load], length: int, slots: int) -> CacheSize:
    return CacheSize(sum(load.cache_bytes for load in loads), 0, 0, length, 0, slots)


def _name(machine: Machine, index: int) -> str:
    gpu = machine.gpus[index]
    if machine.nodes == 1:
        return gpu.name if len(machine.gpus) == 1 else f"{gpu.name} #{index + 1}"
    each = len(machine.gpus) // machine.nodes
    return f"node {index // each + 1}, {gpu.name} #{index % each + 1}"
