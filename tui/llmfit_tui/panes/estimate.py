"""The estimate panel: the verdict in words, memory by part on each device, and the model."""

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import events
from textual.reactive import var

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import architecture
from llmfit_tui.format import amounts
from llmfit_tui.format.description import one_line, paired, specifications
from llmfit_tui.panes.marks import UNICODE, Marks
from llmfit_tui.panes.painted import Line, Painted, Span, fitted, rule, sentence, width_of
from llmfit_tui.panes.told import after, in_room

if TYPE_CHECKING:
    from llmfit_tui.core.estimate import Estimate
    from llmfit_tui.core.placement.placement import Load

SIDE_BY_SIDE = 100
"""Columns from which specifications stand beside the estimate."""
FACTS_WIDTH = 55
FACTS_BESIDE = 98
"""Columns of the estimate from which its facts stand beside its bars."""
ALL_SPECIFICATIONS = 10
"""Lines they take one below the other; in fewer lines they go two by two."""
PARTS = ("weights", "cache", "compute", "driver", "beside")
NAMES = ("weights", "KV cache", "compute", "driver", "beside")
MOST_BARS = 5
NAME_WIDTH = 20
LABEL_WIDTH = 13


@record
class Answers:
    """What takes longer to know than the estimate, and is looked for once the cursor rests."""

    limited: bool = False
    """Whether `most_context` is known."""
    most_context: int | None = None
    """None: not even the shortest fits."""
    advised: bool = False
    """Whether `helps` is known."""
    helps: str = ""
    """The cheapest change that would lift the rating, in words."""
    used: str = ""
    """What in use keeps the model from fitting, and whom to stop, in words."""


