"""Speeds and quality derived."""

import math
from collections.abc import Iterator

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.speed import Basis
from llmfit_tui.core.speed.known import is_of
from llmfit_tui.core.why.speed import decode_sum, measurements_used, prompt_sum
from llmfit_tui.format import amounts
from llmfit_tui.format.why.rows import BLANK, Row, note, told

MOST_SOURCES = 8
"""Of measurements, named one by one."""


def decode_rows(found: Estimate) -> Iterator[Row]:
    """What was measured; else what one token takes, and what that is scaled by."""
    speed, settings = found.speed, found.scenario.settings
    made = decode_sum(found)
    if made is None or speed.decode_tok_s is None:
        yield note("Unknown: the bandwidth of a device that has work is not known.")
        return
    estimated = 1 / made.total if made.total else math.inf
    if speed.basis is Basis.MEASURED:
        yield from _measured(found)
        yield Row("the middle of them", _rate(speed.decode_tok_s), kind="total")
        yield BLANK
        yield Row("for comparison, the estimate", "", kind="head")
    yield from told(made, "one token")
    yield Row("a second ÷ one token", _rate(estimated), f"1 s ÷ {made.total * 1e3:.3g} ms")
    if speed.basis is not Basis.MEASURED:
        if abs(speed.decode_tok_s / estimated - 1) > 1e-9:
            yield Row("scaled by what was measured on it", f"× {speed.decode_tok_s / estimated:.3f}")
        yield Row("speed", _rate(speed.decode_tok_s), kind="total")
    yield BLANK
    if speed.basis is Basis.CALIBRATED:
        yield from _own_runs(found)
        yield BLANK
    low, high = amounts.rate(speed.decode_low), amounts.rate(speed.decode_high)
    measured = speed.basis is Basis.MEASURED
    repeats = measured or any(is_of(run, found.scenario) for run in found.scenario.machine.own_runs)
    within = "what runs differ by" if repeats else "where four measurements in five fall"
    yield note(f"Band: {low} to {high} tok/s, {within}.")
    if not measured:
        yield note(f"Basis: {speed.source}.")
    yield from _error(found)
    yield note(
        f"One stream with {settings.depth:,} tokens in the cache; the last factor of each line is fitted to "
        "published measurements of this class of hardware."
    )


def _own_runs(found: Estimate) -> Iterator[Row]:
    """The owner's runs that it follows, by name and date."""
    yield Row("runs of your own on this machine", "", kind="head")
    for run in found.scenario.machine.own_runs:
        beside = f"{amounts.rate(run.estimated_tok_s)} estimated then, {run.depth:,} tokens in the cache"
        yield Row(run.date, _rate(run.tok_s), f"{run.name}: {beside} ({run.source})")


def _error(found: Estimate) -> Iterator[Row]:
    """How far off the fit was where that could be held against measurements, and a measured memory."""
    told = found.evidence.speed.held_out.get("decode")
    if told:
        off, near = told["median_error_percent_over_kinds"], told["within_30_percent"]
        yield note(
            f"The fit was {off:.0f}% off (median) on hardware it had not seen, and {near:.0f}% of its "
            f"estimates within 30%: {told['kinds']:.0f} kinds and {told['rows']:,.0f} measurements."
        )
    rate = found.scenario.machine.read_rate
    if rate is not None and found.placement.host.active_bytes:
        said = f"{amounts.bandwidth(rate.bytes_per_s)}, {rate.date}: {rate.method}"
        yield note(f"Host memory as it was read on it: {said}.")


def _measured(found: Estimate) -> Iterator[Row]:
    measurements = found.evidence.measurements
    assert measurements is not None
    alike: dict[str, list[float]] = {}
    for tok_s, row in measurements_used(found):
        told = f"{measurements.words(row)}, {row.tokens} tokens after {row.depth:,}"
        alike.setdefault(told, []).append(tok_s)
    for told, speeds in list(alike.items())[:MOST_SOURCES]:
        low, high = amounts.rate(min(speeds)), amounts.rate(max(speeds))
        band = low if low == high else f"{low} to {high}"
        runs = "a run" if len(speeds) == 1 else f"{len(speeds)} runs"
        yield Row(runs, f"{band} tok/s", told)
    if len(alike) > MOST_SOURCES:
        yield note(f"and runs of {len(alike) - MOST_SOURCES} more setups")


def prefill_rows(found: Estimate) -> Iterator[Row]:
    """What one token of the prompt takes, and the time to the first token of the answer."""
    speed, settings = found.speed, found.scenario.settings
    made = prompt_sum(found)
    if made is None or speed.prefill_tok_s is None:
        yield note("Unknown: how fast weights travel to a GPU, or its arithmetic, is not known here.")
        return
    yield from told(made, "one token of the prompt")
    second = f"1 s ÷ {made.total * 1e6:.3g} µs"
    yield Row("prompt speed", _rate(speed.prefill_tok_s), second, kind="total")
    if speed.time_to_first_token_s is not None and speed.decode_tok_s:
        prompt = f"{settings.prompt:,} tokens ÷ {amounts.rate(speed.prefill_tok_s)} tok/s + one token"
        yield Row("time to the first token", amounts.seconds(speed.time_to_first_token_s), prompt)
    yield BLANK
    low, high = amounts.rate(speed.prefill_low), amounts.rate(speed.prefill_high)
    yield note(
        f"An order of magnitude: {low} to {high} tok/s. Kernels and drivers differ by a factor of two."
    )


def _rate(tok_s: float) -> str:
    return f"{amounts.rate(tok_s)} tok/s"
