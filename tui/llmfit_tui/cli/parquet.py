"""Estimates into a Parquet file, through pyarrow where it is installed."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from llmfit_tui.core.errors import BadValue, quoted
from llmfit_tui.format.tabular import ESTIMATE, REAL, WHOLE, Document, value_at

ROWS = 10_000
"""Of one row group; they are all that is held in memory."""


def write_parquet(documents: Iterable[Document], path: str) -> int:
    """Write them as they come, into a file that appears when it is whole; returns how many.

    Raises BadValue where pyarrow is not installed or the file cannot be written.
    """
    try:
        import pyarrow  # pyright: ignore[reportMissingImports]
        import pyarrow.parquet as parquet  # pyright: ignore[reportMissingImports]
    except ImportError as problem:
        raise BadValue(
            "--parquet needs pyarrow, which is not installed: pip install llmfit-tui[parquet], or --csv."
        ) from problem
    arrow: Any = pyarrow
    kinds = {True: arrow.int64(), False: arrow.string()}
    schema = arrow.schema(
        [(name, arrow.float64() if name in REAL else kinds[name in WHOLE]) for name in ESTIMATE]
    )
    partly = Path(f"{path}.part")
    source, count = iter(documents), 0
    try:
        with parquet.ParquetWriter(partly, schema) as writer:  # pyright: ignore
            while rows := list(islice(source, ROWS)):
                columns = {name: [_value(row, name) for row in rows] for name in ESTIMATE}
                writer.write_table(arrow.table(columns, schema=schema))  # pyright: ignore
                count += len(rows)
        partly.replace(path)
    except OSError as problem:
        raise BadValue(f"--parquet: {quoted(path)} cannot be written: {problem.strerror}.") from problem
    finally:
        partly.unlink(missing_ok=True)
    return count


def _value(row: Document, name: str) -> Any:
    value = value_at(row, name)
    if value is None or name in WHOLE:
        return value
    return float(value) if name in REAL else str(value)
