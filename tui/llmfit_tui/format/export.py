"""Rows of a list as JSON, CSV or Markdown."""

import json
from collections.abc import Sequence

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.format.document import SCHEMA, estimate_document
from llmfit_tui.format.tabular import csv_of_rows, markdown_of_rows

COLUMNS = (
    "model",
    "quantization",
    "hardware",
    "context",
    "rating",
    "level",
    "vram_bytes",
    "file_bytes",
    "decode_tok_s",
    "decode_low",
    "decode_high",
    "agree_percent",
)


def exported(found: Sequence[Estimate], kind: str) -> str:
    """The estimates as json, csv or md; unknown is null, empty or a dash."""
    if kind == "json":
        document = {"schema": SCHEMA, "estimates": [estimate_document(one, None) for one in found]}
        return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    rows = map(_cells, found)
    return "".join(csv_of_rows(COLUMNS, rows)) if kind == "csv" else markdown_of_rows(COLUMNS, rows)


def _cells(found: Estimate) -> tuple[object, ...]:
    scenario, speed = found.scenario, found.speed
    return (
        scenario.model.id,
        scenario.quant.name,
        scenario.machine.name,
        scenario.settings.context,
        found.rating.label,
        found.rating.level,
        found.vram_bytes,
        found.weights.file_bytes,
        _rounded(speed.decode_tok_s),
        _rounded(speed.decode_low),
        _rounded(speed.decode_high),
        _rounded(found.quality.agree_percent if found.quality else None),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
