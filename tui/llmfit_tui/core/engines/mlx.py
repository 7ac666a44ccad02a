"""MLX on Apple silicon: weights, a cache that grows by 256 tokens, and the scratch of a prompt's step.

mlx-lm 0.32 (mlx_lm/models/cache.py): KVCache keeps keys and values in 16 bits and grows in steps of 256
tokens; RotatingKVCache keeps a window. Prompts pass in steps of 2,048 tokens (generate.py,
prefill_step_size), and mx.set_wired_limit lets the process use what the GPU may, and no more. Several Macs
hold layers one after the other (mlx.launch, --pipeline).
"""

from llmfit_tui.core.engines.parallel import stages
from llmfit_tui.core.engines.shards import shard_of
from llmfit_tui.core.memory.kvcache import CacheSize
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
    cache: CacheSize


def mlx_run(scenario: Scenario, arch: Architecture) -> MlxRun | None:
    """None where the model's tensors are not known in this format."""
    machine, settings = scenario.machine, scenario.settings
    each = -(-(settings.context // settings.parallel) // STEP) * STEP
    cache = _cache(arch, each, settings.parallel, range(arch.layers))
    widest = max(k + v for k, v in zip(arch.key_widths, arch.value_widths, strict=True))
    scratch = SCRATCH + each * (2 * widest + PROMPT_STEP)
    loads: list[Load] = []
    for number, blocks in enumerate(stages(arch.layers, min(machine.nodes, arch.layers))):
        shard = shard_of(scenario.model, arch, scenario.quant.name, 1, blocks, extra=False)
        if shard is None:
            return None
        gpu, here = machine.gpus[number], _cache(arch, each, settings.parallel, blocks)
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
    return MlxRun(Placement(Mode.UNIFIED, (*loads, host), total, total, 0), cache)


def _cache(arch: Architecture, tokens: int, slots: int, blocks: range) -> CacheSize:
    full = window = states = 0
    for block in blocks:
        kind = arch.kinds[block]
        row = 2 * (arch.key_widths[block] + arch.value_widths[block])
        if kind is Keeps.WINDOW:
            window += row
        else:
            full += row
        states += kind in {Keeps.STATE, Keeps.BOTH}
    kept = min(tokens, arch.window or tokens)
    state = 4 * states * arch.state_values
    return CacheSize(slots * tokens * full, slots * kept * window, slots * state, tokens, kept, slots)
