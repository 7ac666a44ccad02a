"""A plan as JSON, CSV, Markdown and tables for people."""

from llmfit_tui.core.engines.formats import MADE
from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.ranking.plan import Group, Offer, Plan
from llmfit_tui.core.ranking.stepup import Step, StepUp
from llmfit_tui.core.ranking.wish import LEAST_BITS, Wish
from llmfit_tui.core.rating import LABELS
from llmfit_tui.format import amounts
from llmfit_tui.format.document import Document, estimate_document
from llmfit_tui.format.tabular import csv_of_rows, markdown_of_rows

TITLES = {
    Group.CONSUMER: "Desktop cards",
    Group.LAPTOP: "Laptop GPUs",
    Group.WORKSTATION: "Workstation cards",
    Group.MAC: "Macs",
    Group.UNIFIED: "Other unified memory",
    Group.SERVER: "Server cards and accelerators",
    Group.SEVERAL: "Several cards",
    Group.CPU: "CPUs alone",
}
COLUMNS = (
    "group",
    "hardware",
    "count",
    "memory_gib",
    "quantization",
    "used_gib",
    "headroom_percent",
    "rating",
    "decode_tok_s",
    "decode_low",
    "decode_high",
    "placement",
    "release_date",
    "price_usd",
)
_KEPT = ("quantization", "settings", "memory", "placement", "rating", "speed", "quality")


def plan_document(wish: Wish, found: Plan, own: StepUp | None) -> Document:
    """The whole plan. No price is known from a source yet, so every `price_usd` is null."""
    return {
        **wanted_document(wish),
        "hardware": [_offer(offer) for offer in found.offers],
        "left_out": found.left_out,
        "own": _own(own),
    }


def wanted_document(wish: Wish) -> Document:
    """The model and what is asked of hardware for it."""
    return {
        "model": {"id": wish.model.id, "name": wish.model.name},
        "wanted": {
            "context": wish.settings.context,
            "parallel": wish.settings.parallel,
            "min_tok_s": wish.wanted.min_tok_s,
            "min_level": wish.least_level,
            "quantizations": [quant.name for quant in wish.quants],
        },
    }


def _offer(offer: Offer) -> Document:
    machine = offer.estimate.scenario.machine
    return {
        "name": machine.name,
        "group": offer.group.value,
        "kind": offer.device.kind.value,
        "count": offer.count,
        "memory_bytes": machine.memory_bytes,
        "release_date": offer.device.release_date,
        "price_usd": None,
        "assumed": list(machine.assumed),
        **estimate_parts(offer.estimate),
    }


def _own(own: StepUp | None) -> Document | None:
    if own is None:
        return None
    return {
        "hardware": own.estimate.scenario.machine.name if own.estimate else None,
        "missing": own.missing,
        **(estimate_parts(own.estimate) if own.estimate else {}),
        "steps": [_step(step) for step in own.steps],
    }


def _step(step: Step) -> Document:
    return {"change": step.words, "price_usd": None, **estimate_parts(step.estimate)}


def estimate_parts(found: Estimate) -> Document:
    """What of an estimate stands in a row of hardware."""
    whole = estimate_document(found, None)
    return {key: whole[key] for key in _KEPT}


def as_csv(found: Plan) -> str:
    """One line for each offer; unknown is empty."""
    return "".join(csv_of_rows(COLUMNS, map(_cells, found.offers)))


def as_markdown(found: Plan) -> str:
    """A table; unknown is a dash."""
    return markdown_of_rows(COLUMNS, map(_cells, found.offers))


