"""How much a long visit keeps: caches of the core grow with all one looks at, and are emptied together.

A batch wants each of them as large as it is. On screen a key needs the rows in view and little else, so once
so much was kept that memory would go on growing, all of it goes: the next key makes its rows anew, which is
what a first look at them costs. What is counted are Python's blocks of memory, 70 bytes on the average,
which takes 0.03 ms; the size of the process would not fall, as its memory is used again and not given back.
"""

import gc
import sys
from functools import _lru_cache_wrapper  # pyright: ignore[reportPrivateUsage]
from typing import Any

from llmfit_tui.core.identity import Kept

try:
    from textual._styles_cache import StylesCache
except ImportError:  # a Textual built otherwise
    StylesCache = None

CORE = "llmfit_tui.core."
MOST_BLOCKS = 60_000
"""Kept beyond what is needed anyway: 4 MB."""
YOUNG = 10_000
"""Objects of late among which garbage is looked for at once, in about a millisecond."""
MOST_GARBAGE = 25_000
"""Blocks of late among which it is worth looking for old garbage: 2 MB. A view leaves a third of it."""


class Room:
    """What memory holds beside what it held once all that stays was loaded."""

    def __init__(self) -> None:
        gc.collect()
        gc.freeze()  # what was loaded until now stays
        self._needed = self._swept = sys.getallocatedblocks()

    def is_full(self) -> bool:
        """Whether caches are to be emptied."""
        return sys.getallocatedblocks() - self._needed > MOST_BLOCKS

    def empty(self) -> None:
        """Empty the caches of the core; what is left is needed, or old garbage."""
        for name, module in list(sys.modules.items()):
            if name.startswith(CORE):
                for value in vars(module).values():
                    if isinstance(value, Kept):
                        value.clear()
                    elif isinstance(value, _lru_cache_wrapper):
                        value.cache_clear()
        gc.collect(1)
        self._needed = sys.getallocatedblocks()

    def sweep(self) -> None:
        """Look for garbage, where there may be much of it. That takes longer than a frame may."""
        if sys.getallocatedblocks() - self._swept > MOST_GARBAGE:
            _forget_what_was_painted()
            gc.collect()
            self._swept = sys.getallocatedblocks()
            self._needed = min(self._needed, self._swept)


def _forget_what_was_painted() -> None:
    """Textual remembers by widget which colours it blended, and so keeps widgets that were left."""
    blended: Any = getattr(StylesCache, "get_inner_outer", None)
    if hasattr(blended, "cache_clear"):
        blended.cache_clear()
