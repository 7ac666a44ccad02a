"""Opening the explorer, where the terminal allows it."""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from llmfit_tui.cli.resolve import DEFAULT_HARDWARE, Resolver
from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.kvcache import KVType
from llmfit_tui.core.limits import MOST_SLOTS
from llmfit_tui.core.names import find_quant
from llmfit_tui.core.scenario import Scenario, Settings
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.places import Places, places
from llmfit_tui.storage.profiles import read_profiles
from llmfit_tui.storage.remembered import Remembered, read_remembered, remember

if TYPE_CHECKING:
    from textual.driver import Driver

FIRST_MODEL = "Qwen/Qwen2.5-0.5B-Instruct"
FIRST_QUANT = "Q4_K_M"
LEAST_SIZE = (60, 15)
Found = TypeVar("Found")


class NoTerminal(LlmfitError):
    """The explorer cannot be shown here."""


def explore(config: str | None = None) -> int:
    """Run the explorer; returns the exit code. Raises NoTerminal."""
    check_terminal()
    from llmfit_tui.app import LlmfitApp

    catalog, where = Catalog(), places(config)
    last = read_remembered(where)
    app = LlmfitApp(catalog, first_scenario(catalog, where, last), where, last.theme, _driver())
    app.run()
    explorer = app.explorer
    if explorer is not None and explorer.scenario is not None:
        own = explorer.scenario.machine.name in explorer.profiles.profiles.names
        visit = visit_of(explorer.scenario, app.theme, own, last)
        if visit != last:
            _remember(where, visit)
    return app.return_code or 0


def _driver() -> "type[Driver] | None":
    """The driver for a Unix terminal; None: what Textual has for this system."""
    if sys.platform == "win32":
        return None
    from llmfit_tui.cli.driver import TerminalDriver

    return TerminalDriver


def _remember(where: Places, visit: Remembered) -> None:
    try:
        remember(where, visit)
    except LlmfitError as problem:
        print(f"llmfit-tui: nothing of this visit is remembered: {problem}", file=sys.stderr)


def visit_of(scenario: Scenario, theme: str, own: bool, before: Remembered) -> Remembered:
    """What to remember of a scenario; `own` says that its machine is a profile."""
    settings = scenario.settings
    return Remembered(
        theme=theme,
        model=scenario.model.id,
        quant=scenario.quant.name,
        hardware=scenario.machine.name,
        profile=scenario.machine.name if own else before.profile,
        context=settings.context,
        parallel=settings.parallel,
        kv_type_k=settings.kv_type_k.value,
        kv_type_v=settings.kv_type_v.value,
        flash_attention=settings.flash_attention,
    )


def first_scenario(catalog: Catalog, where: Places | None = None, last: Remembered | None = None) -> Scenario:
    """What the explorer opens on: the last visit, as far as its names still exist."""
    last = last or Remembered()
    resolver = Resolver(catalog, read_profiles(where) if where else None, last.profile)

    def kept_or_first(find: Callable[[str], Found], name: str | None, first: str) -> Found:
        try:
            return find(name or first)
        except LlmfitError:
            return find(first)

    model = kept_or_first(resolver.model, last.model, FIRST_MODEL)
    quant = kept_or_first(lambda name: find_quant(name, catalog.quants), last.quant, FIRST_QUANT)
    machine = kept_or_first(resolver.machine_called, last.hardware or last.profile, DEFAULT_HARDWARE)
    return Scenario(model, quant, machine, settings_of(last))


def settings_of(last: Remembered) -> Settings:
    """Settings of the last visit; what is unknown or no longer legal is as at first."""
    types = {kind.value: kind for kind in KVType}
    first = Settings()
    return Settings(
        context=last.context or first.context,
        parallel=min(last.parallel or first.parallel, MOST_SLOTS),
        kv_type_k=types.get(last.kv_type_k or "", first.kv_type_k),
        kv_type_v=types.get(last.kv_type_v or "", first.kv_type_v),
        flash_attention=last.flash_attention,
    )


def check_terminal() -> None:
    """Raise NoTerminal where there is no terminal, a dumb one, or one too small."""
    hint = "the commands work without one, see llmfit-tui --help"
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise NoTerminal(f"The explorer needs a terminal on standard input and output; {hint}.")
    if os.environ.get("TERM", "") in {"", "dumb", "unknown"}:
        raise NoTerminal(f"TERM names a terminal that cannot move its cursor; {hint}.")
    width, height = os.get_terminal_size(sys.stdout.fileno())
    if width < LEAST_SIZE[0] or height < LEAST_SIZE[1]:
        least = f"{LEAST_SIZE[0]} x {LEAST_SIZE[1]}"
        raise NoTerminal(f"The explorer needs a terminal of at least {least}, not {width} x {height}.")
