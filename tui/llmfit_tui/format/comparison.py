"""Scenarios side by side: one row for each figure, what differs first, the best of each marked."""

from collections.abc import Callable, Sequence

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.record import record
from llmfit_tui.format import amounts
from llmfit_tui.format.devices import machine_name

Number = Callable[[Estimate], float | None]


@record
class Figure:
    """One row: a cell for each scenario."""

    name: str
    cells: tuple[str, ...]
    best: frozenset[int]
    """Places of the best value, where one is better than another."""

    @property
    def differs(self) -> bool:
        """Whether the scenarios differ in it."""
        return len(set(self.cells)) > 1


def compared(found: Sequence[Estimate]) -> tuple[Figure, ...]:
    """All figures: those that differ, then those that are alike, each in the order of the table."""
    rows = [_figure(found, *row) for row in _TABLE]
    return (*(row for row in rows if row.differs), *(row for row in rows if not row.differs))


def _figure(
    found: Sequence[Estimate], name: str, text: Callable[[Estimate], str], number: Number | None, most: bool
) -> Figure:
    cells = tuple(text(one) for one in found)
    values = [number(one) if number else None for one in found]
    known = [value for value in values if value is not None]
    if len(set(cells)) < 2 or len(known) < 2:
        return Figure(name, cells, frozenset())
    best = max(known) if most else min(known)
    shown = {cell for cell, value in zip(cells, values, strict=True) if value == best}
    # What reads the same is as good.
    places = frozenset(place for place, cell in enumerate(cells) if cell in shown)
    return Figure(name, cells, places)


def _band(found: Estimate) -> str:
    speed = found.speed
    if speed.decode_low is None:
        return amounts.DASH
    return f"{amounts.rate(speed.decode_low)} to {amounts.rate(speed.decode_high)}"


def _score(use: str) -> tuple[Callable[[Estimate], str], Number]:
    def number(found: Estimate) -> float | None:
        score = found.scenario.model.capability.get(use)
        return score.value if score else None

    def text(found: Estimate) -> str:
        score = found.scenario.model.capability.get(use)
        return f"{score.value:.0f} ± {score.standard_error:.0f}" if score else amounts.DASH

    return text, number


def _agree(found: Estimate) -> float | None:
    return found.quality.agree_percent if found.quality else None


def _cache_type(found: Estimate) -> str:
    settings = found.scenario.settings
    kinds = dict.fromkeys((settings.kv_type_k.value, settings.kv_type_v.value))
    return ",".join(kinds)


def _runs(number: Number) -> Number:
    """The number, where the scenario runs at all."""
    return lambda found: number(found) if found.rating.level else None


def _speed(found: Estimate) -> str:
    return amounts.rate(found.speed.decode_tok_s) if found.rating.level else amounts.DASH


Row = tuple[str, Callable[[Estimate], str], Number | None, bool]
_TABLE: tuple[Row, ...] = (
    ("model", lambda found: found.scenario.model.name, None, True),
    ("quantization", lambda found: found.scenario.quant.name, None, True),
    ("hardware", lambda found: machine_name(found.scenario.machine.name), None, True),
    ("context", lambda found: f"{found.scenario.settings.context:,}", None, True),
    ("KV type", _cache_type, None, True),
    ("slots", lambda found: str(found.scenario.settings.parallel), None, True),
    ("rating", lambda found: found.rating.label, lambda found: found.rating.level, True),
    (
        "memory free",
        lambda found: amounts.percent(found.rating.headroom_fraction),
        lambda found: found.rating.headroom_fraction,
        True,
    ),
    ("tok/s", _speed, _runs(lambda found: found.speed.decode_tok_s), True),
    ("tok/s, band", _band, None, True),
    (
        "first token",
        lambda found: amounts.seconds(found.speed.time_to_first_token_s),
        _runs(lambda found: found.speed.time_to_first_token_s),
        False,
    ),
    ("agreement", lambda found: amounts.agreement(_agree(found)), _agree, True),
    ("general score", *_score("general"), True),
    ("coding score", *_score("coding"), True),
    ("VRAM", lambda found: amounts.gib(found.vram_bytes), lambda found: found.vram_bytes, False),
    (
        "file",
        lambda found: amounts.gb(found.weights.file_bytes),
        lambda found: found.weights.file_bytes,
        False,
    ),
    ("KV cache", lambda found: amounts.gib(found.cache.attention_bytes), None, False),
    ("parameters", lambda found: amounts.count(found.scenario.model.parameters), None, True),
    (
        "context, most",
        lambda found: amounts.tokens(found.scenario.model.context_max),
        lambda found: found.scenario.model.context_max,
        True,
    ),
    ("licence", lambda found: found.scenario.model.license or amounts.DASH, None, True),
)
