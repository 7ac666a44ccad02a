"""What people ask about a model, answered in sentences."""

from collections.abc import Sequence

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.hardware.device import Device
from llmfit_tui.core.placement.placement import Mode
from llmfit_tui.core.rating import BEST_LEVEL, LABELS
from llmfit_tui.format import amounts
from llmfit_tui.format.devices import machine_name, memory_label, short_name
from llmfit_tui.format.engine_names import ENGINE_NAMES
from llmfit_tui.format.page.page import Row, Section, Shape
from llmfit_tui.format.page.tables import Pair, fastest, least, macs
from llmfit_tui.format.verdict import verdict


def answers(
    present: Estimate,
    found: Sequence[Estimate],
    recommended: Estimate | None,
    need_bytes: int | None,
    full_bytes: int | None,
    hardware: Sequence[Pair] | None,
) -> Section:
    """Questions and answers; what rests on all quantizations or all hardware waits until both are known.

    `need_bytes` and `full_bytes`: at the present context and at the model's own, wholly on a GPU. `hardware`:
    every device of the catalog with its estimate; None while they are being made.
    """
    rows = [
        ("How much VRAM does it need?", _memory(present, need_bytes, full_bytes)),
        ("Will it run here?", _here(present)),
        ("Which quantization is best?", _best(present, recommended)),
        ("Can a Mac run it?", _mac(present, hardware)),
        ("How fast is it?", _fast(present, hardware)),
        ("How large is the download?", _download(present, found)),
    ]
    return Section("Answers", Shape.ANSWERS, tuple(Row(row) for row in rows if row[1]))


def _at(found: Estimate) -> str:
    return f"At {found.scenario.quant.name} with {found.scenario.settings.context:,} tokens"


def _memory(present: Estimate, need: int | None, full: int | None) -> str:
    own = present.scenario.model.context_max
    said = f"{_at(present)}, {amounts.gib(need)} where all of it is on one GPU"
    kind = present.scenario.settings.kv_type_k.value
    said += f", {amounts.gib(present.cache.attention_bytes)} of it KV cache ({kind})."
    if own and full is not None and own != present.scenario.settings.context:
        said += f" With its full {own:,} tokens, {amounts.gib(full)}."
    return said


def _here(present: Estimate) -> str:
    where = machine_name(present.scenario.machine.name)
    label = LABELS[present.rating.level]
    return f"{where}: {label[:1].lower()}{label[1:]}; {verdict(present)}."


def _best(present: Estimate, recommended: Estimate | None) -> str:
    if recommended is None:
        return ""
    where = machine_name(present.scenario.machine.name)
    name, level = recommended.scenario.quant.name, recommended.rating.level
    if not level:
        return f"None fits on {where} at this context."
    how = "runs great" if level == BEST_LEVEL else f"reaches the best rating there, “{LABELS[level].lower()}”"
    agrees = recommended.quality.agree_percent if recommended.quality else None
    said = f"On {where}, {name}: the best quality that {how}"
    return f"{said}, agreeing with 16 bit on {agrees:.0f}% of tokens." if agrees is not None else f"{said}."


def _mac(present: Estimate, hardware: Sequence[Pair] | None) -> str:
    if hardware is None:
        return ""
    those = macs(hardware)
    runs = [pair for pair in those if pair[1].rating.level]
    if not those:
        return f"Not in {ENGINE_NAMES[present.scenario.settings.engine]}."
    if not runs:
        return f"{_at(present)}, none of {len(those)} Macs does."
    device, one = least(runs, 1)[0]
    said = f"Yes, {len(runs)} of {len(those)} do, counting each memory option. The least is "
    said += f"the {_called(device)} at about {amounts.rate(one.speed.decode_tok_s)} tok/s"
    quick, best = fastest(runs, 1)[0]
    if quick is not device:
        said += f"; the fastest, the {_called(quick)}, reaches about {amounts.rate(best.speed.decode_tok_s)}"
    return f"{said}."


def _called(device: Device) -> str:
    return f"{short_name(device)} with {memory_label(device)}"


def _fast(present: Estimate, hardware: Sequence[Pair] | None) -> str:
    speed = present.speed
    where = machine_name(present.scenario.machine.name)
    said = ""
    if speed.decode_tok_s is not None and present.rating.level:
        band = f"{amounts.rate(speed.decode_low)} to {amounts.rate(speed.decode_high)}, {speed.basis.value}"
        said = f"On {where} about {amounts.rate(speed.decode_tok_s)} tok/s ({band})"
        if present.placement.mode in {Mode.SPLIT, Mode.MOE_OFFLOAD}:
            said += ", part of it in host memory"
        said += ". "
    quickest = fastest([pair for pair in hardware or () if pair[1].rating.level], 1)
    if quickest:
        device, one = quickest[0]
        said += f"The fastest single device we know of is the {_called(device)}: "
        said += f"about {amounts.rate(one.speed.decode_tok_s)} tok/s."
    return said


def _download(present: Estimate, found: Sequence[Estimate]) -> str:
    about = "" if present.weights.exact else "about "
    said = f"{about}{amounts.gb(present.weights.file_bytes)} at {present.scenario.quant.name}"
    shipped = [one for one in found if one.scenario.quant.shipped]
    if len(shipped) > 1:
        small = min(shipped, key=lambda one: one.weights.file_bytes)
        large = max(shipped, key=lambda one: one.weights.file_bytes)
        ends = [f"{amounts.gb(one.weights.file_bytes)} ({one.scenario.quant.name})" for one in (small, large)]
        if small.weights.file_bytes < large.weights.file_bytes:
            said += f"; from {ends[0]} to {ends[1]}"
    return f"{said[:1].upper()}{said[1:]}."
