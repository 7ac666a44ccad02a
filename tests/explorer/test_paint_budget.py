"""What a key costs on the wire: bytes written to a terminal 120 columns wide, and none while idle.

If there is a good reason to spend more, raise the number here and say why.
"""

from typing import Any

import pyte
import pytest
from rich.style import Style
from stage import CLASSIC, Stage, on_stage, screen_lines
from textual._compositor import CompositorUpdate
from textual.drivers.headless_driver import HeadlessDriver

from llmfit_tui.app import LlmfitApp
from llmfit_tui.cli.thinline import ThinLine
from llmfit_tui.storage.catalogs import Catalog
from ptys import UNKNOWN_TO_PYTE

USUAL = (120, 40)
KEYS = (
    *(
        "down",
        "2",
        "end",
        "k",
        "3",
        "down",
        "pagedown",
        "right_square_bracket",
        "s",
        "t",
        "m",
        "question_mark",
    ),
    *("down", "escape", "1", "slash", "g", "e", "escape", "f", "0"),
)
IDLE_ROUNDS = 25
SETTLES = 5


class DrawnApp(LlmfitApp):
    """Draws although nobody looks."""

    @property
    def is_headless(self) -> bool:
        """A headless app writes nothing."""
        return False


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All that is written to the terminal, which has all colours."""
    written: list[str] = []

    def write(driver: HeadlessDriver, data: str) -> None:
        del driver
        written.append(data)

    monkeypatch.setattr(HeadlessDriver, "write", write)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setattr("textual.constants.COLOR_SYSTEM", "truecolor")
    # Rich keeps sums of styles with the codes they were first written with: of a test with fewer colours.
    Style._add.cache_clear()  # pyright: ignore[reportPrivateUsage]
    return written


async def _cost(stage: Stage, sent: list[str], key: str) -> int:
    """The bytes one key sends, the worst of five presses, none of which scrolls."""
    costs: list[int] = []
    thin = ThinLine()
    thin.thin("".join(sent))
    for _ in range(5):
        sent.clear()
        await stage.press(key)
        costs.append(len(thin.thin("".join(sent)).encode()))
    return max(costs)


@pytest.mark.parametrize(("size", "most"), [(USUAL, 5_500), (CLASSIC, 2_500)])
async def test_a_cursor_move_stays_within_its_budget(
    catalog: Catalog, sent: list[str], size: tuple[int, int], most: int
) -> None:
    async with on_stage(catalog, size, kind=DrawnApp) as stage:
        assert "38;2;" in "".join(sent)
        assert len(ThinLine().thin("".join(sent)).encode()) < 15_000
        for pane in "123":
            # The pane that gets the keys is painted whole, part of it with the first move.
            await stage.press(pane)
            await stage.press("down")
            await stage.press("home")
            assert 100 < await _cost(stage, sent, "down") <= most


async def test_a_key_that_changes_nothing_sends_nothing_and_neither_does_idling(
    catalog: Catalog, sent: list[str]
) -> None:
    async with on_stage(catalog, USUAL, kind=DrawnApp) as stage:
        await stage.press("home")
        assert await _cost(stage, sent, "up") == 0
        await stage.press("down")
        sent.clear()
        for _ in range(IDLE_ROUNDS):
            await stage.pilot.pause()
        assert sent == []


@pytest.mark.parametrize("size", [pytest.param(USUAL, marks=pytest.mark.soak), CLASSIC])
async def test_sending_only_what_changed_shows_the_same_as_painting_everything_anew(
    catalog: Catalog, sent: list[str], size: tuple[int, int]
) -> None:
    whole, thinned, thin = _Shown(size), _Shown(size), ThinLine()
    async with on_stage(catalog, size, kind=DrawnApp) as stage:
        for key in ("", *KEYS):
            if key:
                await stage.press(key)
            anew = _Shown(size)
            for _ in range(SETTLES):  # a frame of Textual's own may wait for its turn
                whole.feed("".join(sent))
                thinned.feed("".join(map(thin.thin, sent)))
                sent.clear()
                anew = _Shown(size)
                anew.feed(_everything(stage.app))
                if anew.cells == whole.cells:
                    break
                await stage.settle()
            assert anew.cells == thinned.cells == whole.cells, key
        assert [line.rstrip() for line in thinned.screen.display] == [
            line.rstrip() for line in screen_lines(stage.app)
        ]


def _everything(app: LlmfitApp) -> str:
    """The whole screen as Textual renders it."""
    textual: Any = app
    update: CompositorUpdate = textual.screen._compositor.render_update(
        full=True, screen_stack=textual._background_screens
    )
    return update.render_segments(app.console)


@pytest.mark.parametrize(
    "writes",
    [
        ("\x1b[1;1H\x1b[31mred and \x1b[0mplain", "\x1b[1;1H\x1b[31mred and \x1b[0m\x1b[1mplain\x1b[0m"),
        ("\x1b[1;1H\x1b[44m   \x1b[0m", "\x1b[1;1H\x1b[1;31;44m   \x1b[0m", "\x1b[1;2H\x1b[4;44m \x1b[0m"),
        ("\x1b[2;1H通义千问 abc", "\x1b[2;1Habcdefgh abd", "\x1b[2;3Hx", "\x1b[2;1H义abcdef abd"),
        ("\x1b[1;1Hone\r\ntwo\r\nsix", "\x1b[1;1Hone\r\nten\r\nsix", "\x1b[2;3H\x1b[32mn\x1b[0m"),
        ("\x1b[3;1H\x1b[7mgone", "\x1b[2J\x1b[3;1H\x1b[0mgone"),
        ("\x1b[1;1H" + "x" * 40, "\x1b[1;1H" + "x" * 39 + "y", "\x1b[1;40Hz\x1b[2;1Ha"),
        (
            "\x1b[1;1H\x1b[38;5;9;48;5;4mfew\x1b[0m\x1b[91;104m colours",
            "\x1b[1;1H\x1b[97mfew\x1b[0;2m colours",
        ),
    ],
)
def test_what_is_left_out_was_on_the_screen(writes: tuple[str, ...]) -> None:
    whole, thinned, thin = _Shown((40, 5)), _Shown((40, 5)), ThinLine()
    for data in writes:
        whole.feed(data)
        thinned.feed(thin.thin(data))
        if "\x1b[2J" in data:
            thin.forget()
        assert thinned.cells == whole.cells


class _Shown:
    """A terminal, cell by cell."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)

    def feed(self, data: str) -> None:
        self._stream.feed(UNKNOWN_TO_PYTE.sub(b"", data.encode()))

    @property
    def cells(self) -> list[tuple[object, ...]]:
        """What every cell shows; of a blank only its ground counts."""
        return [
            (cell.data, cell.bg, cell.underscore, cell.reverse)
            + (() if cell.data == " " and not cell.reverse else (cell.fg, cell.bold, cell.italics))
            for y in range(self.screen.lines)
            for cell in (self.screen.buffer[y][x] for x in range(self.screen.columns))
        ]
