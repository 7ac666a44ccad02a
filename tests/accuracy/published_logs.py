"""Totals and buffers that start-up logs printed, against what check-log predicts for them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import median

from tallies import percent

import test_check_log
from llmfit_tui.core.log.check import Checked
from llmfit_tui.core.log.facts import Part
from llmfit_tui.core.log.rows import Verdict

MIB = 1 << 20


def logs() -> Iterator[str]:
    """Published start-up logs."""
    parts: dict[str, list[float]] = defaultdict(list)
    reasons: dict[str, int] = defaultdict(int)
    totals: list[float] = []
    missed: list[str] = []
    mainline = test_check_log.mainline()
    for i in mainline:
        checked = test_check_log.checked(i)
        totals += [abs(total.error or 0) for total in checked.totals if total.allocated]
        missed += misses(test_check_log.FACTS[i]["source"], checked)
        for row in checked.rows:
            if row.error is not None:
                where = "host" if row.device == "host" else "GPU"
                parts[f"{row.part.value}, {where}"].append(abs(row.error))
            if row.verdict is Verdict.OFF:
                reasons[row.reason or f"{Part(row.part).value}: not explained"] += 1
    yield f"""## Logs that people published

{len(mainline)} start-up logs of llama.cpp and Ollama (builds of 2024 to 2026; CUDA, ROCm, Vulkan, Metal and
CPU), read by `check-log`. The total of each device: median {percent(median(totals))}, within 2 % in
{_share(totals)}.

| buffer | compared | median | 90 % within |
| --- | ---: | ---: | ---: |"""
    for name, errors in sorted(parts.items()):
        found = sorted(errors)
        nine_in_ten = found[int(0.9 * (len(found) - 1))]
        yield f"| {name} | {len(found)} | {percent(median(found))} | {percent(nine_in_ten)} |\n"
    yield "\nWhy buffers were more than 2 % and 1 MiB off:\n"
    for reason, count in sorted(reasons.items(), key=lambda item: -item[1]):
        yield f"- {count}: {reason}\n"
    yield f"""
The {len(missed)} totals that are more than 2 % off, with the buffers that make the difference (predicted less
allocated):

| log | build | model | device | MiB | off by | why |
| --- | --- | --- | --- | ---: | ---: | --- |"""
    yield from missed


def misses(source: str, checked: Checked) -> Iterator[str]:
    """A line for each device of a log whose total is more than 2 % off."""
    repository = source.split("@")[0].split("#")[0]
    build = "not named" if checked.logged.build is None else f"b{checked.logged.build}"
    for total in checked.totals:
        if total.error is None or abs(total.error) <= 0.02:
            continue
        off = [row for row in checked.rows if row.device == total.device and row.verdict is Verdict.OFF]
        why = "; ".join(
            f"{row.part.value} {(row.predicted - row.allocated) / MIB:+,.0f} MiB: {row.reason}" for row in off
        )
        mib = f"{total.allocated / MIB:,.0f}"
        cells = (repository, build, checked.architecture, total.device, mib, f"{total.error:+.1%}", why)
        yield f"| {' | '.join(cells)} |\n"


def _share(errors: Sequence[float]) -> str:
    return f"{sum(error <= 0.02 for error in errors) / len(errors):.0%}"