def _cells(offer: Offer) -> tuple[object, ...]:
    found, machine = offer.estimate, offer.estimate.scenario.machine
    speed, headroom = found.speed, found.rating.headroom_fraction
    rates = (speed.decode_tok_s, speed.decode_low, speed.decode_high)
    return (
        offer.group.value,
        machine.name,
        offer.count,
        round(machine.memory_bytes / amounts.GIB, 1),
        found.scenario.quant.name,
        round(found.total_bytes / amounts.GIB, 2),
        None if headroom is None else round(headroom * 100, 1),
        found.rating.label,
        *(None if one is None else round(one, 1) for one in rates),
        found.placement.mode.value,
        offer.device.release_date,
        None,
    )


def print_plan(wish: Wish, found: Plan, own: StepUp | None, most: int | None) -> None:
    """What was asked, each group with its least hardware first, and the steps from the own machine."""
    from llmfit_tui.format.listings import console, table

    out = console()
    out.print(asked_words(wish), style="bold", soft_wrap=True)
    made = table(
        ("hardware", False),
        ("memory", True),
        ("quantization", False),
        ("placement", False),
        ("used", True),
        ("free", True),
        ("tok/s", True),
        ("from", False),
        ("rating", False),
    )
    for group in Group:
        offers = found.of(group)
        if offers:
            made.add_row(f"[bold]{TITLES[group]}[/], {len(offers)} in all")
            for offer in offers[:most]:
                made.add_row(*_row(offer))
            made.add_section()
    if found.offers:
        out.print(made)
    if not found.offers:
        out.print("No hardware of the catalog does that, nor eight of one card.")
    elif most is not None and any(len(found.of(group)) > most for group in Group):
        out.print(f"The least memory first, {most} of each; --top all shows every one.", style="dim")
    for reason, count in found.left_out.items():
        out.print(f"left out, {reason}: {count}", style="dim")
    if own is not None:
        print_own(own)


def asked_words(wish: Wish) -> str:
    """What hardware is looked for, in a line."""
    settings, wanted = wish.settings, wish.wanted
    words = f"{wish.model.name} with {settings.context:,} tokens of context"
    if settings.parallel > 1:
        words += f" in {settings.parallel} slots"
    if len(wish.quants) == 1:
        words += f" at {wish.quants[0].name}"
    elif wanted.min_agree_percent is not None:
        words += f", agreeing with 16 bit on {wanted.min_agree_percent:g}% of tokens or more"
    else:
        own = wish.settings.engine in MADE
        words += f", in {LEAST_BITS:g} bits or more" if own else ", as close to 16 bit as Q4_K_M or closer"
    if wanted.min_tok_s is not None:
        return f"{words}, {wanted.min_tok_s:g} tok/s or more"
    return f"{words}, rated {LABELS[wish.least_level].lower()} or better"


def _row(offer: Offer) -> tuple[str, ...]:
    found, machine = offer.estimate, offer.estimate.scenario.machine
    released = offer.device.release_date
    return (
        f"  {machine.name}",
        amounts.gib(machine.memory_bytes),
        found.scenario.quant.name,
        found.placement.mode.value,
        amounts.gib(found.total_bytes),
        amounts.percent(found.rating.headroom_fraction),
        amounts.rate(found.speed.decode_tok_s),
        released[:4] if released else amounts.DASH,
        found.rating.label,
    )


def print_own(own: StepUp) -> None:
    """The own machine, and what would make it do."""
    from llmfit_tui.format.listings import console

    out = console()
    name = own.estimate.scenario.machine.name if own.estimate else "your machine"
    if own.missing is None and own.estimate is not None:
        out.print(f"{name} does it already: {_short(own.estimate)}.", soft_wrap=True)
        return
    out.print(f"{name}: {own.missing}." + (" What would do:" if own.steps else ""), soft_wrap=True)
    for step in own.steps:
        out.print(f"  {step.words}: {_short(step.estimate)}", soft_wrap=True)
    if not own.steps:
        out.print("No single step found makes it do that.")


def _short(found: Estimate) -> str:
    rate = amounts.rate(found.speed.decode_tok_s)
    return f"{found.rating.label.lower()} at {found.scenario.quant.name}, about {rate} tok/s"
