"""The forms a command prints: `--json`, `--csv`, `--markdown`, or a table to read."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence

from llmfit_tui.core.errors import BadValue
from llmfit_tui.format.document import SCHEMA, Document
from llmfit_tui.format.tabular import ESTIMATE, SHORT, csv_lines, markdown


def print_table(
    parsed: argparse.Namespace,
    documents: Sequence[Document],
    columns: Sequence[str] = ESTIMATE,
    short: Sequence[str] = SHORT,
) -> None:
    """All columns as CSV, or the `short` ones as Markdown. Raises BadValue where both are asked for."""
    if parsed.csv and parsed.markdown:
        raise BadValue("--csv and --markdown exclude each other.")
    if parsed.csv:
        sys.stdout.writelines(csv_lines(documents, columns))
    else:
        sys.stdout.write(markdown(documents, short))


def in_json(document: Document) -> str:
    """A document with the version of its form."""
    return json.dumps({"schema": SCHEMA, **document}, ensure_ascii=False, allow_nan=False)


def print_in_form(
    parsed: argparse.Namespace,
    as_json: Callable[[], str],
    as_csv: Callable[[], str],
    as_markdown: Callable[[], str],
    to_read: Callable[[], None],
) -> None:
    """An answer in the form that is asked for; JSON comes before the others."""
    if parsed.json:
        print(as_json())
    elif parsed.csv:
        sys.stdout.write(as_csv())
    elif parsed.markdown:
        sys.stdout.write(as_markdown())
    else:
        to_read()
