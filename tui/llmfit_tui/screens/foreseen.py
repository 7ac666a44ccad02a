"""What a person may ask for next, imported while no key is pressed.

Nothing that is not shown is imported before the first paint; the first look at a view would pay for that.
One at a time, so that a key waits for no more than one.
"""

import sys
from collections.abc import Iterator
from importlib import import_module

LIKELY = (
    "screens.why",
    "format.why.figures",
    "screens.finding",
    "screens.palette",
    "panes.sieve",
    "screens.help",
    "format.takeaway",
    "screens.takeaway",
    "screens.tensors",
    "screens.fitmap",
    "screens.compare",
    "format.charts.ability",
    "screens.plots",
    "screens.charts",
    "core.ranking.rank",
    "screens.ranking",
    "screens.page",
    "screens.plan",
    "screens.exporting",
    "screens.export_form",
)
"""Modules of the package, the likeliest first. Forms that few open are left out."""


def foreseen() -> Iterator[None]:
    """Each step imports one that is not there yet."""
    for name in LIKELY:
        if f"llmfit_tui.{name}" not in sys.modules:
            import_module(f"llmfit_tui.{name}")
            yield
