"""The verdict on an estimate, in words a newcomer understands."""

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.memory.parts import PartBytes, PartKind
from llmfit_tui.core.placement.compared import compared
from llmfit_tui.core.placement.placement import Mode
from llmfit_tui.core.ruleofthumb import rule_of_thumb
from llmfit_tui.format import amounts
from llmfit_tui.format.devices import machine_name
from llmfit_tui.format.quality import agreement_words, cache_words
from llmfit_tui.format.speeds import throughput_words


def verdict(found: Estimate) -> str:
    """Where it runs and what stays free, or why it does not run."""
    placed, rating = found.placement, found.rating
    if rating.level == 0:
        reason = rating.reason
        for gpu in placed.gpus:
            reason = reason.replace(gpu.name, machine_name(gpu.name))
        return reason
    free = amounts.percent(rating.headroom_fraction)
    name = machine_name(placed.gpus[0].name) if placed.gpus else ""
    if placed.mode in {Mode.GPU, Mode.UNIFIED}:
        if placed.mode is Mode.UNIFIED:
            return f"{free} of what its GPU may use stays free on the {name}"
        return f"{free} of {'each GPU' if len(placed.gpus) > 1 else f'the {name}'} stays free"
    if placed.mode is Mode.MOE_OFFLOAD:
        return f"experts of {placed.cpu_moe_layers} layers wait in host memory, {free} of which stays free"
    if placed.mode is Mode.SPLIT:
        share = f"{placed.gpu_layers} of {placed.layers_total} layers"
        return f"{share} on the GPU; {free} of host memory stays free"
    return f"on the CPU, {free} of its memory stays free"


def speed_parts(found: Estimate) -> list[str]:
    """Speed of one stream with its band and basis, and how long the first token takes."""
    speed = found.speed
    if speed.decode_tok_s is None:
        return ["speed unknown: the bandwidth is not known"]
    low, high = amounts.rate(speed.decode_low), amounts.rate(speed.decode_high)
    would = "" if found.rating.level else "if it ran, "
    middle = amounts.rate(speed.decode_tok_s)
    each = " each slot alone" if found.scenario.settings.parallel > 1 else ""
    parts = [f"{would}about {middle} tok/s{each} ({low} to {high}, {speed.basis.value})"]
    if speed.time_to_first_token_s is not None and found.rating.level:
        first = amounts.seconds(speed.time_to_first_token_s)
        prompt = found.scenario.settings.prompt
        parts.append(f"first token after about {first} of a {prompt:,}-token prompt")
    return parts


def size_parts(found: Estimate) -> list[str]:
    """The download, and what it keeps of the model."""
    parts = [f"file {'' if found.weights.exact else 'about '}{amounts.gb(found.weights.file_bytes)}"]
    return [*parts, *filter(None, (agreement_words(found),))]


def more_lines(found: Estimate) -> list[str]:
    """What all slots reach together, what a quantized KV cache costs, what is repacked; none without any."""
    asked = (throughput_words(found), cache_words(found))
    return [*[line for line in asked if line], *repacked_words(found)]


def repacked_words(found: Estimate) -> list[str]:
    """What the host lays out anew for its CPU, and what becomes of the mapped file; none where all stays."""
    anew = found.placement.repacked_bytes
    if anew is None:
        return ["which weights the CPU repacks is not known: –"]
    if not anew:
        return []
    return [
        f"{amounts.gib(anew)} of the host's weights are repacked for its CPU: their pages of the mapped file "
        "stay in view beside them, and are dropped when memory is short"
    ]


PART_NAMES = {PartKind.PROJECTOR: "projector", PartKind.ADAPTER: "adapter", PartKind.DRAFT: "draft model"}


def beside_lines(found: Estimate) -> list[str]:
    """What is loaded beside the model, and the memory each takes."""
    return [f"{PART_NAMES[one.part.kind]} {one.part.name}: {_part_amounts(one)}" for one in found.parts]


def _part_amounts(one: PartBytes) -> str:
    whole = amounts.gib(one.device_bytes + one.host_bytes)
    if one.part.kind is not PartKind.DRAFT:
        return f"{whole}, file {amounts.gb(one.part.file_bytes)}"
    parts = (("weights", one.weights_bytes), ("cache", one.cache_bytes), ("compute", one.compute_bytes))
    return f"{whole} ({', '.join(f'{name} {amounts.gib(size, unit=False)}' for name, size in parts)})"


def context_line(found: Estimate, most: int | None) -> str:
    """How far the context can go."""
    if most is None:
        return "not even the shortest context fits"
    own = most == found.scenario.model.context_max
    return f"most context here {most:,} tokens{', its own maximum' if own else ''}"


def default_line(found: Estimate) -> str | None:
    """What llama.cpp would do by itself, where that is something else."""
    beside = compared(found)
    if beside is None:
        return None
    placed, ours = beside.default.placement, found.placement
    alike = [load.layers for load in placed.loads] == [load.layers for load in ours.loads]
    if alike and beside.default.overrides <= ours.cpu_moe_layers:
        return None
    where = f"{placed.gpu_layers} of {placed.layers_total} layers on the GPU"
    if beside.default.overrides and placed.mode is Mode.MOE_OFFLOAD:
        where += f", experts of {beside.default.overrides} on the host"
    speed = f": about {amounts.rate(beside.decode_tok_s)} tok/s" if beside.decode_tok_s else ""
    gain = f"; this is {beside.gain:.0%} faster" if beside.gain and beside.gain >= 0.01 else ""
    return f"llama.cpp by itself (--fit) puts {where}{speed}{gain}"


def rule_line(found: Estimate) -> str:
    """What the usual rule of thumb says, for comparison."""
    scenario = found.scenario
    machine: Machine = scenario.machine
    vendor = machine.gpus[0].vendor if machine.gpus else None
    rule = rule_of_thumb(scenario.model, found.arch, scenario.quant, vendor, machine.bandwidth_bytes_per_s)
    if rule.weights_gb is None:
        return "the rule of thumb has no figure for this type"
    speed = f", {rule.decode_tok_s:,.0f} tok/s" if rule.decode_tok_s else ""
    return f"rule of thumb: file {rule.weights_gb} GB, {rule.vram_gb} GB VRAM{speed}"
