"""MLX on Apple silicon: weights, a cache that grows by 256 tokens, and the scratch of a prompt's step.

mlx-lm 0.32.2 (mlx_lm/models/cache.py): KVCache keeps keys and values in 16 bits and grows in steps of 256
tokens, with --kv-bits in groups of 64 with a scale and a bias; RotatingKVCache keeps a window. Prompts pass
in steps of 2,048 tokens (generate.py, prefill_step_size), and mx.set_wired_limit lets the process use what
the GPU may, and no more. Several Macs split every layer's heads, or with --pipeline hold layers one after
the other, the first machine the last of them (mlx_lm/models/pipeline.py).
"""

from llmfit_tui.core.engines.mlx_models import ways_to_share
from llmfit_tui.core.engines.parallel import Parallel
from llmfit_tui.core.engines.shards import MLX, kv_share, shard_of
from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.memory.kvcache import CacheSize, KVType, bytes_per_value
from llmfit_tui.core.memory.layers import Keeps
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.placement.placement import Load, Mode, Placement
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import Scenario

STEP = 256
PROMPT_STEP = 2048
SCRATCH = 500_000_000
"""Bytes beside weights and cache in logs of 7B to 32B models, 0.35 to 0.7 GB whatever their size. What grows
with the context is one layer's cache, copied while it grows, and a byte of mask for each token of a step."""


@record
class MlxRun:
    """A scenario as mlx_lm.server would run it."""

    placement: Placement
    one_rank: Placement
    """What one token waits for: every stage, or one of the machines that work at the same time."""
    cache: CacheSize
    parallel: Parallel


