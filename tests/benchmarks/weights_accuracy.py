"""How exact the sizes are, as Markdown: coverage by architecture, parameters, published files.

python tests/benchmarks/weights_accuracy.py
"""

import gzip
import json
from collections import defaultdict
from pathlib import Path

from llmfit_tui.core.memory.modeltensors import plan_of, tensors_of
from llmfit_tui.core.names import find_model, find_quant
from llmfit_tui.core.scenario import Settings, architecture, uses_imatrix
from llmfit_tui.core.tensors.header import file_bytes
from llmfit_tui.core.tensors.plan import TensorPlan
from llmfit_tui.storage.catalogs import Catalog

FIXTURES = Path(__file__).parents[1] / "fixtures" / "tensors"


MISSED = 0.001
"""Errors above this are no matter of the header."""


def counted(plan: TensorPlan) -> int:
    """Values of the layers, as publishers count: without rotary tables and expert score corrections."""
    return sum(
        group.values * (sum(block < plan.layers for block in group.blocks) if group.blocks else 1)
        for group in plan.groups
        if not group.name.startswith(("rope_", "exp_probs_b"))
    )


def coverage(catalog: Catalog) -> None:
    """A row for each architecture: models, those with exact sizes, those whose count is the published one."""
    rows: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for model in catalog.models:
        row, plan = rows[architecture(model).name], plan_of(model)
        row[0] += 1
        if plan is None:
            continue
        row[1] += 1
        if model.parameters is not None:
            bias = sum(group.values * group.count for group in plan.group("exp_probs_b.bias"))
            row[2] += 1
            row[3] += 0 <= model.parameters - counted(plan) <= bias
    exact = sum(row[1] for row in rows.values())
    models = len(catalog.models)
    print(f"{exact} of {models} models ({exact / models:.1%}) sized by their tensors.\n")
    print(
        "| architecture | models | by tensors | with a count | count equal |\n| --- | --- | --- | --- | --- |"
    )
    for name, row in sorted(rows.items(), key=lambda pair: -pair[1][0]):
        print(f"| {name} | {' | '.join(map(str, row))} |")


def published(catalog: Catalog) -> None:
    """Errors beyond rounding against published files, by publisher; and what the usual variant misses."""
    found: dict[str, list[float]] = defaultdict(list)
    missed: dict[tuple[str, str], list[float]] = defaultdict(list)
    usual: list[float] = []
    with gzip.open(FIXTURES / "published_files.jsonl.gz", "rt", encoding="utf-8") as lines:
        own = json.loads(next(lines))["own_mixes"]
        for repository, name, file_type, size, rounding, variant in map(json.loads, lines):
            model, quant = find_model(name, catalog.models)[0], find_quant(file_type, catalog.quants)
            imatrix = uses_imatrix(Settings(), quant)
            made, plain = (tensors_of(model, quant, imatrix, which) for which in (variant, None))
            if made is not None and plain is not None:
                off = max(abs(file_bytes(made) - size) - rounding, 0) / size
                usual.append(max(abs(file_bytes(plain) - size) - rounding, 0) / size)
                if usual[-1] >= MISSED:
                    reason = "a mix of its own" if repository in own else variant
                    missed[repository.split("/")[0], reason].append(usual[-1])
                found["all"].append(off)
                found["mixes of their own" if repository in own else repository.split("/")[0]].append(off)
    print("\n| publisher | files | median | 90 % | 95 % |\n| --- | --- | --- | --- | --- |")
    for name, errors in sorted(found.items(), key=lambda pair: -len(pair[1])):
        errors.sort()
        shares = (f"{errors[int(part * len(errors))]:.2%}" for part in (0.5, 0.9, 0.95))
        print(f"| {name} | {len(errors)} | {' | '.join(shares)} |")
    print()
    for repository, reason in own.items():
        print(f"- {repository}: {reason}")
    usual.sort()
    shares = ", ".join(f"{part:.0%} within {usual[int(part * len(usual))]:.2%}" for part in (0.5, 0.9, 0.95))
    print(f"\nBy the usual variant alone, of {len(usual)} files: {shares}. What it misses:\n")
    print("| publisher | what the file is | files | largest |\n| --- | --- | --- | --- |")
    for (publisher, reason), errors in sorted(missed.items(), key=lambda pair: -len(pair[1])):
        print(f"| {publisher} | {reason} | {len(errors)} | {max(errors):.2%} |")


if __name__ == "__main__":
    shipped = Catalog()
    coverage(shipped)
    published(shipped)
