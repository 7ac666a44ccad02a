"""A ranking as JSON, CSV, Markdown and a table for people."""

import json

from llmfit_tui.core.ranking.rank import Ranked, Ranking
from llmfit_tui.format import amounts
from llmfit_tui.format.document import SCHEMA, Document, estimate_document
from llmfit_tui.format.tabular import csv_of_rows, markdown_of_rows

COLUMNS = (
    "rank",
    "model",
    "score",
    "score_error",
    "quantization",
    "rating",
    "decode_tok_s",
    "decode_low",
    "decode_high",
    "agree_percent",
    "file_gb",
    "context",
    "placement",
    "license",
    "why",
)


def ranked_document(row: Ranked) -> Document:
    """The row's estimate with its place; limits are not searched for here and are null."""
    return {
        "rank": row.rank,
        "score": row.score.value if row.score else None,
        "score_error": row.score.standard_error if row.score else None,
        "tied_with": max(row.tied - 1, 0),
        "why": row.why,
        **estimate_document(row.estimate, None),
    }


def as_json(ranking: Ranking, use: str) -> str:
    """All rows as one document."""
    listed = [ranked_document(row) for row in ranking.rows]
    document = {"schema": SCHEMA, "for": use, "ranked": listed, "left_out": ranking.left_out}
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


def as_text(ranking: Ranking, use: str, kind: str) -> str:
    """As json, csv or md."""
    if kind == "json":
        return as_json(ranking, use) + "\n"
    return as_csv(ranking) if kind == "csv" else as_markdown(ranking)


def as_csv(ranking: Ranking) -> str:
    """One line for each model; unknown is empty."""
    return "".join(csv_of_rows(COLUMNS, map(_cells, ranking.rows)))


def as_markdown(ranking: Ranking) -> str:
    """A table; unknown is a dash."""
    return markdown_of_rows(COLUMNS, map(_cells, ranking.rows))


def _cells(row: Ranked) -> tuple[object, ...]:
    found, score = row.estimate, row.score
    speed, quality = found.speed, found.quality
    return (
        row.rank,
        found.scenario.model.id,
        score.value if score else None,
        score.standard_error if score else None,
        found.scenario.quant.name,
        found.rating.label,
        _rounded(speed.decode_tok_s),
        _rounded(speed.decode_low),
        _rounded(speed.decode_high),
        _rounded(quality.agree_percent if quality else None),
        round(found.weights.file_bytes / 1e9, 2),
        found.scenario.settings.context,
        found.placement.mode.value,
        found.scenario.model.license,
        row.why,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def print_ranking(ranking: Ranking, use: str, machine: str, most: int | None) -> None:
    """The first rows, the reason of each place below, and what was left out."""
    from llmfit_tui.format.listings import console, table

    out = console()
    shown = ranking.rows[:most]
    out.print(f"{len(ranking.rows)} models for {use} on {machine}, best first", style="bold")
    made = table(
        ("rank", True),
        ("model", False),
        (use, True),
        ("quantization", False),
        ("tok/s", True),
        ("agrees", True),
        ("file GB", True),
        ("rating", False),
    )
    for row in shown:
        found, score = row.estimate, row.score
        made.add_row(
            _place(row),
            found.scenario.model.name,
            f"{score.value:.1f} ± {score.standard_error:.1f}" if score else amounts.DASH,
            found.scenario.quant.name,
            amounts.rate(found.speed.decode_tok_s),
            amounts.agreement(found.quality.agree_percent) if found.quality else amounts.DASH,
            f"{found.weights.file_bytes / 1e9:.1f}",
            found.rating.label,
        )
    out.print(made)
    for row in shown:
        out.print(f"{_place(row)} {row.estimate.scenario.model.name}: {row.why}", soft_wrap=True)
    if len(shown) < len(ranking.rows):
        out.print(f"{len(ranking.rows) - len(shown)} more: --top all shows them.", style="dim")
    for reason, count in ranking.left_out.items():
        out.print(f"left out, {reason}: {count}", style="dim")


def _place(row: Ranked) -> str:
    """The rank, "=" before one that is shared, a dash where there is none."""
    return amounts.DASH if row.rank is None else f"{'=' if row.tied > 1 else ''}{row.rank}"
