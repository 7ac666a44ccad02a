"""Frames over a slow line: at most two are on their way, and what arrives is the same screen."""

import random

import pyte
import pytest

from llmfit_tui.cli.inflight import LOST_S, SLOW_S, InFlight
from llmfit_tui.cli.thinline import BEGIN, END, ThinLine
from ptys import UNKNOWN_TO_PYTE

SIZE = (24, 6)
PAIRS = ("ab", "c ", "  ", "xx", "通", "义", "😀", "é─", "█ ", "e\u0301f")
"""Two cells each: nobody writes half a wide letter."""
STYLES = ("", "31", "1;38;5;9", "44", "7", "38;2;1;2;3;48;5;4")


class Clock:
    """Time as the test says."""

    now = 0.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("framed", [True, False])
def test_frames_that_waited_show_the_same_as_frames_that_did_not(seed: int, framed: bool) -> None:
    chance, thin = random.Random(seed), ThinLine()
    whole, thinned = Shown(), Shown()
    for _ in range(60):
        frame = _frame(chance)
        writes = (BEGIN, frame, END) if framed else (frame,)
        hold = chance.random() < 0.7
        for data in writes:
            whole.feed(data)
            thinned.feed(thin.thin(data, hold))
        if chance.random() < 0.3:
            thinned.feed(thin.release())
            assert thinned.cells == whole.cells
        if chance.random() < 0.1:
            thinned.feed(thin.release())
            thin.forget()
    thinned.feed(thin.release())
    assert thinned.cells == whole.cells
    assert not thin.aside


def test_nothing_is_sent_while_frames_wait_and_only_the_last_of_them_afterwards() -> None:
    thin = ThinLine()
    thin.thin("\x1b[1;1Hfirst")
    assert [thin.thin(f"\x1b[1;1H{n}    ", hold=True) for n in range(9)] == [""] * 9
    assert "8" in (sent := thin.release())
    assert "7" not in sent
    assert thin.release() == ""


def test_what_is_no_picture_goes_out_at_once_and_behind_what_waited() -> None:
    thin = ThinLine()
    thin.thin("\x1b[1;1Hone")
    thin.thin("\x1b[1;1Htwo", hold=True)
    sent = thin.thin("\x1b]52;c;Zm9v\x07", hold=True)
    assert sent.index("two") < sent.index("\x1b]52")


@pytest.mark.parametrize("sequence", ["\x1b[2J", "\x1b[3S", "\t", "\x1b[5;9r", "\x1b[K"])
def test_a_sequence_it_does_not_know_makes_it_step_aside_for_good(sequence: str) -> None:
    whole, thinned, thin = Shown(), Shown(), ThinLine()
    for data in ("\x1b[2;3H\x1b[31mred", f"\x1b[2;3H\x1b[44m{sequence}on blue", "\x1b[0m\x1b[2;3Hred"):
        whole.feed(data)
        thinned.feed(thin.thin(data))
        assert thinned.cells == whole.cells
    assert thin.aside


def test_frames_wait_only_where_the_first_answer_took_long_or_it_is_wanted() -> None:
    for wanted, took, waits in ((None, 2 * SLOW_S, True), (None, SLOW_S / 2, False), (True, 0, True)):
        clock = Clock()
        line = InFlight(wanted, clock)
        assert line.question()
        assert not line.question()
        clock.now = took
        line.answered()
        assert bool(line.question() and line.question()) is waits
        assert line.full is waits
        line.answered()
        assert not line.full
    assert not InFlight(False).question()


def test_a_terminal_that_stops_answering_gets_every_frame_from_then_on() -> None:
    clock = Clock()
    line = InFlight(True, clock)
    line.question()
    line.answered()
    line.question()
    line.question()
    assert line.full
    clock.now = LOST_S / 2
    assert not line.gave_up()
    clock.now = LOST_S * 2
    assert line.gave_up()
    assert not line.full
    assert not line.question()
    line.answered()  # late


def _frame(chance: random.Random) -> str:
    written = ""
    for _ in range(chance.randrange(1, 6)):
        x, y = 2 * chance.randrange(SIZE[0] // 2 - 4), chance.randrange(SIZE[1])
        text = "".join(chance.choice(PAIRS) for _ in range(chance.randrange(1, 5)))
        style = chance.choice(STYLES)
        written += f"\x1b[{y + 1};{x + 1}H\x1b[{style}m{text}\x1b[0m"
    return written


class Shown:
    """A terminal, cell by cell."""

    def __init__(self) -> None:
        self._screen = pyte.Screen(*SIZE)
        self._stream = pyte.ByteStream(self._screen)

    def feed(self, data: str) -> None:
        """What a program wrote."""
        self._stream.feed(UNKNOWN_TO_PYTE.sub(b"", data.encode()))

    @property
    def cells(self) -> list[object]:
        """What every cell shows. A blank's letter colour does not."""
        rows = range(SIZE[1])
        return [
            cell if (cell := self._screen.buffer[y][x]).data != " " else (cell.bg, cell.reverse)
            for y in rows
            for x in range(SIZE[0])
        ]


def test_a_frame_made_for_a_larger_window_leaves_nothing_behind() -> None:
    screen, thin = pyte.Screen(10, 3), ThinLine()
    stream = pyte.Stream(screen)
    thin.forget((10, 3))
    stream.feed(thin.thin("\x1b[1;1Habcdefghijklm\x1b[3;1Hlast row\x1b[9;1Hbelow it\x1b[2;12Hbeside it"))
    stream.feed(thin.thin("\x1b[1;1Habcdefghij\x1b[2;1H          \x1b[3;1Hlast row  "))
    assert screen.display == ["abcdefghij", " " * 10, "last row  "]
