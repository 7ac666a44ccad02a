"""Tables for spreadsheets and pages: CSV and Markdown, of documents or of rows made elsewhere.

Columns of documents are the paths of the JSON (`memory.total_bytes`), so that a figure has one name
everywhere. Unknown is empty in CSV and a dash in Markdown; lists are joined by semicolons.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, cast

from llmfit_tui.core.errors import printable
from llmfit_tui.format.amounts import DASH

Document = dict[str, Any]

ESTIMATE = (
    *("id", "model.id", "model.parameters", "quantization.name", "quantization.bits_per_weight"),
    *("quantization.file_bytes", "hardware.name", "hardware.memory_bytes"),
    *("settings.engine", "settings.backend", "settings.context", "settings.parallel"),
    *("settings.kv_type_k", "settings.kv_type_v", "placement.mode", "placement.gpu_layers"),
    *("placement.cpu_moe_layers", "memory.weights_bytes", "memory.kv_cache_bytes"),
    *("memory.recurrent_state_bytes", "memory.compute_bytes", "memory.output_bytes"),
    *("memory.overhead_bytes", "memory.total_bytes", "rating.level", "rating.label"),
    *("rating.headroom_fraction", "speed.decode_tok_s", "speed.decode_low", "speed.decode_high"),
    *("speed.prefill_tok_s", "speed.basis", "quality.agree_percent", "limits.max_context"),
    *("limits.max_parallel", "vllm.kv_cache_tokens", "vllm.max_concurrency", "error", "line"),
)
"""Of an estimate. `id`, `error` and `line` are those of a line of scenarios."""
SHORT = (
    *("model.id", "quantization.name", "hardware.name", "settings.context", "placement.mode"),
    *("memory.total_bytes", "rating.label", "speed.decode_tok_s", "quality.agree_percent"),
)
"""What of an estimate a page has room for."""
WHOLE = frozenset(
    name for name in ESTIMATE if name.endswith(("_bytes", "_layers", "_context", "_parallel", "_tokens"))
) | {"model.parameters", "settings.context", "settings.parallel", "rating.level", "line"}
REAL = frozenset(name for name in ESTIMATE if name.endswith(("_s", "_low", "_high", "_percent"))) | {
    *("quantization.bits_per_weight", "rating.headroom_fraction", "vllm.max_concurrency"),
}


def value_at(document: Document, path: str) -> Any:
    """What stands at a path; None where nothing does."""
    found: Any = document
    for key in path.split("."):
        if not isinstance(found, dict):
            return None
        found = cast("Document", found).get(key)
    return found


def csv_lines(documents: Iterable[Document], columns: Sequence[str]) -> Iterator[str]:
    """The heading, then a line for each document as it comes."""
    return csv_of_rows(columns, _rows(documents, columns))


def markdown(documents: Iterable[Document], columns: Sequence[str]) -> str:
    """A table."""
    return markdown_of_rows(columns, _rows(documents, columns))


def csv_of_rows(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The heading, then a line for each row as it comes."""
    for cells in chain((columns,), rows):
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerow([_cell(cell) for cell in cells])
        yield out.getvalue()


def markdown_of_rows(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table of these rows."""
    lines = [" | ".join(columns), " | ".join("---" for _ in columns)]
    lines += [" | ".join(_cell(cell).replace("|", "\\|") or DASH for cell in cells) for cells in rows]
    return "".join(f"| {line} |\n" for line in lines)


def _rows(documents: Iterable[Document], columns: Sequence[str]) -> Iterator[list[object]]:
    return ([value_at(document, column) for column in columns] for document in documents)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return "; ".join(_cell(one) for one in cast("Sequence[Any]", value))
    if isinstance(value, dict):
        pairs = cast("Document", value).items()
        return "; ".join(f"{key}={_cell(one)}" for key, one in pairs if one is not None)
    return printable(str(value))
