"""Which device held which layer in a log: from its options, from what it prints, else from its sizes."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from llmfit_tui.core.log.facts import Logged, Part, on_host
from llmfit_tui.core.log.read import options
from llmfit_tui.core.log.settings import split_of
from llmfit_tui.core.memory.demand import Demand
from llmfit_tui.core.memory.loaded import LoadedWeights, Side, device_bytes, host_bytes
from llmfit_tui.core.memory.weights import Weights
from llmfit_tui.core.placement.deal import Deal, Layers, Run, deal, dealt_runs
from llmfit_tui.core.placement.place import weights_by_device
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import ALL_LAYERS, Settings
from llmfit_tui.core.tensors.ggml import BLOCKS, tensor_bytes
from llmfit_tui.core.tensors.quantized import Quantized
from llmfit_tui.core.tensors.sizes import HOST_ONLY

EXPERTS = re.compile(r"ffn_(up|down|gate|gate_up)_(ch|)exps")
NEAR = 0.015
"""How near sizes must come before a placement is read off them."""


@record
class Arranged:
    """A deal, and the weights it puts on each GPU and, last, on the host, before any scaling."""

    deal: Deal
    weights: tuple[int, ...]
    notes: tuple[str, ...] = ()


def arranged(
    logged: Logged, demand: Demand, settings: Settings, quantized: Quantized | None, file_bytes: int | None
) -> Arranged:
    """The arrangement of a load; `file_bytes` is what the tensors are to add up to, where ours do not."""
    notes: list[str] = []
    layers = _layers(logged, demand, settings)
    dealt = _layer_runs(logged, demand, layers, notes)
    loaded, scale = demand.weights.loaded, 1.0
    if file_bytes is not None:
        loaded, scale = _as_logged(logged, demand.weights, dealt, quantized, file_bytes, notes)
    if mapped(logged):
        loaded = replace(loaded, second_embedding=0)
    rules = _rules(logged)
    if rules and quantized is not None:
        moved = _moved_blocks(dealt, quantized, rules)
        dealt = dealt_runs(layers, dealt.runs, moved)
        return Arranged(dealt, _by_rules(logged, dealt, quantized, rules, scale), tuple(notes))
    asked = _cpu_moe(logged)
    if asked is None and demand.arch.expert_layers and logged.gpus:
        asked = _guessed(logged, loaded, dealt, notes)
    if asked:
        first = dealt.host_blocks
        last = min(asked, dealt.blocks)
        dealt = dealt_runs(layers, dealt.runs, ((first, last),) if first < last else ())
    return Arranged(dealt, weights_by_device(loaded, dealt), tuple(notes))


def mapped(logged: Logged) -> bool:
    """Whether host weights are pages of the file."""
    return any("MAPPED" in buffer.device.upper() for buffer in logged.buffers if buffer.on_host)


def _as_logged(
    logged: Logged,
    weights: Weights,
    dealt: Deal,
    quantized: Quantized | None,
    file_bytes: int,
    notes: list[str],
) -> tuple[LoadedWeights, float]:
    """Weights of a file whose types are not ours, and what its blocks are multiplied by.

    The embedding's type is read off the host buffer where that holds nothing else; both ends keep the types
    our prediction gives them otherwise, and the blocks make up for the rest of the file.
    """
    loaded, added = weights.loaded, 0
    embedding = quantized.of("token_embd") if quantized is not None else ()
    if embedding and dealt.gpu_layers == dealt.layers_total and not weights.tied:
        held = logged.allocated(Part.WEIGHTS, None)
        for kind in (one for one in logged.tensor_types if one in BLOCKS):
            size = tensor_bytes(kind, embedding[0].group.shape)
            if abs(size - held) <= 4 * logged.precision_bytes and size != embedding[0].each:
                added = size - embedding[0].each
                loaded = replace(loaded, input=loaded.input + added)
                notes.append(f"the token embedding is {kind}, by the size of the host buffer")
                break
    blocks = weights.block_bytes + weights.expert_bytes
    scale = max((file_bytes - (weights.tensor_bytes - blocks) - added) / blocks, 0.0) if blocks else 1.0
    return _scaled(loaded, scale), scale


def _scaled(loaded: LoadedWeights, scale: float) -> LoadedWeights:
    def side(one: Side) -> Side:
        dense = tuple(round(n * scale) for n in one.dense_before)
        return replace(
            one, dense_before=dense, experts_before=tuple(round(n * scale) for n in one.experts_before)
        )

    return replace(loaded, host=side(loaded.host), device=side(loaded.device))


def _layers(logged: Logged, demand: Demand, settings: Settings) -> Layers:
    total = demand.layers_total
    if logged.offloaded and logged.offloaded[1] in {demand.arch.layers + 1, total}:
        total = logged.offloaded[1]
    return Layers(demand.arch.layers, total, settings.build)


def _layer_runs(logged: Logged, demand: Demand, layers: Layers, notes: list[str]) -> Deal:
    """Layers by device: as assigned line by line, else dealt, else read off the cache of each GPU."""
    gpus = logged.gpus
    if not gpus:
        return deal(layers, 0, ())
    if logged.assigned:
        return _assigned(logged, layers)
    held = sum(logged.allocated(part, gpu) for gpu in gpus for part in (Part.WEIGHTS, Part.CACHE))
    count = logged.offloaded[0] if logged.offloaded else (ALL_LAYERS if held else 0)
    free = {device.name: device.free_bytes or 0 for device in logged.devices}
    shares = split_of(logged) or tuple(float(free.get(gpu, 0)) for gpu in gpus)
    dealt = deal(layers, count, shares if any(shares) else (1.0,) * len(gpus))
    if len(gpus) == 1 or _caches(demand, dealt) == [logged.allocated(Part.CACHE, gpu) for gpu in gpus]:
        return dealt
    if not any(logged.allocated(Part.CACHE, gpu) for gpu in gpus):
        return dealt
    read = _read_off(logged, demand, layers, dealt)
    if read.runs != dealt.runs:
        notes.append("layers by GPU are read off the cache of each: the log does not tell the split")
    return read


def _assigned(logged: Logged, layers: Layers) -> Deal:
    start = min((n for n, device in logged.assigned.items() if not on_host(device)), default=layers.total)
    runs: list[Run] = []
    for gpu in logged.gpus:
        count = sum(1 for device in logged.assigned.values() if device == gpu)
        runs.append((start, start + count))
        start += count
    return dealt_runs(layers, tuple(runs))


def _caches(demand: Demand, dealt: Deal) -> list[int]:
    before = demand.cache_before
    return [before[last] - before[first] for first, last in dealt.block_runs]


def _read_off(logged: Logged, demand: Demand, layers: Layers, dealt: Deal) -> Deal:
    """Runs whose caches come nearest to those logged."""
    before, start = demand.cache_before, dealt.runs[0][0]
    end = start + dealt.gpu_layers
    runs: list[Run] = []
    gpus = logged.gpus
    held = [logged.allocated(Part.CACHE, gpu) for gpu in gpus]
    ours = before[min(end, layers.blocks)] - before[min(start, layers.blocks)]
    for at, size in enumerate(held):
        want = size * ours / sum(held)
        first = min(start, layers.blocks)
        last = min(range(first, layers.blocks + 1), key=lambda n: abs(before[n] - before[first] - want))
        until = end if at == len(gpus) - 1 else last
        runs.append((start, max(until, start)))
        start = max(until, start)
    return dealt_runs(layers, tuple(runs))


def _cpu_moe(logged: Logged) -> int | None:
    if {"--cpu-moe", "-cmoe"} & set(logged.command):
        return ALL_LAYERS
    given = options(logged.command, "--n-cpu-moe", "-ncmoe")
    return int(given[-1]) if given and given[-1].isdecimal() else None


def _guessed(logged: Logged, loaded: LoadedWeights, dealt: Deal, notes: list[str]) -> int | None:
    """How many blocks keep their experts on the host, where the GPUs hold too little for all of them."""
    held = sum(logged.allocated(Part.WEIGHTS, gpu) for gpu in logged.gpus)
    whole = sum(weights_by_device(loaded, dealt)[:-1])
    if not held or whole <= held * (1 + NEAR):
        return None

    def off(n: int) -> int:
        kept = ((dealt.host_blocks, n),) if dealt.host_blocks < n else ()
        return abs(sum(weights_by_device(loaded, replace(dealt, host_experts=kept))[:-1]) - held)

    best = min(range(dealt.host_blocks, dealt.blocks + 1), key=off)
    if off(best) > held * NEAR or best == dealt.host_blocks:
        return None
    notes.append(
        f"the experts of the first {best} blocks seem to be on the host: the GPUs hold that much less"
    )
    return best


Rule = tuple[Callable[[str], object], str]
"""Whether a tensor's name matches, and the buffer it goes to."""


