"""Totals and buffers that start-up logs printed, against what check-log predicts for them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import median

from misses import known
from tallies import percent

import test_check_log
from llmfit_tui.core.log.check import Checked
from llmfit_tui.core.log.rows import Verdict

MIB = 1 << 20


def logs() -> Iterator[str]:
    """Published start-up logs."""
    parts: dict[str, list[float]] = defaultdict(list)
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
    yield f"""
The {len(missed)} buffers that are more than 2 % and 1 MiB off, with the sum that explains each (MiB):

| log | build | model | buffer | predicted | allocated | why |
| --- | --- | --- | --- | ---: | ---: | --- |"""
    yield from missed


def misses(source: str, checked: Checked) -> Iterator[str]:
    """A line for each buffer of a log that is off."""
    repository = source.split("@")[0].split("#")[0]
    build = "not named" if checked.logged.build is None else f"b{checked.logged.build}"
    for row in checked.rows:
        if row.verdict is Verdict.OFF:
            why = known(source, row.device, row.part.value) or row.reason or "not explained"
            sizes = (f"{size / MIB:,.2f}" for size in (row.predicted, row.allocated))
            buffer = f"{row.device} {row.part.value}"
            yield f"| {' | '.join((repository, build, checked.architecture, buffer, *sizes, why))} |\n"


def _share(errors: Sequence[float]) -> str:
    return f"{sum(error <= 0.02 for error in errors) / len(errors):.0%}"
