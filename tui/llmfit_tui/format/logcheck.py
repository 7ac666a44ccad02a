"""A start-up log beside our prediction, as a document for scripts and as a table for people."""

from collections.abc import Sequence

from llmfit_tui.core.errors import printable
from llmfit_tui.core.log.check import Checked
from llmfit_tui.core.log.facts import MIB
from llmfit_tui.core.log.rows import Row, Verdict
from llmfit_tui.format.document import SCHEMA, Document
from llmfit_tui.format.listings import console, table

MARKS = {Verdict.EQUAL: "=", Verdict.NEAR: "~", Verdict.OFF: "!", Verdict.NOT_COMPARED: "–"}


def log_document(loads: Sequence[Checked]) -> Document:
    """Every load of a log; sizes in bytes, errors as fractions of what was allocated."""
    return {"schema": SCHEMA, "loads": [_load(checked) for checked in loads]}


def _load(checked: Checked) -> Document:
    logged, settings, compared = checked.logged, checked.settings, _compared(checked)
    return {
        "engine": logged.engine.value,
        "build": logged.build,
        "build_assumed": None if logged.build else checked.build.number,
        "model": {
            "id": checked.found.model.id if checked.found.in_catalog else None,
            "name": printable(checked.found.model.name),
            "architecture": checked.architecture,
            "in_catalog": checked.found.in_catalog,
        },
        "quantization": {
            "name": checked.types.quant.name,
            "exact": checked.types.exact,
            "imatrix": checked.types.imatrix,
            "variant": checked.types.variant,
        },
        "settings": {
            "context": settings.context,
            "parallel": settings.parallel,
            "unified_kv": settings.unified_kv,
            "batch": settings.batch,
            "ubatch": settings.ubatch,
            "kv_type_k": settings.kv_type_k.value,
            "kv_type_v": settings.kv_type_v.value,
            "flash_attention": settings.flash_attention_on,
            "outputs": "all" if settings.outputs_per_batch else "server",
            "swa_full": settings.swa_full,
        },
        "placement": {
            "gpu_layers": checked.gpu_layers,
            "layers_total": checked.layers_total,
            "cpu_moe_layers": checked.cpu_moe_blocks,
        },
        "buffers": [_buffer(row) for row in checked.rows],
        "devices": [
            {
                "name": printable(total.device),
                "kind": _kind(total.device),
                "predicted_bytes": total.predicted,
                "allocated_bytes": total.allocated,
                "error": _fraction(total.error),
            }
            for total in checked.totals
        ],
        "compared": len(compared),
        "matched": sum(1 for row in compared if row.verdict is not Verdict.OFF),
        "notes": list(checked.notes),
    }


def _buffer(row: Row) -> Document:
    return {
        "device": printable(row.device),
        "kind": _kind(row.device),
        "part": row.part.value,
        "predicted_bytes": row.predicted,
        "allocated_bytes": row.allocated,
        "error": _fraction(row.error),
        "verdict": row.verdict.value,
        "reason": row.reason,
    }


def print_checked(loads: Sequence[Checked]) -> None:
    """A table for each load, then what it rests on."""
    out = console()
    for number, checked in enumerate(loads, start=1):
        settings = checked.settings
        parts = (
            printable(checked.found.model.name),
            checked.types.quant.name,
            f"{settings.context:,} tokens",
            f"{checked.gpu_layers} of {checked.layers_total} layers on the GPU",
            f"{checked.logged.engine.value} {checked.build}",
        )
        if number > 1:
            out.print()
        out.print(" · ".join(parts), style="bold", markup=False)
        out.print(_summary(checked))
        made = table(
            ("device", False),
            ("buffer", False),
            ("predicted MiB", True),
            ("allocated MiB", True),
            ("off by", True),
            ("", False),
            ("why", False),
        )
        for row in checked.rows:
            made.add_row(
                printable(row.device),
                row.part.value,
                _mib(row.predicted),
                _mib(row.allocated),
                _percent(row.error),
                MARKS[row.verdict],
                row.reason or "",
            )
        for total in checked.totals:
            made.add_row(
                printable(total.device),
                "in all",
                _mib(total.predicted),
                _mib(total.allocated),
                _percent(total.error),
                "",
                "",
                style="bold",
            )
        out.print(made)
        for note in checked.notes:
            out.print(f"note: {note}", style="dim", markup=False)


def _summary(checked: Checked) -> str:
    compared = _compared(checked)
    equal = sum(1 for row in compared if row.verdict is Verdict.EQUAL)
    near = sum(1 for row in compared if row.verdict is Verdict.NEAR)
    off = len(compared) - equal - near
    said = f"{equal} of {len(compared)} buffers equal to the last printed digit, {near} within 2%, {off} off"
    aside = len(checked.rows) - len(compared)
    return f"{said}; {aside} not compared" if aside else said


def _compared(checked: Checked) -> list[Row]:
    return [row for row in checked.rows if row.verdict is not Verdict.NOT_COMPARED]


def _kind(device: str) -> str:
    return "host" if device == "host" else "gpu"


def _fraction(error: float | None) -> float | None:
    return None if error is None else round(error, 6)


def _percent(error: float | None) -> str:
    return "–" if error is None else f"{error:+.1%}"


def _mib(size: int) -> str:
    return f"{size / MIB:,.2f}"
