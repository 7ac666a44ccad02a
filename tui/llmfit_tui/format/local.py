"""Models on this machine, as JSON and as a table."""

from collections.abc import Sequence
from typing import Any

from llmfit_tui.core.models.model import Model
from llmfit_tui.format import amounts
from llmfit_tui.format.listings import print_table, table

Row = dict[str, Any]


def local_document(
    model: Model | None,
    *,
    name: str,
    store: str,
    path: str,
    projector: str | None,
    file_bytes: int,
    problem: str | None,
) -> Row:
    """One model found; what could not be read is null, and `problem` says why."""
    return {
        "id": f"local:{name}",
        "name": name,
        "store": store,
        "path": path,
        "projector": projector,
        "file_bytes": file_bytes,
        "quantization": _mix(model),
        "family": model.family if model else "",
        "parameters": model.parameters if model else None,
        "context_max": model.context_max if model else None,
        "problem": problem,
    }


def local_table(rows: Sequence[Row]) -> None:
    """A row for each model."""
    made = table(
        ("on this machine", False),
        ("store", False),
        ("quantization", False),
        ("parameters", True),
        ("files", True),
        ("context", True),
    )
    for row in rows:
        made.add_row(
            row["name"],
            row["store"],
            row["quantization"] or amounts.DASH,
            amounts.count(row["parameters"]),
            amounts.gb(row["file_bytes"]),
            amounts.tokens(row["context_max"]),
        )
    print_table(made, len(rows), "models on this machine")


def _mix(model: Model | None) -> str | None:
    if model is None:
        return None
    return (
        model.file.mix if model.file is not None else model.stored.name if model.stored is not None else None
    )