def mlx_run(scenario: Scenario, arch: Architecture) -> MlxRun | None:
    """None where the model's tensors are not known in this format. Raises BadValue where the model is not
    shared among so many machines, saying what would work."""
    machine, settings = scenario.machine, scenario.settings
    parallel = _shared_out(scenario, arch)
    each = -(-(settings.context // settings.parallel) // STEP) * STEP
    widest = max(k + v for k, v in zip(arch.key_widths, arch.value_widths, strict=True))
    scratch = SCRATCH + each * (2 * widest // parallel.tensor + PROMPT_STEP)
    loads: list[Load] = []
    for number, blocks in enumerate(_stages(arch.layers, parallel.pipeline) * parallel.tensor):
        shard = shard_of(
            scenario.model, arch, scenario.quant.name, parallel.tensor, blocks, extra=False, habits=MLX
        )
        if shard is None:
            return None
        gpu, here = machine.gpus[number], _cache(scenario, arch, each, parallel, blocks)
        loads.append(
            Load(
                name=gpu.name if machine.nodes == 1 else f"node {number + 1}, {gpu.name}",
                gpu=gpu,
                layers=len(blocks) + int(blocks.stop == arch.layers),
                weights_bytes=shard.weights_bytes,
                cache_bytes=here.attention_bytes + here.state_bytes,
                compute_bytes=scratch,
                output_bytes=0,
                overhead_bytes=0,
                capacity_bytes=machine.capacity_bytes(gpu),
                active_bytes=shard.active_bytes,
            )
        )
    host = Load("host", None, 0, 0, 0, 0, 0, 0, machine.host_bytes, 0)
    total = arch.layers + 1
    return MlxRun(
        placement=Placement(Mode.UNIFIED, (*loads, host), total, total, 0),
        one_rank=Placement(Mode.UNIFIED, (*loads[:: parallel.tensor], host), total, total, 0),
        cache=_cache(scenario, arch, each, Parallel(), range(arch.layers)),
        parallel=parallel,
    )


def _shared_out(scenario: Scenario, arch: Architecture) -> Parallel:
    """The machines split every layer where the model can be split so, as mlx_lm.server does without
    --pipeline; else they hold layers one after the other."""
    machine, settings = scenario.machine, scenario.settings
    nodes = machine.nodes
    tensor, pipeline = settings.tensor_parallel, settings.pipeline_parallel
    if (tensor or 1) * (pipeline or 1) not in {1, nodes} or (tensor or 1) > 1 < (pipeline or 1):
        if nodes == 1:
            more = f"{max(tensor or 1, pipeline or 1)}x({machine.name})"
            raise BadValue(
                f"--engine mlx shares a model among machines, and there is one; --hardware '{more}' would do."
            )
        would = f"--tensor-parallel {nodes} or --pipeline-parallel {nodes} would do"
        raise BadValue(f"--engine mlx shares a model among all {nodes} machines in one way; {would}.")
    if nodes == 1:
        return Parallel()
    splits, hands_on = ways_to_share(scenario.model.config)
    uneven = _uneven(arch, nodes)
    why = f"mlx-lm does not split {scenario.model.id}" if not splits else uneven
    if why is None and not (pipeline or 1) > 1:
        return Parallel(tensor=nodes)
    if hands_on and nodes <= arch.layers and not (tensor or 1) > 1:
        return Parallel(pipeline=nodes)
    if (pipeline or 1) > 1 and why is None:
        raise BadValue(f"mlx-lm has no pipeline for {scenario.model.id}; --tensor-parallel {nodes} would do.")
    fewer = [n for n in range(nodes - 1, 0, -1) if n == 1 or (splits and _uneven(arch, n) is None)]
    others = " or --engine llama.cpp" if not (tensor and hands_on) else f" or --pipeline-parallel {nodes}"
    alone = "one machine" if fewer[0] == 1 else f"{fewer[0]} machines"
    raise BadValue(f"{nodes} machines under --engine mlx: {why}; {alone}{others} would do.")


def _uneven(arch: Architecture, nodes: int) -> str | None:
    """Why heads or feed-forwards cannot be dealt evenly: mlx-lm copies no key/value heads."""
    for many, what in (
        (arch.heads, "attention heads"),
        (0 if arch.latent else arch.kv_heads, "key/value heads"),
        (arch.feed_forward, "columns of the feed-forward"),
        (arch.expert_feed_forward, "columns of an expert"),
    ):
        if many % nodes:
            return f"{many:,} {what} do not divide by {nodes}"
    return None


def _stages(layers: int, machines: int) -> tuple[range, ...]:
    """The blocks of each machine: the first has the last ones, and one more where they do not divide."""
    base, more = divmod(layers, machines)
    found: list[range] = []
    end = layers
    for rank in range(machines):
        start = end - base - (rank < more)
        found.append(range(start, end))
        end = start
    return tuple(found)


def _cache(
    scenario: Scenario, arch: Architecture, tokens: int, parallel: Parallel, blocks: range
) -> CacheSize:
    """Of some blocks on one machine, for every slot."""
    slots, kind = scenario.settings.parallel, scenario.settings.kv_type_k
    share = 1.0 if arch.latent or parallel.tensor == 1 else kv_share(arch, parallel.tensor)
    full = window = states = 0
    for block in blocks:
        keeps = arch.kinds[block]
        values = round((arch.key_widths[block] + arch.value_widths[block]) * share)
        if keeps is Keeps.WINDOW:
            window += round(values * bytes_per_value(KVType.F16))
        else:
            full += round(values * bytes_per_value(kind))
        states += keeps in {Keeps.STATE, Keeps.BOTH}
    kept = min(tokens, arch.window or tokens)
    state = 4 * states * arch.state_values // parallel.tensor
    return CacheSize(slots * tokens * full, slots * kept * window, slots * state, tokens, kept, slots)


def no_rounding(arch: Architecture) -> str | None:
    """Why --kv-bits does not work with a model; None where it does."""
    if arch.caches_window:
        return "mlx-lm rounds no sliding window"
    if arch.latent:
        return "mlx-lm rounds no latent attention"
    if arch.head_dim % 64:
        return f"mlx-lm rounds in groups of 64 values, and a head has {arch.head_dim}"
    return None
