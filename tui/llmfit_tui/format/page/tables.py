"""The tables of a model's page: its quantizations, and the hardware that runs it."""

from collections.abc import Callable, Iterable, Sequence

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.hardware.device import Device, DeviceKind
from llmfit_tui.core.quant import Quant
from llmfit_tui.format import amounts
from llmfit_tui.format.devices import memory_label, short_name
from llmfit_tui.format.page.page import Row, Section, Shape

MOST_NAMED = 4
WELL = 4
"""The rating from which hardware is said to run a model well."""
Pair = tuple[Device, Estimate]


def quantizations(
    found: Sequence[Estimate],
    needs: Callable[[Estimate, int], int | None],
    recommended: Quant | None,
    present: Quant,
    left: int,
) -> Section:
    """Every quantization with what it needs at the present context and at the model's own.

    `needs`: bytes of an estimate's scenario at a context, on a GPU that holds all of it.
    """
    rows: list[Row] = []
    context = found[0].scenario.settings.context if found else 0
    own = found[0].scenario.model.context_max if found else None
    for one in found:
        quant, quality = one.scenario.quant, one.quality
        star = " ★" if quant is recommended else ""
        rows.append(
            Row(
                (
                    f"{quant.name}{star}",
                    ("" if one.weights.exact else "~") + amounts.gb(one.weights.file_bytes),
                    amounts.gib(needs(one, context), unit=False),
                    amounts.agreement(quality.agree_percent if quality else None),
                    amounts.rate(one.speed.decode_tok_s) if one.rating.level else amounts.DASH,
                    amounts.gib(needs(one, own), unit=False) if own else amounts.DASH,
                    amounts.bits(one.weights.bits_per_weight),
                ),
                quant,
                one.rating.level,
                quant.name == present.name,
            )
        )
    heads = (
        "quantization",
        "file",
        "GiB",
        "agrees",
        "tok/s",
        f"@{amounts.tokens(own)}" if own else "@max",
        "bits",
    )
    note = f"{left} to come" if left else "GiB with all of it on a GPU; ★ recommended"
    return Section("Quantizations", Shape.TABLE, tuple(rows), heads, note=note)


def hardware(found: Sequence[Pair], left: int) -> list[Section]:
    """How many GPUs and chips with unified memory run the scenario, the fastest and the least of them."""
    if left:
        return [
            Section("Hardware that runs it", Shape.TEXT, (Row((f"{left} devices still to be tried ...",)),))
        ]
    made: list[Section] = []
    for title, those in (("GPUs", _gpus(found)), ("Unified memory", _unified(found))):
        runs = [pair for pair in those if pair[1].rating.level]
        well = [pair for pair in runs if pair[1].rating.level >= WELL]
        rows = [*_rows("fastest", fastest(well)), *_rows("least", least(well))]
        heads = ("", "hardware", "memory", "tok/s")
        title = f"{title}: {len(runs)} of {len(those)} run it, {len(well)} well"
        made.append(Section(title, Shape.TABLE, tuple(rows), heads, 2))
    return made


def _rows(word: str, pairs: Iterable[Pair]) -> list[Row]:
    return [
        Row(
            (word, short_name(device), memory_label(device), amounts.rate(one.speed.decode_tok_s)),
            device,
            one.rating.level,
        )
        for device, one in pairs
    ]


def _gpus(found: Sequence[Pair]) -> list[Pair]:
    others = {DeviceKind.UNIFIED, DeviceKind.CPU, DeviceKind.NPU}
    return [pair for pair in found if pair[0].kind not in others]


def _unified(found: Sequence[Pair]) -> list[Pair]:
    return [pair for pair in found if pair[0].unified]


def macs(found: Sequence[Pair]) -> list[Pair]:
    """Chips of Apple."""
    return [pair for pair in _unified(found) if pair[0].vendor == "Apple"]


def fastest(found: Iterable[Pair], most: int = MOST_NAMED) -> list[Pair]:
    """By decode speed, one memory option of each card."""
    return _one_each(sorted(found, key=lambda pair: -(pair[1].speed.decode_tok_s or 0.0)), most)


def least(found: Iterable[Pair], most: int = MOST_NAMED) -> list[Pair]:
    """By memory, the faster of equal memory first."""
    order = sorted(found, key=lambda pair: (pair[0].memory_bytes or 0, -(pair[1].speed.decode_tok_s or 0.0)))
    return _one_each(order, most)


def _one_each(order: Iterable[Pair], most: int) -> list[Pair]:
    cards: dict[str, Pair] = {}
    for pair in order:
        cards.setdefault(pair[0].card, pair)
        if len(cards) == most:
            break
    return list(cards.values())
