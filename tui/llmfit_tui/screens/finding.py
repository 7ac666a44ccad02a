"""Everything the palette can find, and what becomes of a choice."""

from collections.abc import Iterator
from typing import cast

from textual.screen import Screen

from llmfit_tui.core.models.model import Model
from llmfit_tui.core.search import Entry
from llmfit_tui.format import amounts
from llmfit_tui.format.devices import memory_label, short_name
from llmfit_tui.format.scenario_line import line_words
from llmfit_tui.messages.choices import MachineChosen, ModelChosen, QuantChosen
from llmfit_tui.screens.explorer import ExplorerScreen
from llmfit_tui.screens.keys import EXPLORER, KEYS, VIEWS, Key, passed_on
from llmfit_tui.screens.keys.bindings import passed_action
from llmfit_tui.screens.themes import SAID
from llmfit_tui.screens.view import View

VIEW_GROUP = "Views"
MOTIONS = frozenset({"up", "down", "left", "right", "pageup", "pagedown", "home", "end"})
"""Keys that move a cursor, which nobody looks for."""


def is_command(key: Key) -> bool:
    """Whether a row of the table is something to be done, not a way of moving."""
    return key.keys.split(",")[0] not in MOTIONS and (key.bound or key.action.startswith("app."))


def everything(explorer: ExplorerScreen, here: Screen[object]) -> list[Entry]:
    """Commands of where one is first, then views, what is kept, models, quantizations, hardware."""
    lists = (*_models(explorer), *_quants(explorer), *_hardware(explorer))
    return [*_commands(explorer, here), *kept(explorer, here), *lists]


def kept(explorer: ExplorerScreen, here: Screen[object]) -> list[Entry]:
    """Favourites, then recent scenarios."""
    del here
    lines = [("favourite", line) for line in explorer.favourites]
    lines += [("recent", line) for line in explorer.recent if line not in explorer.favourites]
    named = [(kind, line, line_words(line)) for kind, line in lines]
    return [Entry(kind, line, words, f"{words} {kind}".lower()) for kind, line, words in named]


def themes(explorer: ExplorerScreen, here: Screen[object]) -> list[Entry]:
    """All of them."""
    del here
    now = explorer.app.theme  # pyright: ignore[reportUnknownMemberType]
    return [Entry("theme", name, said, said, "now" if name == now else "") for name, said in SAID.items()]


def _commands(explorer: ExplorerScreen, here: Screen[object]) -> Iterator[Entry]:
    keymap = explorer.keymap
    if isinstance(here, View):
        for key in filter(is_command, (*VIEWS[here.view], *passed_on(here.view))):
            yield _entry("here", key, keymap.first(key))
    for key in filter(is_command, EXPLORER[VIEW_GROUP]):
        yield _entry("view", key, keymap.first(key))
    for group, keys in EXPLORER.items():
        if group != VIEW_GROUP:
            for key in filter(is_command, keys):
                yield _entry("command", key, keymap.first(key))


def _entry(kind: str, key: Key, shown: str) -> Entry:
    return Entry(kind, key.id, key.named, f"{key.named} {key.hint} {key.id}".lower(), shown)


def _models(explorer: ExplorerScreen) -> Iterator[Entry]:
    for index, model in enumerate(explorer.models.models):
        text = explorer.models.row_words(index).lower()
        yield Entry("model", model.id, model.name, text, amounts.count(model.parameters))


def _quants(explorer: ExplorerScreen) -> Iterator[Entry]:
    for index, quant in enumerate(explorer.quants.quants):
        text = explorer.quants.row_words(index).lower()
        yield Entry("quant", quant.name, quant.name, text, f"{quant.format}")


def _hardware(explorer: ExplorerScreen) -> Iterator[Entry]:
    pane = explorer.hardware
    for index in range(pane.row_count()):
        device, own = pane.device(index), pane.own_machine(index)
        text = pane.row_words(index).lower()
        if device is not None:
            yield Entry("hardware", device.name, short_name(device), text, memory_label(device))
        elif own is not None:
            yield Entry("hardware", own.name, own.name, text, "yours")


async def act(entry: Entry, explorer: ExplorerScreen, here: Screen[object]) -> None:
    """Go to what was chosen, or do it, where the palette was opened."""
    match entry.kind:
        case "model":
            _take_model(explorer, entry.key)
        case "quant":
            index = next(i for i, one in enumerate(explorer.quants.quants) if one.name == entry.key)
            explorer.quants.show_row(index)
            explorer.take_quant(QuantChosen(explorer.quants.quants[index]))
        case "hardware":
            _take_hardware(explorer, entry.key)
        case "theme":
            await explorer.run_action(f"app.choose_theme({entry.key!r})")
            return
        case "favourite" | "recent":
            explorer.open_line(entry.key)
        case _:
            await run(entry.key, explorer, here)
            return
    if isinstance(here, View):
        here.follow_all()


async def run(id: str, explorer: ExplorerScreen, here: Screen[object]) -> None:  # noqa: A002
    """Do what a row of the key table does: in the view one is in, else in the explorer, and nowhere else."""
    if isinstance(here, View):
        own = next((key for key in (*VIEWS[here.view], *passed_on(here.view)) if key.id == id), None)
        if own is not None:
            await here.run_action(own.action if own in VIEWS[here.view] else passed_action(own))
            return
    key = next((key for key in KEYS if key.id == id), None)
    if key is not None:
        _come_back(explorer)
        await explorer.run_action(key.action)


def _come_back(explorer: ExplorerScreen) -> None:
    """Leave the views that lie above."""
    while (above := cast("Screen[None]", explorer.app.screen)) is not explorer:  # pyright: ignore[reportUnknownMemberType]
        above.dismiss(None)


def _take_model(explorer: ExplorerScreen, id: str) -> None:  # noqa: A002
    models: list[Model] = list(explorer.models.models)
    index = next(i for i, one in enumerate(models) if one.id == id)
    explorer.models.show_row(index)
    explorer.take_model(ModelChosen(models[index]))


def _take_hardware(explorer: ExplorerScreen, name: str) -> None:
    pane = explorer.hardware
    for index in range(pane.row_count()):
        device, own = pane.device(index), pane.own_machine(index)
        if (device.name if device else own.name if own else "") == name:
            pane.show_row(index)
            machine = pane.machine(index)
            if machine is not None:
                explorer.take_machine(MachineChosen(machine))
            elif own is not None:
                explorer.say(own.problem)
            return
