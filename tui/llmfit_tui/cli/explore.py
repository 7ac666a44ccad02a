"""Opening the explorer, where the terminal allows it."""

import contextlib
import gc
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from llmfit_tui.cli.lookup import DEFAULT_HARDWARE, Lookup
from llmfit_tui.cli.terminal import Wishes, check_terminal, wishes
from llmfit_tui.cli.this import THIS, is_this
from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.errors import LlmfitError, UnknownName, or_list, quoted
from llmfit_tui.core.hardware.device import GIB
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.names import find_quant
from llmfit_tui.core.profiles.settings_table import settings_of_table, table_of_settings
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.home import this_home
from llmfit_tui.storage.own_models import read_own_models
from llmfit_tui.storage.places import Places, places
from llmfit_tui.storage.profiles import read_profiles
from llmfit_tui.storage.remembered import Remembered, read_remembered, remember

if TYPE_CHECKING:
    from argparse import Namespace

    from textual.driver import Driver

    from llmfit_tui.screens.explorer import ExplorerScreen
    from llmfit_tui.screens.keys.keymap import Keymap
    from llmfit_tui.screens.this_machine import Opens

FIRST_MODEL = "Qwen/Qwen2.5-0.5B-Instruct"
FIRST_QUANT = "Q4_K_M"
Found = TypeVar("Found")


def explore(
    config: str | None = None, line: str | None = None, asked_of_terminal: "Namespace | None" = None
) -> int:
    """Run the explorer, on the scenario of a line if there is one; returns the exit code.

    Raises NoTerminal.
    """
    assumed = check_terminal()
    gc.disable()  # until the first paint: modules and catalogs are no garbage
    from llmfit_tui.app import LlmfitApp

    catalog, where = Catalog(), places(config)
    last = read_remembered(where)
    asked = opened_line(catalog, where, line) if line is not None else None
    start = asked.start if asked else first_scenario(catalog, where, last)
    opens = _opens(asked.last if asked else last, start)
    keymap, problem = _own_keys(last)
    wanted, misspelt = wishes(asked_of_terminal, last.terminal)
    app = LlmfitApp(catalog, start, where, last.theme, _driver(wanted), opens, this_home(), keymap)
    app.notice = problem or misspelt or assumed
    if asked:
        app.notice, app.first_view = asked.notice or app.notice, asked.view
    app.fit_colours()
    app.prepare = partial(_give_kept, catalog, where, last)
    app.run(mouse=wanted.takes_mouse)
    explorer = app.explorer
    if explorer is not None and explorer.scenario is not None:
        own = explorer.scenario.machine.name in explorer.profiles.profiles.names
        host = explorer.host_gib if explorer.hardware.wishes.ram_bytes is not None else None
        explorer.keep_recent()
        visit = replace(
            visit_of(explorer.scenario, app.chosen_theme or app.theme, own, last, host),
            recent=explorer.recent,
            favourites=explorer.favourites,
            found=tuple(" ".join(one) for one in explorer.found_before),
            learned=tuple(sorted(explorer.learned or ())),
        )
        if visit != last:
            _remember(where, visit)
    return app.return_code or 0


def _give_kept(catalog: Catalog, where: Places, last: Remembered, explorer: "ExplorerScreen") -> None:
    """What earlier visits kept, and the way to open it again."""

    def reopen(line: str) -> tuple[Scenario, str]:
        opened = opened_line(catalog, where, line)
        return opened.start, opened.notice

    explorer.recent, explorer.favourites = last.recent, last.favourites
    explorer.found_before = [(kind, key) for kind, _, key in (one.partition(" ") for one in last.found)]
    explorer.reopen = reopen
    explorer.show_tips(last.learned)


def _own_keys(last: Remembered) -> "tuple[Keymap | None, str]":
    """Keys of the person's own, and what is wrong with their settings file, in a sentence."""
    if not last.keys:
        return None, last.problem
    from llmfit_tui.screens.keys.keymap import keymap_of

    keymap, problems = keymap_of(last.keys)
    more = f" ({len(problems) - 1} more like it.)" if len(problems) > 1 else ""
    return keymap, f"{problems[0]}{more}" if problems else last.problem


@record
class OpenedLine:
    """A scenario line as far as it is understood here."""

    start: Scenario
    last: Remembered
    notice: str
    """What of it was not understood, in one sentence; empty: all was."""
    view: str


