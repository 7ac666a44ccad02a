"""A row of the key table."""

from collections.abc import Mapping, Sequence

from llmfit_tui.core.record import record


@record
class Key:
    """A key (or several that do the same), its action and what it does."""

    id: str
    """What it is called in `[keys]` of settings.toml."""
    keys: str
    """By Textual's names, separated by commas."""
    shown: str
    """In the help; empty: told with the row before it."""
    action: str
    does: str
    """Whole by itself: the palette lists it alone."""
    hint: str = ""
    """A word for the hint line; empty: only in the help."""
    leads: bool = False
    """It moves where keys go, so it acts before the keys typed right after it find their way."""
    bound: bool = True
    """False: the list or the application binds it, not the screen."""


Table = Mapping[str, Sequence[Key]]
"""Rows by the heading they stand below."""