def _rules(logged: Logged) -> Sequence[Rule]:
    """Overrides of single tensors, and patterns of -ot."""
    made: list[Rule] = []
    if logged.moved:
        made += [(name.__eq__, buffer) for name, buffer in logged.moved.items()]
        return made
    for text in options(logged.command, "-ot", "--override-tensor"):
        for rule in text.split(","):
            pattern, _, buffer = rule.rpartition("=")
            try:
                made.append((re.compile(pattern).search, buffer))
            except re.error:
                continue
    return made


def _target(name: str, rules: Sequence[Rule]) -> str | None:
    return next((buffer for matches, buffer in rules if matches(name)), None)


def full_name(name: str, block: int | None) -> str:
    """A tensor's name in the file: attn_q of block 3 is blk.3.attn_q.weight."""
    whole = name if name.endswith((".bias", ".weight")) else f"{name}.weight"
    return whole if block is None else f"blk.{block}.{whole}"


def _moved_blocks(dealt: Deal, quantized: Quantized, rules: Sequence[Rule]) -> tuple[Run, ...]:
    """Blocks whose experts a rule sends to the host, as runs."""
    away = {
        block
        for piece in quantized.pieces
        if EXPERTS.search(piece.group.name)
        for block in piece.blocks
        if dealt.host_blocks <= block < dealt.blocks
        and on_host(_target(full_name(piece.group.name, block), rules) or "GPU")
    }
    runs: list[Run] = []
    for block in sorted(away):
        if runs and runs[-1][1] == block:
            runs[-1] = (runs[-1][0], block + 1)
        else:
            runs.append((block, block + 1))
    return tuple(runs)


