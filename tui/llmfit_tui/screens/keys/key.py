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
    hint: str = ""
    """A word for the hint line; empty: only in the help."""
    leads: bool = False
    """It moves where keys go, so it acts before the keys typed right after it find their way."""
    alone: str = ""
    """What it does without the rows told with it, where `does` tells of them too."""
    bound: bool = True
    """False: the list or the application binds it, not the screen."""

    @property
    def named(self) -> str:
        """As the palette lists it, by itself."""
        return self.alone or self.does


Table = Mapping[str, Sequence[Key]]
"""Rows by the heading they stand below."""
