"""How exact the weights are: llama-quantize's bytes, coverage, published files, other formats."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from textwrap import fill
from typing import Any

import test_published_files
import test_published_formats
from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.memory.modeltensors import plan_of, tensors_of
from llmfit_tui.core.scenario import Settings, architecture, uses_imatrix
from llmfit_tui.core.tensors.header import BYTE_PAIR_BYTES, MEASURED, SENTENCEPIECE_BYTES, file_bytes
from llmfit_tui.core.tensors.plan import TensorPlan
from llmfit_tui.core.tensors.quantize import quantize
from scenes import FIXTURES, model, quant, shipped
from test_quantize import plan_of as oracle_plan
from test_quantize import truth
from test_tensors import NOT_IN_LLAMA_CPP, named_difference

MISSED = 0.001
"""Errors above this are no matter of the header."""


def weights_tables() -> Iterator[str]:
    """All sections, one below the other."""
    yield "## Weights\n"
    yield from _file_types()
    yield from _coverage()
    yield from _published()
    yield from _dynamic()
    yield from _formats()
    yield from _headers()


def _file_types() -> Iterator[str]:
    compared = equal = refused = agreed = 0
    for name, nextn, rows in truth():
        plan = oracle_plan(name, nextn)
        for file_type, imatrix, tensor_bytes, _, histogram in rows:
            try:
                made = quantize(plan, file_type, bool(imatrix))
            except BadValue:
                agreed += tensor_bytes is None
                refused += tensor_bytes is None
                continue
            refused += tensor_bytes is None
            if tensor_bytes is not None:
                compared += 1
                said = " ".join(f"{kind}:{count}" for kind, count in sorted(made.histogram.items()))
                equal += (made.tensor_bytes, said) == (tensor_bytes, histogram)
    yield _text(
        f"{compared:,} files of {len(truth())} models as `llama-quantize --dry-run` makes them (commit",
        f"0c1e57098): bytes and types of all tensors equal in {equal:,}; {agreed} of {refused} refused types",
        "are refused here too.",
    )


def _coverage() -> Iterator[str]:
    rows: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    uncovered: list[str] = []
    for one in shipped().models:
        row, plan = rows[architecture(one).name], plan_of(one)
        row[0] += 1
        if plan is None:
            uncovered.append(one.id)
            assert one.config["model_type"] in NOT_IN_LLAMA_CPP
            continue
        row[1] += 1
        if one.parameters is not None:
            row[2] += 1
            row[3] += _counted(plan) - one.parameters in named_difference(one, plan)
    models, covered, counts, equal = (sum(row[i] for row in rows.values()) for i in range(4))
    yield _text(
        f"{covered} of {models} models of the catalog ({covered / models:.1%}) are sized by their tensors.",
        f"llama.cpp has no converter for the others: {', '.join(sorted(uncovered))}. Of {counts} published",
        f"parameter counts {equal} are equal, but for what the converter adds or leaves out.",
    )
    yield """| architecture | models | by tensors | with a count | count equal |
| --- | ---: | ---: | ---: | ---: |"""
    for name, row in sorted(rows.items(), key=lambda pair: (-pair[1][0], pair[0])):
        yield f"| {name} | {' | '.join(map(str, row))} |\n"


def _counted(plan: TensorPlan) -> int:
    """Values of the layers, as publishers count: without rotary tables and prediction."""
    return sum(
        group.values * (sum(block < plan.layers for block in group.blocks) if group.blocks else 1)
        for group in plan.groups
        if not group.name.startswith("rope_")
    )


def _published() -> Iterator[str]:
    own, rows = test_published_files.listing()
    by_publisher: dict[str, list[tuple[float, float]]] = defaultdict(list)
    missed: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row, (_, named, usual) in zip(rows, test_published_files.errors(), strict=True):
        publisher = row[0].split("/")[0]
        by_publisher["mixes of their own" if row[0] in own else publisher].append((named, usual))
        if usual >= MISSED:
            missed[publisher, _explained(row)].append(usual)
    every = [pair for pairs in by_publisher.values() for pair in pairs]
    repositories = len({row[0] for row in rows})
    yield "\n### Published GGUF files\n"
    yield _text(
        f"{len(every):,} files of {repositories} repositories, beyond the rounding of their listings (most",
        "to 0.1 GiB): by the variant that the repository is known to hold, which an estimate takes with",
        "`--variant`, and by the one it assumes unasked, llama-quantize of today.",
    )
    yield """| publisher | files | median | 90 % within | unasked: median | 90 % within |
