"""The line at the top: the present scenario, and the line at the bottom: the keys a newcomer needs."""

from collections.abc import Container, Sequence

from rich.cells import cell_len
from textual import events
from textual.reactive import var

from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.errors import printable
from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.core.scenario import Scenario, within_own_context
from llmfit_tui.format import amounts
from llmfit_tui.format.devices import machine_name
from llmfit_tui.format.engine_names import ENGINE_NAMES
from llmfit_tui.panes.painted import Line, Painted, Span, fitted, sentence, width_of

TIPS_FROM = 100
"""Columns from which a tip may stand here; in narrower windows it stands above the estimate."""


class Summary(Painted):
    """The scenario in one line."""

    scenario: Scenario | None = None
    tip = "", ""
    """A key to try and what it does, shown where the line has room for it."""

    def show_tip(self, keys: str, does: str) -> None:
        """Another tip; empty: none any more."""
        if (keys, does) != self.tip:
            self.tip = keys, does
            self.repaint()

    def follow(self, scenario: Scenario) -> None:
        """Another scenario."""
        self.scenario = scenario
        self.repaint()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """Name of the program, then the choices."""
        del height
        name = " llmfit-tui  "
        if self.scenario is None:
            return [((name, "title"),)]
        model = printable(self.scenario.model.name)
        room = width - len(name) - cell_len(model)
        choices = _choices(self.scenario, room)
        tip = self._tip(room - cell_len(choices)) if width >= TIPS_FROM else ()
        told = fitted(choices, room - width_of(tip))
        return [((name, "title"), (model, "bold"), (told, "text"), *tip)]

    def _tip(self, room: int) -> Line:
        keys, does = self.tip
        words = f" {does} "
        if not keys or cell_len(keys) + cell_len(words) + 7 > room:
            return ()
        return (("try ", "dim"), (keys, "key"), (words, "dim"))


def _choices(scenario: Scenario, room: int) -> str:
    """What was chosen beside the model; where room is scarce the usual goes unsaid."""
    told = ""
    for unsaid in range(3):
        told = "".join(f" · {printable(part)}" for part in _parts(scenario, unsaid))
        if cell_len(told) <= room:
            break
    return told


def _parts(asked: Scenario, unsaid: int) -> list[str]:
    """`unsaid`: 1 leaves out the usual type of the cache, 2 the word for what a context is counted in."""
    scenario = within_own_context(asked)
    settings = scenario.settings
    context = f"{settings.context:,}{' tokens' if unsaid < 2 else ''}"
    if settings.context < asked.settings.context:
        context += f" (of {amounts.tokens(asked.settings.context)})"
    cache = settings.kv_type_k.value
    if settings.kv_type_v is not settings.kv_type_k:
        cache += f"/{settings.kv_type_v.value}"
    parts = [scenario.quant.name, context]
    if not unsaid or cache != KVType.F16.value:
        parts.append(f"KV {cache}")
    if settings.engine is not Engine.LLAMA_CPP:
        parts.insert(1, f"in {ENGINE_NAMES[settings.engine]}")
    if settings.parallel > 1:
        parts.append(f"{settings.parallel} slots")
    if not settings.flash_attention_on:
        parts.append("no flash attention")
    if settings.gpu_layers is not None and scenario.machine.gpus:
        parts.append(f"{settings.gpu_layers} GPU layers by hand")
    parts += [f"+ {part.kind.value.removeprefix('model-')}" for part in settings.parts]
    parts.append(machine_name(scenario.machine.name))
    return parts


class KeyHints(Painted):
    """Keys with what they do; a click on one presses it."""

    said: var[str] = var("")
    """A short message in place of the keys, until the next key."""

    def __init__(self, hints: Sequence[tuple[str, str, str]], staying: Container[str] = ()) -> None:
        """`hints`: (keys as shown, what they do, the action a click runs).

        `staying`: actions whose hints stay in any width.
        """
        super().__init__(id="hints")
        self.hints, self.staying = hints, staying
        self._spots: list[tuple[int, int, str]] = []

    def watch_said(self) -> None:
        """Another message."""
        self.repaint()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """As many hints as fit."""
        del height
        if self.said:
            return [((" " + fitted(sentence([self.said], width - 1), width - 1), "accent"),)]
        spans: list[Span] = []
        self._spots = []
        gap, x = "  " if width >= 100 else " ", 0
        for keys, does, action in self._fitting(width, len(gap)):
            spans += [(f" {keys} ", "key"), (f"{does}{gap}", "dim")]
            end = x + len(keys) + len(does) + 2 + len(gap)
            self._spots.append((x, end, action))
            x = end
        return [tuple(spans)]

    def _fitting(self, width: int, gap: int) -> list[tuple[str, str, str]]:
        """Those that stay, and of the others as many as there is room for."""
        sizes = [len(keys) + len(does) + 2 + gap for keys, does, _ in self.hints]
        room = width - sum(
            size for size, hint in zip(sizes, self.hints, strict=True) if hint[2] in self.staying
        )
        kept: list[tuple[str, str, str]] = []
        for size, hint in zip(sizes, self.hints, strict=True):
            stays = hint[2] in self.staying
            room -= 0 if stays else size
            if stays or room >= 0:
                kept.append(hint)
        return kept

    async def on_click(self, event: events.Click) -> None:
        """Run the action of the hint under the pointer."""
        for start, end, action in self._spots:
            if start <= event.x < end and action:
                await self.screen.run_action(action)
