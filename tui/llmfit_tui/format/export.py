"""Rows of a list as JSON, CSV or Markdown."""

import csv
import io
import json
from collections.abc import Sequence

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.format import amounts
from llmfit_tui.format.document import SCHEMA, estimate_document

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
    rows = [_cells(one) for one in found]
    if kind == "csv":
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerows((COLUMNS, *rows))
        return out.getvalue()
    lines = [" | ".join(COLUMNS), " | ".join("---" for _ in COLUMNS)]
    lines += [
        " | ".join(amounts.DASH if c is None else str(c).replace("|", "\\|") for c in row) for row in rows
    ]
    return "".join(f"| {line} |\n" for line in lines)


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
