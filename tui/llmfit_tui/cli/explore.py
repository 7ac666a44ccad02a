"""Opening the explorer, where the terminal allows it."""

import os
import sys

from llmfit_tui.cli.resolve import Resolver
from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.names import find_quant
from llmfit_tui.core.scenario import Scenario, Settings
from llmfit_tui.storage.catalogs import Catalog

FIRST_MODEL = "Qwen/Qwen2.5-0.5B-Instruct"
FIRST_QUANT = "Q4_K_M"
LEAST_SIZE = (60, 15)


class NoTerminal(LlmfitError):
    """The explorer cannot be shown here."""


def explore(config: str | None = None) -> int:
    """Run the explorer; returns the exit code. Raises NoTerminal."""
    check_terminal()
    from llmfit_tui.app import LlmfitApp

    del config
    catalog = Catalog()
    app = LlmfitApp(catalog, first_scenario(catalog))
    app.run()
    return app.return_code or 0


def first_scenario(catalog: Catalog) -> Scenario:
    """What the explorer opens on until there is something better."""
    resolver = Resolver(catalog)
    machine = resolver.machine(None, None, None, None, None, None)
    return Scenario(resolver.model(FIRST_MODEL), find_quant(FIRST_QUANT, catalog.quants), machine, Settings())


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
