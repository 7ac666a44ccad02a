"""Tokens per second against the tokens already in the cache, with the band measurements lie in."""

from collections.abc import Sequence

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.rating import LABELS, SPEED_LEVELS
from llmfit_tui.format import amounts
from llmfit_tui.format.charts.chart import Border, Chart, Spot
from llmfit_tui.format.charts.scale import Scale

ROOM = 1.05
LEAST_SHARE = 0.1
"""Of the chart's height between two borders worth drawing."""


def speed_chart(found: Sequence[Estimate], at: int) -> Chart | None:
    """The estimates by rising depth; None where the speed is not known."""
    known = [one for one in found if one.speed.decode_tok_s is not None]
    if len(known) < 2:
        return None
    xs = tuple(float(one.scenario.settings.depth) for one in known)
    highs = [one.speed.decode_high or one.speed.decode_tok_s or 0.0 for one in known]
    most = max(highs) * ROOM
    return Chart(
        "tok/s",
        "tokens already in the cache",
        Scale(xs[0], xs[-1], False, lambda value: amounts.tokens(round(value)), xs[::2]),
        Scale(0.0, most),
        tuple(_spot(one) for one in known),
        min(at, len(known) - 1),
        xs,
        curve=tuple(one.speed.decode_tok_s or 0.0 for one in known),
        band=tuple((one.speed.decode_low or 0.0, high) for one, high in zip(known, highs, strict=True)),
        borders=_borders(most),
        legend=(
            ("curve", f"tok/s of one stream, {known[0].speed.basis.value}"),
            ("band", "four measurements in five lie here"),
        ),
    )


def _borders(most: float) -> tuple[Border, ...]:
    """Speeds from which a rating is reached, where they lie apart on the chart."""
    borders: list[Border] = []
    for least, level in SPEED_LEVELS[:-1]:
        above = borders[-1].y if borders else most
        if min(least, above - least) >= most * LEAST_SHARE:
            borders.append(Border(least, f"{LABELS[level].lower()} from {least:g}"))
    return tuple(borders)


def _spot(found: Estimate) -> Spot:
    speed, depth = found.speed, found.scenario.settings.depth
    name = f"{depth:,} tokens in the cache" if depth else "an empty cache"
    low, high = amounts.rate(speed.decode_low), amounts.rate(speed.decode_high)
    words = [f"about {amounts.rate(speed.decode_tok_s)} tok/s ({low} to {high}, {speed.basis.value})"]
    if speed.decode_tok_s:
        words.append(f"{amounts.seconds(1 / speed.decode_tok_s)} a token")
        words.append(f"a page of 500 tokens in {amounts.seconds(500 / speed.decode_tok_s)}")
    return Spot(float(depth), speed.decode_tok_s or 0.0, name, tuple(words))