class EstimatePane(Painted):
    """What follows from the three choices."""

    found: "Estimate | None" = None
    announced: Model | None = None
    """The model to be estimated, before there is an estimate."""
    problem: str = ""
    """Why there is none."""
    answers: Answers = Answers()
    shows_model: var[bool] = var(False)
    """Where there is no room for both: the specifications instead of the estimate."""
    tip = "", ""
    """A key to try and what it does, shown above the estimate in a narrow window."""
    marks: Marks = UNICODE

    def show_tip(self, keys: str, does: str) -> None:
        """Another tip; empty: none any more."""
        self.tip = keys, does
        self.repaint()

    def show(self, found: "Estimate | None", answers: Answers, problem: str = "") -> None:
        """Another estimate, and what more is known of it."""
        self.found, self.answers, self.problem, self.announced = found, answers, problem, None
        self.repaint()

    def announce(self, model: Model) -> None:
        """What is known of the model; its estimate follows."""
        with suppress(BadValue):
            architecture(model)
            self.announced = model
        self.repaint()

    def watch_shows_model(self) -> None:
        """The other half."""
        self.repaint()

    async def on_click(self, event: events.Click) -> None:
        """A click on a figure asks where it comes from."""
        figure = {1: "rating", 2: "decode"}.get(event.y, "memory")
        await self.screen.run_action(f"why('{figure}')")

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """Estimate and specifications side by side, or one of them."""
        found, model = self.found, self.announced
        if found is not None:
            model = found.scenario.model
        if model is None:
            said = self.problem or "No estimate: the size is not known."
            return [rule(width, "Estimate", (), "text"), ((said, "dim"),)]
        if width < SIDE_BY_SIDE:
            inner = width - 2
            below = (
                self._model_lines(model, inner, height - 1)
                if self.shows_model
                else self._estimate_lines(inner, height - 1)
            )
            others = ("i: the estimate",) if self.shows_model else ("i: about the model", "i: model")
            title = model.name if self.shows_model else "Estimate"
            keys, does = self.tip
            tip = f" try {keys} {does}" if keys and not self.shows_model else ""
            head = rule(width, title, others, "text", tip)
            return [head, *(((" ", "text"), *line) for line in below)]
        right = min(max(width // 3, 42), 52)
        left = width - right - 5
        one, two = self._estimate_lines(left, height - 1), self._model_lines(model, right, height - 1)
        heads = rule(left + 2, "Estimate", (), "text"), rule(right + 3, model.name, (), "text")
        return [
            (*heads[0], *heads[1]),
            *(
                _beside(one[y] if y < len(one) else (), two[y] if y < len(two) else (), left)
                for y in range(height - 1)
            ),
        ]

    def _estimate_lines(self, width: int, height: int) -> list[Line]:
        found = self.found
        if found is None:
            return []
        from llmfit_tui.format.verdict import speed_parts, verdict

        level = found.rating.level
        label = f"{self.marks.levels[level]} {found.rating.label}", f"level-{level}@strong"
        made = [
            *after(label, verdict(found), "bold", width),
            ((sentence(speed_parts(found), width), "text"),),
        ]
        room = height - len(made)
        if width < FACTS_BESIDE:
            facts = self._facts(found, width)
            bars = self._bars(found, width, room - len(facts[:4]))
            return [*made, *bars, *in_room(facts, width, room - len(bars))][:height]
        left = width - FACTS_WIDTH - 3
        bars = self._bars(found, left, room)
        facts = in_room(self._facts(found, width - left - 3, apart=True), width - left - 3, room)
        below = [
            _beside(bars[y] if y < len(bars) else (), facts[y] if y < len(facts) else (), left, "   ")[1:]
            for y in range(max(len(bars), len(facts)))
        ]
        return [*made, *below][:height]

    def _bars(self, found: "Estimate", width: int, room: int) -> list[Line]:
        """Memory by part on each device, and what the parts are."""
        from llmfit_tui.format.loads import rows_of

        loads = [load for load in found.placement.loads if load.capacity_bytes or load.total_bytes]
        told = self._legend(found, width)
        rows = rows_of(loads, short=True)
        kept = _fullest(rows, max(1, min(MOST_BARS, room - len(told), len(rows))))
        name = min(max(cell_len(name) for name, _ in kept), NAME_WIDTH)
        amount = max(len(_amount(load)) for _, load in kept)
        return [*(self._bar(fitted(text, name), load, width, amount) for text, load in kept), *told]

    def _facts(self, found: "Estimate", width: int, apart: bool = False) -> list[Span]:
        """The file, how far the context goes, the rule of thumb, what was assumed; `apart`: one a line."""
        from llmfit_tui.core.rating import BEST_LEVEL
        from llmfit_tui.format.engines import vllm_words
        from llmfit_tui.format.verdict import beside_lines, context_line, more_lines, rule_line, size_parts

        said = size_parts(found) if apart else [sentence(size_parts(found), width)]
        said += more_lines(found)
        known = self.answers
        said.append(
            context_line(found, known.most_context)
            if known.limited
            else f"most context here {self.marks.dash}"
        )
        if known.used:
            said.append(known.used)
        said += beside_lines(found)
        if found.vllm is not None:
            said += vllm_words(found.vllm)
        # Its place is kept while it is looked for, so that nothing below it moves.
        if known.helps or (not known.advised and found.rating.level < BEST_LEVEL):
            said.append(f"h: {known.helps or self.marks.dash}")
        quiet = [rule_line(found)]
        assumed = [note[:1].lower() + note[1:].rstrip(".") for note in found.scenario.machine.assumed]
        if assumed:
            told = [f"assumed: {assumed[0]}", *assumed[1:]]
            quiet += told if apart else [sentence(told, width, "; ")]
        quiet += [f"note: {warning}" for warning in found.warnings]
        return [*((line, "text") for line in said), *((line, "dim") for line in quiet)]

    def _bar(self, name: str, load: "Load", width: int, amount: int) -> Line:
        """One device: name, memory by part, amounts."""
        across = max(width - cell_len(name) - amount - 2, 8)
        scale = across / max(load.capacity_bytes, load.total_bytes, 1)
        spans: list[Span] = [(f"{name} ", "text")]
        reached, filled = 0.0, 0
        for part, glyph, size in zip(PARTS, self.marks.bar, _parts(load), strict=False):
            reached += size * scale
            cells = max(round(reached) - filled, 1 if size * scale > 0.15 else 0)
            cells = min(cells, across - filled)
            spans.append((glyph * cells, part))
            filled += cells
        spans.append((self.marks.bar[-1] * (across - filled), "free"))
        tone = "over" if load.free_bytes < 0 else "text"
        spans.append((" " + fitted(_amount(load), amount, right=True), tone))
        return tuple(spans)

    def _legend(self, found: "Estimate", width: int) -> list[Line]:
        """What the bars are made of, over all devices: in one line, or in two."""
        sums = [sum(column) for column in zip(*(_parts(load) for load in found.placement.loads), strict=True)]
        told = [
            ((glyph, part), (f" {name} {amounts.gib(size, unit=False)}  ", "dim"))
            for part, glyph, name, size in zip(PARTS, self.marks.bar, NAMES, sums, strict=False)
            if size or part != "beside"
        ]
        whole = tuple(span for pair in told for span in pair)
        if width_of(whole) <= width:
            return [whole]
        half = -(-len(told) // 2)
        first = max(width_of(told[0]), width_of(told[half]))
        return [
            tuple(
                (fitted(text, first - 1) if i == 1 else text, tone)
                for i, (text, tone) in enumerate(span for pair in some for span in pair)
            )
            for some in (told[:half], told[half:])
        ]

    def _model_lines(self, model: Model, width: int, height: int) -> list[Line]:
        arch = architecture(model)
        made: list[Line] = [((sentence(one_line(model, arch), width, "; "), "bold"),)]
        facts = specifications(model, arch)
        if height < ALL_SPECIFICATIONS:
            facts = paired(facts, width - LABEL_WIDTH)
        for name, value in facts:
            told = sentence([value], max(width - LABEL_WIDTH, 1))
            made.append(((f"{name:<{LABEL_WIDTH}}", "dim"), (told, "text")))
        return made


def _fullest(rows: "list[tuple[str, Load]]", room: int) -> "list[tuple[str, Load]]":
    """As many rows as there is room for; the fullest of those left out stands for them, before the last."""
    if len(rows) <= room:
        return rows
    host = [row for row in rows[-1:] if row[1].gpu is None and len(rows) > 1]
    cards = rows[: len(rows) - len(host)]
    host = host if room > 1 else []
    before = room - len(host) - 1
    rest = cards[before:]
    if len(rest) == 1:
        return [*cards, *host]
    name, load = max(rest, key=lambda row: row[1].total_bytes / max(row[1].capacity_bytes, 1))
    return [*cards[:before], (f"{name}, of {len(rest)}", load), *host]


def _amount(load: "Load") -> str:
    return f"{amounts.gib(load.total_bytes, unit=False)} of {amounts.gib(load.capacity_bytes)}"


def _parts(load: "Load") -> tuple[int, int, int, int, int]:
    scratch = load.compute_bytes + load.output_bytes
    return load.weights_bytes, load.cache_bytes, scratch, load.overhead_bytes, load.parts_bytes


def _beside(left: Line, right: Line, width: int, between: str = " │ ") -> Line:
    """Two lines side by side, the left one padded to its width."""
    return ((" ", "text"), *left, (" " * max(width - width_of(left), 0), "text"), (between, "dim"), *right)
