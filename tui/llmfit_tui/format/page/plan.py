"""A plan as a page: what is asked, the steps up from the present machine, and the hardware by group."""

from collections.abc import Iterable

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.ranking.plan import Group, Offer, Plan
from llmfit_tui.core.ranking.stepup import StepUp
from llmfit_tui.core.ranking.wish import Wish
from llmfit_tui.format import amounts
from llmfit_tui.format.devices import machine_name, short_name
from llmfit_tui.format.page.page import Page, Row, Section, Shape
from llmfit_tui.format.plans import TITLES, asked_words

LEFT = (Group.CONSUMER, Group.LAPTOP, Group.WORKSTATION, Group.CPU)
"""Groups that stand in the left one of two columns."""
HEADS = ("hardware", "memory", "quant", "tok/s", "free", "used", "from")
STEP_HEADS = ("step", "quant", "tok/s", "free")


def plan_page(wish: Wish, found: Plan, own: StepUp, machine: str, left: int, most: int | None) -> Page:
    """So many rows of each group at most; `left`: devices still to be tried, -1 while steps are searched."""
    asked = Section("Plan", Shape.TEXT, (Row((f"What runs {asked_words(wish)}?",)),), note=_progress(left))
    step = _own(own, machine_name(machine), left)
    groups = {group: _group(TITLES[group], found.of(group), most) for group in Group if found.of(group)}
    out = _left_out(found)
    if not groups and not left:
        nothing = "No hardware of the catalog does that, nor eight of one card."
        return Page(
            (asked, step), (out,), (asked, Section("Nothing", Shape.TEXT, (Row((nothing,)),)), step, out)
        )
    one = groups.values()
    sides = [section for group, section in groups.items() if group in LEFT]
    others = [section for group, section in groups.items() if group not in LEFT]
    return Page((asked, step, *sides), (*others, out), (asked, step, *one, out))


def _progress(left: int) -> str:
    if left < 0:
        return "looking for the smallest step ..."
    return f"{left} devices still to be tried" if left else "memory in GiB"


def _own(own: StepUp, name: str, left: int) -> Section:
    """What the present machine lacks, and what would make it do."""
    title = f"Steps up from {name}"
    if own.missing is None and own.estimate is not None:
        said = f"It does that already: {_short(own.estimate)}."
        return Section(name, Shape.TEXT, (Row((said,)),))
    rows = [
        Row((step.words, *_figures(step.estimate)), step.estimate.scenario, step.estimate.rating.level)
        for step in own.steps
    ]
    note = f"now: {own.missing}"
    if not rows:
        said = "No single step found makes it do that." if not left else "The steps follow once all is tried."
        return Section(title, Shape.TEXT, (Row((said,)),), note=note)
    return Section(title, Shape.TABLE, tuple(rows), STEP_HEADS, note=note)


def _short(found: Estimate) -> str:
    rate = amounts.rate(found.speed.decode_tok_s)
    return f"{found.rating.label.lower()} at {found.scenario.quant.name}, about {rate} tok/s"


def _figures(found: Estimate) -> tuple[str, str, str]:
    free = amounts.percent(found.rating.headroom_fraction)
    return found.scenario.quant.name, amounts.rate(found.speed.decode_tok_s), free


def _group(title: str, offers: tuple[Offer, ...], most: int | None) -> Section:
    """The least memory first."""
    shown = offers[:most]
    note = f"{len(shown)} of {len(offers)}" if len(shown) < len(offers) else f"{len(offers)}"
    return Section(title, Shape.TABLE, tuple(map(_row, shown)), HEADS, note=note)


def _row(offer: Offer) -> Row:
    found, machine = offer.estimate, offer.estimate.scenario.machine
    quant, speed, free = _figures(found)
    released = offer.device.release_date
    name = short_name(offer.device)
    cells = (
        name if offer.count == 1 else f"{offer.count}x {name}",
        amounts.gib(machine.memory_bytes, unit=False),
        quant,
        speed,
        free,
        amounts.gib(found.total_bytes, unit=False),
        released[:4] if released else amounts.DASH,
    )
    return Row(cells, found.scenario, found.rating.level)


def _left_out(found: Plan) -> Section:
    rows: Iterable[Row] = (
        Row((reason, f"{count} devices"))
        for reason, count in sorted(found.left_out.items(), key=lambda p: -p[1])
    )
    return Section("Left out, one of each", Shape.FACTS, tuple(rows))