| --- | ---: | ---: | ---: | ---: | ---: |"""
    by_size = sorted(by_publisher.items(), key=lambda pair: -len(pair[1]))
    for name, pairs in [*by_size, ("**all**", every)]:
        named, usual = zip(*pairs, strict=True)
        yield f"| {name} | {len(pairs)} | {_shares(named, 0.5, 0.9)} | {_shares(usual, 0.5, 0.9)} |\n"
    yield "\nWhat the one assumed unasked misses by more than 0.1 %:\n"
    yield "| publisher | what the file is | files | largest |\n| --- | --- | ---: | ---: |"
    for (publisher, reason), errors in sorted(missed.items(), key=lambda pair: -len(pair[1])):
        yield f"| {publisher} | {reason} | {len(errors)} | {max(errors):.2%} |\n"
    yield "\nMixes of their own:\n"
    for repository, reason in own.items():
        yield f"- {repository}: {reason}\n"


def _explained(row: list[Any]) -> str:
    """What a file is that the variant assumed unasked does not fit."""
    repository, name, file_type, published, rounding, variant = row
    if repository in test_published_files.listing()[0]:
        return "a mix of its own, see below"
    if variant != "llama-quantize":
        return f"the variant `{variant}`"
    one, form = model(name), quant(file_type)
    other = tensors_of(one, form, not uses_imatrix(Settings(), form))
    if other is not None and abs(file_bytes(other) - published) - rounding < MISSED * published:
        return "made without an importance matrix"
    return test_published_files.explained().get(repository, "not explained")


def _dynamic() -> Iterator[str]:
    found: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for file_type, error, inside in test_published_files.dynamic():
        found[file_type].append((error, inside))
    yield "\n### Unsloth's dynamic types\n"
    yield _text(
        "Their recipe is not written down: sizes are those of the type it starts from times the median of",
        "these very files, with the range that nine of ten of them lie in.",
    )
    yield "| type | files | median | 90 % within | in the range |\n| --- | ---: | ---: | ---: | ---: |"
    for name, pairs in sorted(found.items()):
        errors, inside = zip(*pairs, strict=True)
        yield f"| {name} | {len(pairs)} | {_shares(errors, 0.5, 0.9)} | {sum(inside) / len(inside):.0%} |\n"


def _formats() -> Iterator[str]:
    found: dict[str, list[float]] = defaultdict(list)
    for form, _, error in test_published_formats.errors():
        found[form.partition("-")[0]].append(abs(error))
    yield "\n### Other formats\n"
    yield _text(
        "Published repositories, beyond the rounding of their listings. None was at hand for NVFP4 and",
        "MXFP8; of MXFP4 only gpt-oss-20b, which is equal to the byte, as are most of 20 repositories whose",
        "bytes are known exactly.",
    )
    yield """| format | repositories | median | largest |
| --- | ---: | ---: | ---: |"""
    for name, errors in sorted(found.items()):
        yield f"| {name} | {len(errors)} | {_shares(errors, 0.5)} | {max(errors):.2%} |\n"
    yield "\nMade otherwise than the format's name stands for:\n"
    for form, name, sizes, source, why, variant in test_published_formats.LISTED["other_practices"]:
        off = test_published_formats.off(test_published_formats.stored(name, form).tensor_bytes, sizes)
        repository = source.split("/tree/")[0].removeprefix("https://huggingface.co/")
        asked = f"; right with `--variant {variant}`" if variant else ""
        yield f"- {repository} ({off:+.1%}): {why}{asked}\n"


def _headers() -> Iterator[str]:
    exact = json.loads((FIXTURES / "tensors" / "published.json").read_text(encoding="utf-8"))["files"]
    yield "\n### Headers\n"
    yield _text(
        f"Bytes per vocabulary entry, read off {len(exact)} files whose exact bytes are published; other",
        "vocabularies get the figure of their kind.",
    )
    yield """| tokenizer | figure | vocabularies measured | measured | largest error of the figure |
| --- | ---: | ---: | ---: | ---: |"""
    kinds = {
        "SentencePiece": (SENTENCEPIECE_BYTES, [n for n in MEASURED if MEASURED[n] < 30]),
        "byte-pair encoding": (BYTE_PAIR_BYTES, [n for n in MEASURED if MEASURED[n] >= 30]),
    }
    for name, (figure, sizes) in kinds.items():
        per_entry = [MEASURED[n] for n in sizes]
        error = max(abs(MEASURED[n] - figure) * n for n in sizes)
        span = f"{min(per_entry):.1f} to {max(per_entry):.1f}"
        yield f"| {name} | {figure:.0f} | {len(sizes)} | {span} | {error / 1e6:.1f} MB |\n"


def _text(*lines: str) -> str:
    """A paragraph."""
    return fill(" ".join(lines), 110, break_on_hyphens=False, break_long_words=False) + "\n"


def _shares(errors: Iterable[float], *parts: float) -> str:
    found: Sequence[float] = sorted(errors)
    return " | ".join(f"{found[int(part * len(found))]:.2%}" for part in parts)