def opened_line(catalog: Catalog, where: Places | None, text: str) -> OpenedLine:
    """The scenario of a line: what is known here is opened, the rest is named."""
    from llmfit_tui.format.scenario_line import read_line

    line = read_line(text)
    last = Remembered(
        model=line.model,
        quant=line.quant,
        hardware=line.hardware,
        host_gib=line.ram_gib,
        settings=line.settings,
    )
    start = first_scenario(catalog, where, last)
    problems = list(line.problems)
    own = read_own_models(where).models if where else ()
    resolver = Lookup(catalog, read_profiles(where) if where else None, None, own=own)
    finds: tuple[tuple[str | None, Callable[[str], object]], ...] = (
        (line.model, resolver.model),
        (line.quant, lambda name: find_quant(name, catalog.quants)),
        (None if is_this(line.hardware) else line.hardware, resolver.machine_called),
    )
    for name, find in finds:
        try:
            if name is not None:
                find(name)
        except LlmfitError as problem:
            problems.append(str(problem).rstrip("."))
    if line.view is not None:
        from llmfit_tui.screens.view_actions import FIRST_VIEWS

        if line.view not in FIRST_VIEWS:
            problems.append(
                f"no view is called {quoted(line.view)}: {or_list(tuple(FIRST_VIEWS))} was expected"
            )
    notice = f"Not opened as told: {'; '.join(problems)}." if problems else ""
    return OpenedLine(start, last, notice, line.view or "")


def _opens(last: Remembered, start: Scenario) -> "Opens":
    """Whether to go to this machine once it is known: where it was left, or where nothing else was chosen."""
    from llmfit_tui.screens.this_machine import Opens

    if last.profile is not None and start.machine.name == last.profile:
        return Opens.NEVER
    if last.hardware is None:
        return Opens.WITH_GPU
    return Opens.ALWAYS if is_this(last.hardware) else Opens.NEVER


def _driver(wanted: Wishes) -> "type[Driver] | None":
    """The driver for a Unix terminal; None: what Textual has for this system."""
    if sys.platform == "win32":
        return None
    from llmfit_tui.cli.driver import TerminalDriver

    TerminalDriver.thin_line = wanted.thin_line
    return TerminalDriver


def _remember(where: Places, visit: Remembered) -> None:
    try:
        remember(where, visit)
    except LlmfitError as problem:
        print(f"llmfit-tui: nothing of this visit is remembered: {problem}", file=sys.stderr)


def visit_of(
    scenario: Scenario, theme: str, own: bool, before: Remembered, host_gib: int | None = None
) -> Remembered:
    """What to remember of a scenario; `own` says that its machine is a profile."""
    return Remembered(
        theme=theme,
        model=scenario.model.id,
        quant=scenario.quant.name,
        hardware=THIS if is_this(scenario.machine.name) else scenario.machine.name,
        profile=scenario.machine.name if own else before.profile,
        host_gib=host_gib,
        settings=table_of_settings(scenario.settings),
    )


def first_scenario(catalog: Catalog, where: Places | None = None, last: Remembered | None = None) -> Scenario:
    """What the explorer opens on: the last visit as far as its names exist, on the profile used last."""
    last = last or Remembered()
    own = read_own_models(where).models if where else ()
    resolver = Lookup(catalog, read_profiles(where) if where else None, last.profile, own=own)

    def kept_or_first(find: Callable[[str], Found], *names: str | None) -> Found:
        for name in filter(None, names):
            with contextlib.suppress(LlmfitError):
                return find(name)
        raise UnknownName("start", "", ())

    def device(name: str) -> Machine:
        machine = resolver.machine_called(name)
        if last.host_gib is None or machine.unified or resolver.is_profile(name):
            return machine
        return resolver.machine(name, None, last.host_gib * GIB, None, None, None)

    model = kept_or_first(resolver.model, last.model, FIRST_MODEL)
    quant = kept_or_first(lambda name: find_quant(name, catalog.quants), last.quant, FIRST_QUANT)
    profile = last.profile if resolver.is_profile(last.profile) else None
    # This machine is looked at once the screen stands, not before.
    hardware = None if is_this(last.hardware) else last.hardware
    machine = kept_or_first(device, profile, hardware, DEFAULT_HARDWARE)
    settings = settings_of_table(last.settings)
    if settings.engine is not Engine.LLAMA_CPP:
        from llmfit_tui.core.engines.machines import for_engine

        machine = for_engine(machine, settings.engine, catalog.links)
    return Scenario(model, quant, machine, settings)
