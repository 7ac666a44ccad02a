"""`--csv` and `--markdown` of commands that list documents."""

import argparse
import sys
from collections.abc import Sequence

from llmfit_tui.core.errors import BadValue
from llmfit_tui.format.document import Document
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
