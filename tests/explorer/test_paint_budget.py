"""What a key costs on the wire: bytes written to a terminal 120 columns wide, and none while idle.

If there is a good reason to spend more, raise the number here and say why.
"""

import pyte
import pytest
from ptys import UNKNOWN_TO_PYTE
from stage import CLASSIC, PANES, Stage, on_stage, screen_lines
from textual.drivers.headless_driver import HeadlessDriver

from llmfit_tui.app import LlmfitApp
from llmfit_tui.storage.catalogs import Catalog

USUAL = (120, 40)
IDLE_ROUNDS = 25


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
    return written


async def _cost(stage: Stage, sent: list[str], key: str) -> int:
    """The bytes one key sends, the worst of eight presses, none of which scrolls."""
    costs: list[int] = []
    for _ in range(8):
        sent.clear()
        await stage.press(key)
        costs.append(len("".join(sent).encode()))
    return max(costs)


@pytest.mark.parametrize(
    ("size", "pane", "most"),
    [
        (USUAL, "models", 11_000),
        (USUAL, "quants", 11_000),
        (USUAL, "hardware", 9_000),
        (CLASSIC, "models", 3_000),
        (CLASSIC, "quants", 3_000),
        (CLASSIC, "hardware", 3_000),
    ],
)
async def test_a_cursor_move_stays_within_its_budget(
    catalog: Catalog, sent: list[str], size: tuple[int, int], pane: str, most: int
) -> None:
    async with on_stage(catalog, size, kind=DrawnApp) as stage:
        await stage.press(str(PANES.index(pane) + 1))
        # The pane that gets the keys is painted whole, part of it with the first move.
        await stage.press("down")
        await stage.press("home")
        assert "38;2;" in "".join(sent)
        assert 100 < await _cost(stage, sent, "down") <= most


async def test_a_key_that_changes_nothing_sends_nothing(catalog: Catalog, sent: list[str]) -> None:
    async with on_stage(catalog, USUAL, kind=DrawnApp) as stage:
        await stage.press("home")
        assert await _cost(stage, sent, "up") == 0


async def test_nothing_is_written_while_idle(catalog: Catalog, sent: list[str]) -> None:
    async with on_stage(catalog, USUAL, kind=DrawnApp) as stage:
        await stage.press("down")
        sent.clear()
        for _ in range(IDLE_ROUNDS):
            await stage.pilot.pause()
        assert sent == []


@pytest.mark.parametrize("size", [USUAL, CLASSIC])
async def test_painting_only_what_changed_shows_the_same_as_painting_everything(
    catalog: Catalog, sent: list[str], size: tuple[int, int]
) -> None:
    async with on_stage(catalog, size, kind=DrawnApp) as stage:
        keys = ("down", "2", "end", "k", "3", "down", "pagedown", "right_square_bracket", "s", "t", "m")
        for key in (*keys, "question_mark", "down", "escape", "1", "slash", "g", "e", "escape", "f", "0"):
            await stage.press(key)
        terminal = pyte.Screen(*size)
        pyte.ByteStream(terminal).feed(UNKNOWN_TO_PYTE.sub(b"", "".join(sent).encode()))
        assert [line.rstrip() for line in terminal.display] == [
            line.rstrip() for line in screen_lines(stage.app)
        ]
