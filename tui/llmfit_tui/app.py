"""The application around the explorer: themes, and the screen it opens."""

import gc
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from weakref import WeakKeyDictionary

from textual.app import App
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.driver import Driver
from textual.events import Event, Key
from textual.screen import Screen

from llmfit_tui.core.scenario import Scenario
from llmfit_tui.screens.explorer import ExplorerScreen
from llmfit_tui.screens.keys.keymap import Keymap
from llmfit_tui.screens.resting import RESTS_AFTER_S
from llmfit_tui.screens.room import YOUNG
from llmfit_tui.screens.themes import DARK, LIGHT, OWN_VARIABLES, THEMES, NoColour, theme_for
from llmfit_tui.screens.this_machine import Opens
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.home import Home
from llmfit_tui.storage.places import Places

if TYPE_CHECKING:
    from textual.actions import ActionParseResult

    from llmfit_tui.core.search import Entry


class LlmfitApp(App[None]):
    """The explorer."""

    CSS_PATH = Path(__file__).with_name("app.tcss")
    TITLE = "llmfit-tui"
    ENABLE_COMMAND_PALETTE = False
    ESCAPE_TO_MINIMIZE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "leave", "Leave", show=False, priority=True, id="app.leave"),
        Binding("ctrl+z", "suspend_process", "To the shell", show=False, priority=True, id="app.suspend"),
        Binding("ctrl+l", "paint_anew", "Paint anew", show=False, priority=True, id="app.paint_anew"),
    ]

    notice = ""
    """Said once the explorer stands."""
    first_view = ""
    """The view it opens on; empty: the lists."""

    def __init__(
        self,
        catalog: Catalog,
        start: Scenario,
        where: Places | None = None,
        theme: str | None = None,
        driver: type[Driver] | None = None,
        opens: Opens = Opens.NEVER,
        home: Home | None = None,
        keymap: Keymap | None = None,
    ) -> None:
        super().__init__(driver_class=driver)
        self.keymap = keymap or Keymap()
        self.set_keymap(self.keymap.bound)
        self.catalog = catalog
        self.start = start
        self.where = where
        self.opens = opens
        self.home = home
        self.explorer: ExplorerScreen | None = None
        self.rests_after_s = RESTS_AFTER_S
        self.prepare: Callable[[ExplorerScreen], None] = lambda _: None
        """Gives the explorer what is kept between visits."""
        self._given_to: WeakKeyDictionary[Key, Screen[object]] = WeakKeyDictionary()
        """Which screen was on top when a key came."""
        for one in THEMES.values():
            self.register_theme(one)
        if self.no_color:
            self._filters[:] = [NoColour()]
        self.chosen_theme = theme
        """To be remembered: a terminal of few colours changes what is shown, not what was chosen."""
        self.theme = theme if theme in THEMES else DARK.name

    def on_mount(self) -> None:
        """Back from the shell, the terminal shows nothing of ours any more."""
        self.app_resume_signal.subscribe(self, lambda _: self.action_paint_anew())  # pyright: ignore[reportUnknownMemberType, reportUnknownLambdaType]

    def on_ready(self) -> None:
        """What the start made stays: garbage is looked for in what comes after it."""
        if not gc.isenabled():
            gc.freeze()
            gc.set_threshold(YOUNG, 10, 10)
            gc.enable()

    async def run_action(
        self,
        action: "str | ActionParseResult",
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """As in every application; here a hint that told of the action goes."""
        done = await super().run_action(action, default_namespace, namespaces)
        if done and isinstance(action, str) and self.explorer is not None:
            self.explorer.learn(action)
        return done

    async def on_event(self, event: Event) -> None:
        """A key typed ahead, given to a screen that was left or covered since, is for the one on top."""
        if isinstance(event, Key):
            if not event.is_forwarded:
                self._given_to[event] = self.screen
            elif self._given_to.get(event) not in (None, self.screen):
                event = Key(event.key, event.character)
                self._given_to[event] = self.screen
        await super().on_event(event)

    def action_paint_anew(self) -> None:
        """Paint the whole screen."""
        self.screen.refresh(layout=True)

    def action_theme(self) -> None:
        """Dark or light."""
        self.action_choose_theme((LIGHT if self.current_theme.dark else DARK).name)

    def action_themes(self) -> None:
        """Choose one of all themes."""
        from llmfit_tui.screens.finding import themes

        self._find("Colours", "dark, light, high contrast or sixteen colours", themes)

    def action_choose_theme(self, name: str) -> None:
        """Another theme, now and on the next visit."""
        self.theme = self.chosen_theme = name

    def fit_colours(self) -> None:
        """No more colours than the terminal has."""
        self.theme = theme_for(self.theme, self.console.color_system)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """What a theme of ours may say beside Textual's own variables."""
        return OWN_VARIABLES

    def action_keys(self) -> None:
        """All keys, those of where one is first."""
        from llmfit_tui.screens.help import HelpScreen

        pane = self.explorer.in_front.id if self.explorer else ""
        here, explorer = self.screen, self.explorer

        async def press(id: str | None) -> None:  # noqa: A002
            from llmfit_tui.screens.finding import run

            if id and explorer is not None:
                await run(id, explorer, here)

        self.push_screen(HelpScreen(self.keymap, getattr(here, "view", pane) or ""), press)

    def action_palette(self) -> None:
        """One search over everything."""
        from llmfit_tui.screens.finding import everything

        self._find("Find", "a model, a quantization, hardware, a view, a command", everything)

    def action_kept(self) -> None:
        """Recent scenarios and favourites."""
        from llmfit_tui.screens.finding import kept

        self._find("Recent and favourites", "type to search; F marks the present scenario", kept)

    def _find(
        self, title: str, tip: str, entries: "Callable[[ExplorerScreen, Screen[object]], list[Entry]]"
    ) -> None:
        from llmfit_tui.screens.finding import act
        from llmfit_tui.screens.palette import PaletteScreen

        here, explorer = self.screen, self.explorer
        if explorer is None:
            return

        async def take(entry: "Entry | None") -> None:
            if entry is not None:
                explorer.keep_found(entry.kind, entry.key)
                await act(entry, explorer, here)

        self.push_screen(PaletteScreen(title, tip, entries(explorer, here), explorer.found_before), take)

    def action_leave(self) -> None:
        """Leave."""
        self.exit()

    def get_default_screen(self) -> Screen[None]:
        """The explorer is the first screen; nothing lies below it."""
        self.explorer = ExplorerScreen(self.catalog, self.start, self.where, self.keymap)
        self.explorer.opens = self.opens
        self.explorer.rests_after_s = self.rests_after_s
        self.explorer.home, self.explorer.keeps = self.home, self.where
        self.explorer.notice, self.explorer.first_view = self.notice, self.first_view
        self.prepare(self.explorer)
        return self.explorer
