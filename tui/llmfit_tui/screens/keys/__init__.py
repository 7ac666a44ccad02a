"""Every key in one table: bindings, hint line, help, palette and README's table read from it.

To add a key: a row in `explorer.py`, or in `views.py` for a view, and the method `action_NAME` it names.
"""

from collections.abc import Iterator, Sequence

from llmfit_tui.screens.keys.explorer import EXPLORER, OPENS, SCENARIO, SCREEN
from llmfit_tui.screens.keys.key import Key
from llmfit_tui.screens.keys.views import VIEWS

__all__ = ["EXPLORER", "KEYS", "VIEWS", "Key", "passed_on", "together"]

KEYS = tuple(key for keys in EXPLORER.values() for key in keys)
"""Of the explorer."""


def passed_on(view: str) -> list[Key]:
    """Keys of the explorer that work in a view too: those of the scenario and of the application, and `c`.

    The key that leaves the explorer leaves a view.
    """
    taken = {one for key in VIEWS[view] for one in key.keys.split(",")}
    take = [key for key in OPENS if key.id == "view.take"]
    shared = (*SCENARIO, *take, *(key for key in SCREEN if key.action.startswith("app.")))
    return [key for key in shared if not taken & set(key.keys.split(","))]


def together() -> Iterator[Sequence[Key]]:
    """The rows that hold at the same place: in the explorer, and in each view."""
    yield KEYS
    for view, keys in VIEWS.items():
        yield [*keys, *passed_on(view)]
