"""The explorer on a stage: opened at a size, read as plain text, and asked for its parts."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

from rich.cells import cell_len
from textual.events import Key
from textual.keys import key_to_character
from textual.pilot import Pilot

from llmfit_tui.app import LlmfitApp
from llmfit_tui.cli.explore import first_scenario
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.scenario import Scenario, Settings
from llmfit_tui.panes.figures import FigureList
from llmfit_tui.screens.explorer import ExplorerScreen
from llmfit_tui.screens.keys.keymap import Keymap
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.places import Places

WIDE, MEDIUM, CLASSIC, LEAST = (160, 45), (120, 36), (80, 24), (60, 15)
USUAL = (160, 36)
"""Where nothing else is asked for: every column, and no more rows than a test needs."""
SIZES = (WIDE, MEDIUM, CLASSIC, LEAST)
PANES = ("models", "quants", "hardware")
ROUNDS = 8
"""A key travels from its pane to the screen, the panes, the estimate, and a frame later to the counts."""


def screen_lines(app: LlmfitApp) -> list[str]:
    """What is on screen, line by line, blanks at the end included."""
    compositor = app.screen._compositor  # pyright: ignore[reportPrivateUsage]
    return [strip.text for strip in compositor.render_strips()]


def screen_text(app: LlmfitApp) -> str:
    """The screen as plain text."""
    return "\n".join(line.rstrip() for line in screen_lines(app))


class OtherCatalog(Catalog):
    """The shipped catalog with other models."""

    def __init__(self, models: Sequence[Model]) -> None:
        self.__dict__["models"] = tuple(models)


@dataclass(frozen=True, slots=True)
class Stage:
    """An explorer that runs, and short ways to what a person does and reads."""

    app: LlmfitApp
    pilot: Pilot[None]

    @property
    def explorer(self) -> ExplorerScreen:
        """The explorer, whether or not the help lies above it."""
        return cast("ExplorerScreen", self.app.screen_stack[0])

    @property
    def scenario(self) -> Scenario:
        """What is asked for."""
        assert self.explorer.scenario is not None
        return self.explorer.scenario

    @property
    def settings(self) -> Settings:
        """How it is run."""
        return self.scenario.settings

    @property
    def text(self) -> str:
        """The whole screen."""
        return screen_text(self.app)

    @property
    def focused(self) -> str | None:
        """Id of the pane that has the keys."""
        return self.explorer.focused.id if self.explorer.focused else None

    def pane(self, name: str) -> FigureList:
        """A list by its id."""
        return self.explorer.query_one(f"#{name}", FigureList)

    def shows(self, name: str) -> str:
        """What stands in the rectangle of a widget, by its id."""
        region = self.explorer.query_one(f"#{name}").region
        rows = screen_lines(self.app)[region.y : region.bottom]
        return "\n".join(_cells(row, region.x, region.right).rstrip() for row in rows)

    def rows(self, name: str) -> list[str]:
        """The rows of a list, without the rule and the column titles."""
        return self.shows(name).splitlines()[2:]

    def cursor_row(self, name: str) -> str:
        """The row under the cursor."""
        return next(row for row in self.rows(name) if row.startswith("▌"))

    async def press(self, *keys: str) -> None:
        """Press keys, one right after the other, and wait for what follows."""
        for key in keys:
            self.app.post_message(Key(key, key_to_character(key)))
        await self.settle()

    async def type(self, text: str) -> None:
        """Type letters."""
        await self.press(*("space" if letter == " " else letter for letter in text))

    async def settle(self) -> None:
        """Let every widget work off its messages, and those that follow from them."""
        for _ in range(ROUNDS):
            await self.pilot.pause(0)
        while self.explorer.makes_rows or any(pane.sieve.is_open for pane in self.explorer.panes):
            await self.pilot.pause(0)

    async def choose(self, pane: str, text: str) -> None:
        """Find a row of a list by its filter and take it, with the whole list shown afterwards."""
        await self.press(str(PANES.index(pane) + 1))
        await self.press("slash")
        await self.type(text)
        await self.press("escape")

    async def resize(self, size: tuple[int, int]) -> None:
        """Another size of the terminal."""
        await self.pilot.resize_terminal(*size)
        await self.settle()


def _cells(line: str, start: int, end: int) -> str:
    """The characters that stand between two columns."""
    found, x = "", 0
    for letter in line:
        if start <= x < end:
            found += letter
        x += cell_len(letter)
    return found


@asynccontextmanager
async def on_stage(
    catalog: Catalog,
    size: tuple[int, int] = USUAL,
    start: Scenario | None = None,
    where: Places | None = None,
    kind: type[LlmfitApp] = LlmfitApp,
    keymap: Keymap | None = None,
) -> AsyncGenerator[Stage]:
    """The explorer at a size; `where` keeps profiles, which otherwise are kept nowhere."""
    app = kind(catalog, start or first_scenario(catalog), where, keymap=keymap)
    app.rests_after_s = 0
    async with app.run_test(size=size) as pilot:
        stage = Stage(app, pilot)
        await stage.settle()
        yield stage
