"""The ranking as a list: every model that does what is wanted, and the reason for the place of one."""

from collections.abc import Sequence
from textwrap import wrap

from textual import events

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.filters import models as asked
from llmfit_tui.core.filters.field import Field
from llmfit_tui.core.ranking.rank import Ranked
from llmfit_tui.format import amounts
from llmfit_tui.messages.views import Picked
from llmfit_tui.panes.columns import Column
from llmfit_tui.panes.figures import mark
from llmfit_tui.panes.filtered import FilteredList
from llmfit_tui.panes.painted import Line, Span, fitted
from llmfit_tui.panes.rowlist import HEAD_LINES

FOOT = 2
"""Lines for the reason."""
COLUMNS = (
    Column("mark", "", 1, right=False),
    Column("rank", "rank", 5),
    Column("model", "model", 0, right=False),
    Column("size", "size", 5, drop=4),
    Column("score", "score", 9),
    Column("quant", "quant", 8, right=False),
    Column("speed", "tok/s", 6),
    Column("agree", "agree", 6, drop=2),
    Column("file", "file", 8, drop=3),
    Column("context", "context", 8, drop=5),
    Column("licence", "licence", 14, right=False, drop=6),
    Column("released", "released", 11, right=False, drop=7),
    Column("why", "why", 60, right=False, drop=9),
)


class RankingPane(FilteredList):
    """Rows in the order they are given; a click on a title sorts by that column."""

    least_name_width = 22
    generous_name_width = 24

    def __init__(self) -> None:
        self.rows: Sequence[Ranked] = ()
        super().__init__("Ranking", id="body")
        self.column, self.falls = "rank", False
        self.moved = False
        """Whether a person moved the cursor; until then it is on the first row."""
        self.notes: Sequence[str] = ()
        """How far it is worked out, or what was left out."""

    def show(self, rows: Sequence[Ranked], column: str, falls: bool, notes: Sequence[str]) -> None:
        """Other rows, or the same in another order; the cursor stays on its model."""
        chosen = self.chosen
        self.rows, self.column, self.falls, self.notes = rows, column, falls, notes
        model = chosen.estimate.scenario.model if chosen and self.moved else None
        place = next((i for i, row in enumerate(rows) if row.estimate.scenario.model is model), 0)
        self.resting_index = place if rows else None
        self.other_rows()
        if rows:
            self.put_cursor(place)
        if self.resting_index not in self.shown:
            self.cursor = 0
        self.keep_in_view()
        self.forget()

    def filter_terms(self) -> tuple[Sequence[Field], Sequence[str]]:
        """As of a model."""
        return asked.FIELDS, asked.WORDS

    @property
    def chosen(self) -> Ranked | None:
        """The row under the cursor."""
        index = self.chosen_index
        return self.rows[index] if index is not None and index < len(self.rows) else None

    def row_count(self) -> int:
        """Models that do what is wanted."""
        return len(self.rows)

    def row(self, index: int) -> object:
        """What filters ask."""
        return self.rows[index].estimate.scenario.model

    def row_words(self, index: int) -> str:
        """Text that plain words look through."""
        return asked.words_of(self.rows[index].estimate.scenario.model)

    def estimate_of(self, index: int) -> Estimate | None:
        """Of the quantization chosen."""
        return self.rows[index].estimate

    def columns(self) -> Sequence[Column]:
        """The sorted one says which way."""
        return COLUMNS

    def tallies(self) -> Sequence[str]:
        """How many, and what was left out."""
        rows = super().tallies()[0]
        return [" · ".join((rows, *self.notes[:count])) for count in range(len(self.notes), -1, -1)]

    def header_line(self, width: int, columns: Sequence[tuple[Column, int]]) -> Line:
        """The titles, the sorted one with the direction."""
        if self.filtering or self.filter_text:
            return super().header_line(width, columns)
        spans: list[Span] = [(" ", "head")]
        for column, size in columns:
            here = column.key == self.column
            arrow = ("▼" if self.falls else "▲") if here else ""
            spans.append(
                (fitted(column.title + arrow, size, column.right) + " ", "title" if here else "head")
            )
        return tuple(spans)

    def cell(self, index: int, column: str) -> Span:
        """One figure."""
        row = self.rows[index]
        found, model = row.estimate, row.estimate.scenario.model
        quality = found.quality
        match column:
            case "mark":
                return mark(found, self.marks)
            case "rank":
                place = amounts.DASH if row.rank is None else f"{'=' if row.tied > 1 else ''}{row.rank}"
                return place, "bold" if row.rank is not None else "dim"
            case "model":
                return model.name, "text"
            case "size":
                return amounts.count(model.parameters), "dim"
            case "score":
                score = row.score
                text = f"{score.value:.1f} ± {score.standard_error:.1f}" if score else amounts.DASH
                return text.replace(" ± ", "±"), "text" if score else "dim"
            case "quant":
                return found.scenario.quant.name, "text"
            case "speed":
                return amounts.rate(found.speed.decode_tok_s), "text"
            case "agree":
                return amounts.agreement(quality.agree_percent if quality else None), "text"
            case "file":
                return amounts.gb(found.weights.file_bytes), "dim"
            case "context":
                return amounts.tokens(model.context_max), "dim"
            case "licence":
                return model.license or amounts.DASH, "dim"
            case "released":
                return model.release_date or amounts.DASH, "dim"
            case _:
                return row.why, "dim"

    @property
    def body_height(self) -> int:
        """Less the reason."""
        return max(self.content_size.height - HEAD_LINES - FOOT, 1)

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """The list, and why the row under the cursor is where it is."""
        made = [*super().lines(width, height - FOOT)]
        made += [()] * (height - FOOT - len(made))
        why = wrap(self.chosen.why, width - 4) if self.chosen else []
        if len(why) > FOOT:
            why = [*why[: FOOT - 1], f"{why[FOOT - 1][: width - 6]} …"]
        return [*made, *(((f"   {line}", "accent"),) for line in why)]

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self.moved = True
        super().action_move(rows)

    def choose(self, index: int) -> None:
        """Nothing is chosen before Enter."""

    async def on_click(self, event: events.Click) -> None:
        """A click on a title sorts by its column; anything else is the list's."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y != 1 or self.filtering or self.filter_text:
            return
        event.prevent_default()
        x = 1
        for column, size in self._columns_in(self.content_size.width):
            if x <= offset.x <= x + size and column.title:
                self.post_message(
                    Picked(COLUMNS.index(next(one for one in COLUMNS if one.key == column.key)))
                )
            x += size + 1
