"""Write ACCURACY.md: our memory figures against what engines allocated, and what other tools say.

    python tests/accuracy/make.py            from the repository's root; rewrites ACCURACY.md

Every figure is worked out from the fixtures beside the tests, so that the page cannot claim what the tests do
not hold. It takes a minute or two.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import mean, median
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tui"), str(ROOT / "tests")]

from peers import peers_table  # noqa: E402
from weights import weights_tables  # noqa: E402

import test_check_log  # noqa: E402 - found by the line above
import test_fit  # noqa: E402
import test_kvcache  # noqa: E402
import test_offload  # noqa: E402
from graph.truth import compared, fixture  # noqa: E402
from llmfit_tui.core.estimate import estimate  # noqa: E402
from llmfit_tui.core.graph.plan import is_described  # noqa: E402
from llmfit_tui.core.log.check import Checked  # noqa: E402
from llmfit_tui.core.log.facts import Part  # noqa: E402
from llmfit_tui.core.log.rows import Verdict  # noqa: E402
from llmfit_tui.core.memory.modeltensors import plan_of  # noqa: E402
from scenes import cpu_machine, rows, scenario, sized_models  # noqa: E402

MIB = 1 << 20

HEAD = """# Accuracy

How far our memory figures are from what engines allocate. Regenerate with `python tests/accuracy/make.py`;
every row comes from the fixtures in `tests/fixtures`, whose README says where they were read off. Errors are
relative to the allocated bytes and unsigned.

