"""The application around the explorer: themes, and the screen it opens."""

from pathlib import Path
from typing import ClassVar

from textual.app import App
from textual.screen import Screen
from textual.theme import Theme

from llmfit_tui.core.scenario import Scenario
from llmfit_tui.screens.explorer import ExplorerScreen
from llmfit_tui.screens.help import HelpScreen
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.places import Places

DARK = Theme(
    name="llmfit-dark",
    primary="#4c9ed9",
    secondary="#b48ead",
    accent="#7fd1c7",
    warning="#e0b155",
    error="#e06c75",
    success="#8cc265",
    foreground="#d7dce2",
    background="#12161c",
    surface="#171c24",
    panel="#222a35",
    dark=True,
)
LIGHT = Theme(
    name="llmfit-light",
    primary="#1f6fb2",
    secondary="#8a4f96",
    accent="#0b7a75",
    warning="#9a6700",
    error="#b3261e",
    success="#2f7d32",
    foreground="#1f2328",
    background="#fbfbf9",
    surface="#f3f3ef",
    panel="#e4e4de",
    dark=False,
)


class LlmfitApp(App[None]):
    """The explorer."""

    CSS_PATH = Path(__file__).with_name("app.tcss")
    TITLE = "llmfit-tui"
    ENABLE_COMMAND_PALETTE = False
    ESCAPE_TO_MINIMIZE = False
    BINDINGS: ClassVar = []

    def __init__(
        self, catalog: Catalog, start: Scenario, where: Places | None = None, theme: str | None = None
    ) -> None:
        super().__init__()
        self.catalog = catalog
        self.start = start
        self.where = where
        self.explorer: ExplorerScreen | None = None
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = theme if theme in (DARK.name, LIGHT.name) else DARK.name

    def action_theme(self) -> None:
        """Dark or light."""
        self.theme = (LIGHT if self.current_theme.dark else DARK).name

    def action_keys(self) -> None:
        """All keys."""
        self.push_screen(HelpScreen())

    def action_leave(self) -> None:
        """Leave."""
        self.exit()

    def get_default_screen(self) -> Screen[None]:
        """The explorer is the first screen; nothing lies below it."""
        self.explorer = ExplorerScreen(self.catalog, self.start, self.where)
        return self.explorer