def _by_rules(
    logged: Logged, dealt: Deal, quantized: Quantized, rules: Sequence[Rule], scale: float
) -> tuple[int, ...]:
    """Weights on each device, tensor by tensor."""
    gpus = list(logged.gpus)
    held = [0] * (len(gpus) + 1)
    host = len(gpus)

    def put(name: str, block: int | None, usual: int, on_gpu: int, in_memory: int) -> None:
        buffer = _target(full_name(name, block), rules)
        where = usual if buffer is None else gpus.index(buffer) if buffer in gpus else host
        held[where] += in_memory if where == host else on_gpu

    for piece in quantized.pieces:
        name, sizes = piece.group.name, (device_bytes(piece), host_bytes(piece))
        scaled = round(sizes[0] * scale), round(sizes[1] * scale)
        for block in piece.blocks:
            if block < dealt.blocks:
                put(name, block, _holder(dealt, block, host), *scaled)
        if piece.blocks:
            continue
        output = host if dealt.output_device is None else dealt.output_device
        if name in HOST_ONLY:
            put(name, None, host, *sizes)
            if name == "token_embd" and quantized.plan.tied and output != host:
                held[output] += sizes[0]
        else:
            put(name, None, output, *sizes)
    return tuple(held)


def _holder(dealt: Deal, block: int, host: int) -> int:
    return next((d for d, (first, last) in enumerate(dealt.block_runs) if first <= block < last), host)
