"""Models on this machine, and files of a repository, as JSON and as tables."""

from collections.abc import Sequence
from typing import Any

from llmfit_tui.core.errors import printable
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.models.published import PublishedFile
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


def published_document(file: PublishedFile) -> Row:
    """One GGUF file of a repository."""
    return {
        "name": file.name,
        "kind": file.kind.value,
        "quantization": file.quant,
        "file_bytes": file.bytes or None,
        "parts": len(file.parts),
        "path": file.path,
    }


def published_table(rows: Sequence[Row]) -> None:
    """A row for each file, the parts of a split one together."""
    made = table(("file", False), ("kind", False), ("quantization", False), ("size", True), ("parts", True))
    for row in rows:
        size = amounts.gb(row["file_bytes"]) if row["file_bytes"] else amounts.DASH
        named = row["quantization"] or amounts.DASH
        made.add_row(printable(row["name"]), row["kind"], named, size, str(row["parts"]))
    print_table(made, len(rows), "GGUF files")
