"""All figures of an estimate, each with its derivation."""

from collections.abc import Callable, Iterator

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.rating import HEADROOM_LEVELS, SPEED_LEVELS, headroom_level, speed_level
from llmfit_tui.core.record import record
from llmfit_tui.core.why import memory
from llmfit_tui.core.why.terms import Sum
from llmfit_tui.format import amounts
from llmfit_tui.format.devices import machine_name
from llmfit_tui.format.why.memory import (
    cache_rows,
    compute_rows,
    driver_rows,
    memory_rows,
    state_rows,
    weights_rows,
)
from llmfit_tui.format.why.quality import cache_quality_rows, quality_rows
from llmfit_tui.format.why.rows import BLANK, Row, note
from llmfit_tui.format.why.speed import decode_rows, prefill_rows
from llmfit_tui.format.why.terms import amount


@record
class Derivation:
    """A figure and what it is made of."""

    key: str
    name: str
    figure: str
    rows: tuple[Row, ...]


def derivations(found: Estimate) -> tuple[Derivation, ...]:
    """The figures an estimate has, in the order people ask for them."""
    told = ((key, name, figure(found), rows) for key, name, figure, rows in FIGURES)
    return tuple(Derivation(key, name, said, tuple(rows(found))) for key, name, said, rows in told if said)


def rating_rows(found: Estimate) -> Iterator[Row]:
    """The lower of a level for free memory and a level for speed."""
    rating, speed = found.rating, found.speed.decode_tok_s
    share = rating.headroom_fraction
    if share is not None:
        level = f"level {headroom_level(share)}"
        steps = _steps(HEADROOM_LEVELS, "{:.0%} free")
        yield Row("memory", level, f"{_limiting(found, share)} ({steps})")
    if speed is None:
        yield Row("speed: unknown, so it does not count", "")
    else:
        level = f"level {speed_level(speed)}"
        yield Row("speed", level, f"{amounts.rate(speed)} tok/s ({_steps(SPEED_LEVELS, '{:g} tok/s')})")
    yield Row("the lower of them", f"level {rating.level}", kind="total")
    yield BLANK
    yield note(f"{rating.label}: {rating.reason}.")


def _limiting(found: Estimate, share: float) -> str:
    """The pool whose free share decides."""
    for load in found.placement.loads:
        if load.capacity_bytes and load.free_bytes / load.capacity_bytes == share:
            free, whole = amounts.gib(load.free_bytes, unit=False), amounts.gib(load.capacity_bytes)
            return f"{free} of {whole} free on the {machine_name(load.name)}, {share:.0%}"
    return f"{share:.0%} free"


def _steps(levels: tuple[tuple[float, int], ...], shape: str) -> str:
    return ", ".join(f"{shape.format(least)}: {level}" for least, level in levels)


def _of(make: Callable[[Estimate], Sum]) -> Callable[[Estimate], str]:
    """The figure of a sum; empty where it is nothing."""

    def figure(found: Estimate) -> str:
        made = make(found)
        return amount(made.total, made.unit) if made.total else ""

    return figure


def _cache_agreement(found: Estimate) -> str:
    """Empty for a cache in 16 bits, which loses nothing."""
    cache = found.cache_quality
    if cache is not None and cache.agree_percent == 100:
        return ""
    return amounts.agreement(cache.agree_percent if cache else None)


def _agreement(found: Estimate) -> str:
    return amounts.agreement(found.quality.agree_percent if found.quality else None)


FIGURES: tuple[tuple[str, str, Callable[[Estimate], str], Callable[[Estimate], Iterator[Row]]], ...] = (
    ("rating", "rating", lambda found: found.rating.label, rating_rows),
    ("memory", "memory", lambda found: amounts.gib(found.vram_bytes), memory_rows),
    ("weights", "weights", _of(memory.loaded_sum), weights_rows),
    ("cache", "KV cache", _of(memory.cache_sum), cache_rows),
    ("state", "recurrent state", _of(memory.state_sum), state_rows),
    ("compute", "compute", _of(memory.compute_sum), compute_rows),
    ("driver", "driver", _of(memory.overhead_sum), driver_rows),
    ("decode", "tok/s", lambda found: amounts.rate(found.speed.decode_tok_s), decode_rows),
    ("prefill", "prompt tok/s", lambda found: amounts.rate(found.speed.prefill_tok_s), prefill_rows),
    ("quality", "agreement", _agreement, quality_rows),
    ("kv quality", "KV agreement", _cache_agreement, cache_quality_rows),
)