"""


class Errors:
    """Errors of one kind."""

    def __init__(self) -> None:
        self.all: list[float] = []

    def add(self, ours: int, theirs: int) -> None:
        """One comparison, in bytes."""
        if ours or theirs:
            self.all.append(abs(ours - theirs) / max(theirs, 1))

    def row(self, name: str) -> str:
        """A row of a table."""
        found = sorted(self.all)
        if not found:
            return f"| {name} | 0 | – | – | – | – |"
        equal = sum(1 for error in found if error == 0)
        figures = mean(found), found[int(0.9 * (len(found) - 1))], found[-1]
        return (
            f"| {name} | {len(found)} | {equal / len(found):.0%} | "
            + " | ".join(map(percent, figures))
            + " |"
        )


def percent(error: float) -> str:
    """A fraction with as many digits as it deserves."""
    return "0" if error == 0 else f"{error:.2%}" if error < 0.1 else f"{error:.0%}"


def table(first: str, named: Iterable[tuple[str, Errors]]) -> str:
    """Errors by name."""
    lines = [f"| {first} | compared | equal to the byte | mean | 90 % within | largest |"]
    lines.append("| --- | ---: | ---: | ---: | ---: | ---: |")
    return "\n".join([*lines, *(errors.row(name) for name, errors in named)]) + "\n"


def kind_of(row: dict[str, Any]) -> str:
    """What is special about a placement."""
    if row["cpu_moe"] is not None:
        return "experts on the host"
    if row["gpu_layers"] == 0:
        return "no layer on the GPU"
    if row["gpu_layers"] is not None:
        return "some layers on the GPU"
    return "several GPUs" if len(row["gpus_mib"]) > 1 else "all on one GPU"


def placements() -> Iterator[str]:
    """Weights, cache and scratch by device."""
    weights, cache = defaultdict[str, Errors](Errors), defaultdict[str, Errors](Errors)
    for row in test_offload.ROWS:
        kind = kind_of(row)
        for at, load in enumerate(test_offload.placed(row).placement.loads):
            truth = {
                part: [*row[f"gpu_{part}_bytes"], row[f"host_{part}_bytes"]][at]
                for part in ("weight", "cache")
            }
            weights[kind].add(load.weights_bytes, truth["weight"])
            cache[kind].add(load.cache_bytes, truth["cache"])
    count = len(test_offload.ROWS)
    yield f"## Weights and cache on each device\n\n{count:,} placements on stand-in CUDA devices.\n"
    yield table("weights", sorted(weights.items()))
    yield table("cache and state", sorted(cache.items()))


PLACEMENTS = {
    "one gpu": "all on one GPU",
    "several gpus": "all on several GPUs",
    "partly": "some layers on the host",
    "experts": "experts on the host",
    "cache": "cache on the host",
}


def gpu_scratch() -> Iterator[str]:
    """Compute buffers beside GPUs."""
    scratch, by_arch = defaultdict[str, Errors](Errors), defaultdict[str, Errors](Errors)
    for buffer in compared(row for row in fixture() if row["gpus_mib"]):
        where = "host" if buffer.device == "host" else "GPU"
        scratch[f"{PLACEMENTS[buffer.kind]}, {where}"].add(buffer.predicted_bytes, buffer.truth_bytes)
        if where == "GPU" and buffer.kind == "one gpu":
            by_arch[buffer.architecture].add(buffer.predicted_bytes, buffer.truth_bytes)
    yield "## Compute buffers beside CUDA\n"
    yield "As llama.cpp measures them for `--fit`, without loading the model.\n"
    yield table("placement", sorted(scratch.items()))
    yield "All layers on one GPU, by architecture:\n"
    yield table("architecture", sorted(by_arch.items()))


def caches() -> Iterator[str]:
    """The cache over all layers, by kind of layer."""
    kinds = defaultdict[str, Errors](Errors)
    refused = agreed = 0
    for name, some in test_kvcache.TRUTH.items():
        arch = test_kvcache.shape(name)
        for row in some:
            settings = test_kvcache.settings_of(row)
            why = test_kvcache.refusal(arch, settings)
            if row["refused"]:
                refused, agreed = refused + 1, agreed + bool(why)
                continue
            size = test_kvcache.cache_size(arch, settings)
            kinds["layers that see everything"].add(size.full_bytes, row["full_bytes"])
            kinds["layers with a window"].add(size.window_bytes, row["window_bytes"])
            kinds["recurrent state"].add(size.state_bytes, row["state_bytes"])
    yield f"## KV cache and recurrent state\n\n{len(test_kvcache.TRUTH)} models under many settings;"
    yield f"{agreed} of {refused} refused pairs of types are refused here too.\n"
    yield table("kind", sorted(kinds.items()))


def cpu_scratch() -> Iterator[str]:
    """Compute buffers on the CPU backend."""
    by_arch, every = defaultdict[str, Errors](Errors), Errors()
    host = cpu_machine(1 << 14)
    for row in rows("compute.jsonl.gz"):
        cache = test_kvcache.settings_of(row)
        asked = scenario(
            row["model"],
            "Q4_K_M",
            host,
            context=cache.context,
            parallel=cache.parallel,
            unified_kv=cache.unified,
            ubatch=cache.ubatch,
            batch=cache.batch,
            swa_full=cache.swa_full,
            kv_type_k=cache.key_type,
            kv_type_v=cache.value_type,
            flash_attention=cache.flash_attention,
            outputs_per_batch=row["outputs_max"] == 0,
            planned=True,
        )
        found = estimate(asked)
        for errors in (every, by_arch[found.arch.name]):
            errors.add(found.placement.host.compute_bytes, row["compute_bytes"])
    yield "## Compute buffers on the CPU\n"
    yield table("architecture", [*sorted(by_arch.items()), ("**all**", every)])


NO_GRAPH = {
    "bailingmoe3": "not described yet",
    "deepseek4": "not described yet",
    "minimax-01": "its lightning attention is not described yet",
    "step35": "the catalog's configuration lacks the heads of windowed layers",
}


def by_formula() -> Iterator[str]:
    """Models without a graph."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in sized_models():
        plan = plan_of(one)
        if plan is None:
            found["llama.cpp has no such architecture"].append(one.id)
        elif not is_described(plan.architecture):
            found[f"{plan.architecture}: {NO_GRAPH[plan.architecture]}"].append(one.id)
    count = sum(map(len, found.values()))
    yield f"""## Models whose compute buffers follow the formula

{count} of {len(sized_models())} models of the catalog have no described graph; theirs is the closed
formula, on average 1.7 % below what is reserved and up to 28 % (44 % on a GPU).
"""
    for reason, names in sorted(found.items()):
        yield f"- {reason}: {', '.join(sorted(names))}\n"


def fits() -> Iterator[str]:
    """What --fit chooses."""
    layers = context = experts = 0
    for at, row in enumerate(test_fit.ROWS):
        found = test_fit.chosen(at)
        layers += found.gpu_layers == row["chosen_layers"]
        experts += found.overrides == row["overridden_blocks"]
        context += abs(found.context - row["chosen_context"]) <= 256
    count = len(test_fit.ROWS)
    yield f"""## What `--fit` would choose

{count} fits of 15 models on cards of 4 to 48 GiB, one and two: the same layers on the GPUs in {layers}, the
same number of blocks with experts on the host in {experts}, the context within one step in {context}.
"""


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


def page() -> str:
    """The whole page."""
    sections = (
        *(
            weights_tables(),
            caches(),
            placements(),
            gpu_scratch(),
            cpu_scratch(),
            by_formula(),
            fits(),
            logs(),
        ),
        peers_table(),
    )
    return HEAD + "\n".join("".join(_spaced(section)) for section in sections)


def _spaced(section: Iterator[str]) -> Iterator[str]:
    for text in section:
        yield text if text.startswith(("| ", "- ")) and "\n| ---" not in text else f"{text}\n"


if __name__ == "__main__":
    (ROOT / "ACCURACY.md").write_text(page().rstrip() + "\n", encoding="utf-8")
