"""Where a model runs among one's own machines, as JSON, CSV, Markdown and a table for people."""

from collections.abc import Sequence

from llmfit_tui.core.ranking.fleet import Place
from llmfit_tui.core.ranking.wish import Wish
from llmfit_tui.core.seen.machine import grouped
from llmfit_tui.format import amounts
from llmfit_tui.format.document import Document
from llmfit_tui.format.plans import asked_words, estimate_parts, wanted_document
from llmfit_tui.format.tabular import csv_of_rows, markdown_of_rows

COLUMNS = (
    *("name", "hardware", "memory_gib", "quantization", "used_gib", "headroom_percent", "rating"),
    *("decode_tok_s", "decode_low", "decode_high", "placement", "missing"),
)


def fleet_document(wish: Wish, places: Sequence[Place]) -> Document:
    """Every machine, whether it does it or not; `missing` says why not."""
    return {**wanted_document(wish), "hardware": [_document(place) for place in places]}


def _hardware(place: Place) -> str | None:
    """What the machine consists of: a profile's own name says nothing of it."""
    machine = place.own.machine
    if machine is None:
        return None
    return grouped(machine.gpus) if machine.gpus else machine.name


def _document(place: Place) -> Document:
    machine = place.own.machine
    return {
        "name": place.own.name,
        "machine": _hardware(place),
        "kind": machine.kind if machine else None,
        "count": len(machine.gpus) if machine else None,
        "memory_bytes": machine.memory_bytes if machine else None,
        "price_usd": None,
        "missing": place.missing,
        "assumed": list(machine.assumed) if machine else [],
        **(estimate_parts(place.estimate) if place.estimate else {}),
    }


def as_csv(places: Sequence[Place]) -> str:
    """One line for each machine; unknown is empty."""
    return "".join(csv_of_rows(COLUMNS, map(_cells, places)))


def as_markdown(places: Sequence[Place]) -> str:
    """A table; unknown is a dash."""
    return markdown_of_rows(COLUMNS, map(_cells, places))


def _cells(place: Place) -> tuple[object, ...]:
    found, machine = place.estimate, place.own.machine
    memory = round(machine.memory_bytes / amounts.GIB, 1) if machine else None
    first = (place.own.name, _hardware(place), memory)
    if found is None:
        return (*first, *[None] * 8, place.missing)
    speed, headroom = found.speed, found.rating.headroom_fraction
    rates = (speed.decode_tok_s, speed.decode_low, speed.decode_high)
    return (
        *first,
        found.scenario.quant.name,
        round(found.total_bytes / amounts.GIB, 2),
        None if headroom is None else round(headroom * 100, 1),
        found.rating.label,
        *(None if one is None else round(one, 1) for one in rates),
        found.placement.mode.value,
        place.missing,
    )


def print_fleet(wish: Wish, places: Sequence[Place]) -> None:
    """What was asked, and every machine, the best place first."""
    from llmfit_tui.format.listings import console, table

    out = console()
    out.print(asked_words(wish), style="bold", soft_wrap=True)
    made = table(
        ("machine", False),
        ("hardware", False),
        ("quantization", False),
        ("placement", False),
        ("used", True),
        ("free", True),
        ("tok/s", True),
        ("rating", False),
    )
    for place in places:
        made.add_row(*_row(place))
    out.print(made)
    if all(place.missing for place in places):
        out.print("None of your machines does that; plan without --mine says what hardware would.")


def _row(place: Place) -> tuple[str, ...]:
    found = place.estimate
    first = (place.own.name, _hardware(place) or amounts.DASH)
    if found is None:
        return (*first, *[amounts.DASH] * 5, place.missing or "")
    short = place.missing if place.missing not in (None, "does not fit") else None
    return (
        *first,
        found.scenario.quant.name,
        found.placement.mode.value,
        amounts.gib(found.total_bytes),
        amounts.percent(found.rating.headroom_fraction),
        amounts.rate(found.speed.decode_tok_s),
        found.rating.label + (f" ({short})" if short and not short.startswith("only") else ""),
    )
