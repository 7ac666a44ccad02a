"""The rows of a view as JSON, CSV or Markdown."""

import json
from collections.abc import Iterable, Sequence

from llmfit_tui.format.document import SCHEMA
from llmfit_tui.format.tabular import csv_of_rows, markdown_of_rows


def rows_as(kind: str, name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The rows as json (a list under `name`), csv or md; unknown is null, empty or a dash."""
    if kind == "json":
        listed = [dict(zip(columns, row, strict=True)) for row in rows]
        return json.dumps({"schema": SCHEMA, name: listed}, indent=1, ensure_ascii=False) + "\n"
    return "".join(csv_of_rows(columns, rows)) if kind == "csv" else markdown_of_rows(columns, rows)
