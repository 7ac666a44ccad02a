"""The estimate panel: the verdict in words, memory by part on each device, and the model."""

from collections.abc import Sequence

from textual.reactive import var

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.limits import max_context
from llmfit_tui.core.placement import Load
from llmfit_tui.format import amounts
from llmfit_tui.format.description import one_line, specifications
from llmfit_tui.format.devices import machine_name
from llmfit_tui.format.verdict import context_line, rule_line, size_parts, speed_parts, verdict
from llmfit_tui.panes.marks import UNICODE, Marks
from llmfit_tui.panes.painted import Line, Painted, Span, fitted, rule, sentence, width_of

SIDE_BY_SIDE = 100
"""Columns from which specifications stand beside the estimate."""
PARTS = ("weights", "cache", "compute", "driver")
MOST_BARS = 5
NAME_WIDTH = 14
AMOUNT_WIDTH = 18


class EstimatePane(Painted):
    """What follows from the three choices."""

    found: var[Estimate | None] = var[Estimate | None](None)
    problem: var[str] = var("")
    shows_model: var[bool] = var(False)
    """Where there is no room for both: the specifications instead of the estimate."""
    marks: Marks = UNICODE

    def watch_found(self) -> None:
        """Another estimate."""
        self.repaint()

    def watch_problem(self) -> None:
        """Another reason why there is none."""
        self.repaint()

    def watch_shows_model(self) -> None:
        """The other half."""
        self.repaint()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """Estimate and specifications side by side, or one of them."""
        found = self.found
        if found is None:
            said = self.problem or "No estimate: the size is not known."
            return [rule(width, "Estimate", (), "text"), ((said, "dim"),)]
        if width < SIDE_BY_SIDE:
            inner = width - 2
            below = self._model_lines(inner) if self.shows_model else self._estimate_lines(inner, height - 1)
            other = "i: the estimate" if self.shows_model else "i: about the model"
            title = found.scenario.model.name if self.shows_model else "Estimate"
            return [rule(width, title, (other,), "text"), *(((" ", "text"), *line) for line in below)]
        right = min(max(width // 3, 42), 58)
        left = width - right - 5
        one, two = self._estimate_lines(left, height - 1), self._model_lines(right)
        heads = rule(left + 2, "Estimate", (), "text"), rule(right + 3, found.scenario.model.name, (), "text")
        return [
            (*heads[0], *heads[1]),
            *(
                _beside(one[y] if y < len(one) else (), two[y] if y < len(two) else (), left)
                for y in range(height - 1)
            ),
        ]

    def _estimate_lines(self, width: int, height: int) -> list[Line]:
        found = self.found
        assert found is not None
        loads = [load for load in found.placement.loads if load.capacity_bytes or load.total_bytes]
        level = found.rating.level
        label = f"{self.marks.levels[level]} {found.rating.label}"
        made: list[Line] = [
            (
                (label, f"level-{level}@strong"),
                (sentence([f" · {verdict(found)}"], width - len(label)), "bold"),
            ),
            ((sentence(speed_parts(found), width), "text"),),
        ]
        room = max(1, min(MOST_BARS, height - 7, len(loads)))
        kept = loads if len(loads) <= room else [*loads[: room - 1], loads[-1]] if room > 1 else loads[:1]
        made += [self._bar(load, width) for load in kept]
        made.append(self._legend(found, width))
        made.append(((sentence(size_parts(found), width), "text"),))
        made.append(((sentence([context_line(found, max_context(found))], width), "text"),))
        made.append(((sentence([rule_line(found)], width), "dim"),))
        assumed = [note[:1].lower() + note[1:].rstrip(".") for note in found.scenario.machine.assumed]
        if assumed:
            made.append(((sentence([f"assumed: {assumed[0]}", *assumed[1:]], width, "; "), "dim"),))
        made += [((sentence([f"note: {warning}"], width), "dim"),) for warning in found.warnings]
        return made[:height]

    def _bar(self, load: Load, width: int) -> Line:
        """One device: name, memory by part, amounts."""
        across = max(width - NAME_WIDTH - AMOUNT_WIDTH - 2, 8)
        scale = across / max(load.capacity_bytes, load.total_bytes, 1)
        spans: list[Span] = [(fitted(machine_name(load.name), NAME_WIDTH) + " ", "text")]
        reached, filled = 0.0, 0
        for part, glyph, size in zip(PARTS, self.marks.bar, _parts(load), strict=False):
            reached += size * scale
            cells = max(round(reached) - filled, 1 if size * scale > 0.15 else 0)
            cells = min(cells, across - filled)
            spans.append((glyph * cells, part))
            filled += cells
        spans.append((self.marks.bar[-1] * (across - filled), "free"))
        amount = f"{amounts.gib(load.total_bytes, unit=False)} of {amounts.gib(load.capacity_bytes)}"
        spans.append(
            (" " + fitted(amount, AMOUNT_WIDTH, right=True), "over" if load.free_bytes < 0 else "text")
        )
        return tuple(spans)

    def _legend(self, found: Estimate, width: int) -> Line:
        """What the bars are made of, over all devices."""
        sums = [sum(column) for column in zip(*(_parts(load) for load in found.placement.loads), strict=True)]
        names = ("weights", "KV cache", "compute", "driver")
        spans: list[Span] = [(" " * (NAME_WIDTH + 1), "text")]
        for part, glyph, name, size in zip(PARTS, self.marks.bar, names, sums, strict=False):
            spans += [(glyph, part), (f" {name} {amounts.gib(size, unit=False)}  ", "dim")]
        if width_of(tuple(spans)) > width:
            spans[0] = ("", "text")
        while width_of(tuple(spans)) > width:
            del spans[-2:]
        return tuple(spans)

    def _model_lines(self, width: int) -> list[Line]:
        found = self.found
        assert found is not None
        model = found.scenario.model
        made: list[Line] = [((sentence(one_line(model, found.arch), width, "; "), "bold"),)]
        for name, value in specifications(model, found.arch):
            made.append(((f"{name:<13}", "dim"), (sentence([value], max(width - 13, 1)), "text")))
        return made


def _parts(load: Load) -> tuple[int, int, int, int]:
    return load.weights_bytes, load.cache_bytes, load.compute_bytes + load.output_bytes, load.overhead_bytes


def _beside(left: Line, right: Line, width: int) -> Line:
    """Two lines side by side, the left one padded to its width."""
    return ((" ", "text"), *left, (" " * max(width - width_of(left), 0), "text"), (" │ ", "dim"), *right)
