"""A way to look at a ranking: what is wanted, and the column it is sorted by."""

from collections.abc import Callable, Mapping, Sequence

from llmfit_tui.core.ranking.choice import Wanted
from llmfit_tui.core.ranking.rank import Ranked
from llmfit_tui.core.record import record

Value = float | str | None


@record
class RankingView:
    """What a person keeps under a name."""

    wanted: Wanted = Wanted()
    column: str = "rank"
    """One of `SORTS`."""
    turned: bool = False
    """The other way round than is usual for the column."""
    filter: str = ""
    """As typed over the list."""


def _agree(row: Ranked) -> Value:
    return row.estimate.quality.agree_percent if row.estimate.quality else None


SORTS: Mapping[str, tuple[Callable[[Ranked], Value], bool]] = {
    "rank": (lambda row: row.rank, False),
    "model": (lambda row: row.estimate.scenario.model.name.lower(), False),
    "size": (lambda row: row.estimate.scenario.model.parameters, True),
    "score": (lambda row: row.score.value if row.score else None, True),
    "quant": (lambda row: row.estimate.weights.bits_per_weight, True),
    "speed": (lambda row: row.estimate.speed.decode_tok_s, True),
    "agree": (_agree, True),
    "file": (lambda row: row.estimate.weights.file_bytes, False),
    "context": (lambda row: row.estimate.scenario.model.context_max, True),
    "licence": (lambda row: row.estimate.scenario.model.license, False),
    "released": (lambda row: row.estimate.scenario.model.release_date, True),
}
"""Columns: the value of a row, and whether the largest usually comes first."""


def sorted_rows(rows: Sequence[Ranked], column: str, turned: bool) -> list[Ranked]:
    """By a column, equal ones as they were; unknown comes last whichever way round."""
    value, falls = SORTS[column]
    known = [row for row in rows if value(row) is not None]
    known.sort(key=lambda row: value(row) or 0, reverse=falls is not turned)
    return [*known, *(row for row in rows if value(row) is None)]
