"""The program in a real terminal, and where there is none: it leaves things as it found them."""

import os
import re
import subprocess
import sys
from pathlib import Path
from signal import SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM

import pytest
from rich.cells import cell_len

from llmfit_tui.cli.glyphs import ascii_only, in_ascii
from llmfit_tui.panes.marks import UNICODE
from ptys import DOWN, EXPLORER, Terminal

CLASSIC = (80, 24)
ALTERNATE_SCREEN, CURSOR_SHOWN = 1049, 25
LEFT = b"\x1b[?1049l"
COLOURS = re.compile(rb"\x1b\[([0-9;]*)m")
NOT_COLOURS = {b"", b"0", b"1", b"2", b"3", b"4", b"7", b"9"}
CRASHING = """
from llmfit_tui.cli import main
from llmfit_tui.screens.explorer import ExplorerScreen

ExplorerScreen.take_model = ExplorerScreen.watch_scenario = lambda *_: 1 // 0
raise SystemExit(main([]))
"""
MOUSE_AND_PASTE = (1000, 1002, 1003, 1006, 1015, 2004)


def test_it_opens_answers_a_key_and_leaves_the_terminal_as_it_was() -> None:
    with Terminal(EXPLORER) as terminal:
        terminal.read_until("trust")
        assert "Qwen2.5 0.5B Instruct" in terminal.text
        terminal.press(DOWN)
        terminal.read_until("27B ·")
        terminal.press("q")
        assert terminal.wait() == 0
        modes = terminal.modes()
        assert modes[ALTERNATE_SCREEN] is False
        assert modes[CURSOR_SHOWN] is True
        assert not any(modes.get(mode) for mode in MOUSE_AND_PASTE)
        assert terminal.lines_restored()


def test_control_c_leaves_as_well() -> None:
    with Terminal(EXPLORER, (80, 24)) as terminal:
        terminal.read_until("most context")
        terminal.press("\x03")
        assert terminal.wait() == 0
        assert terminal.modes()[ALTERNATE_SCREEN] is False


@pytest.mark.parametrize(("number", "code"), [(SIGTERM, 143), (SIGHUP, 129), (SIGINT, 130), (SIGQUIT, 131)])
def test_a_signal_leaves_the_terminal_as_it_was(number: int, code: int) -> None:
    with Terminal(EXPLORER, CLASSIC) as terminal:
        terminal.read_until("most context")
        terminal.program.send_signal(number)
        assert terminal.wait() == code
        assert terminal.modes()[ALTERNATE_SCREEN] is False
        assert terminal.modes()[CURSOR_SHOWN] is True
        assert terminal.lines_restored()


@pytest.mark.parametrize("controlling", [True, False])
def test_a_terminal_that_goes_away_ends_it(controlling: bool) -> None:
    """With the signal that a controlling terminal sends, and by the end of its input alone."""
    with Terminal(EXPLORER, CLASSIC, controlling=controlling) as terminal:
        terminal.read_until("most context")
        terminal.hang_up()
        assert terminal.program.wait(10) == 129


def test_control_z_gives_the_shell_its_screen_and_fg_brings_all_of_ours_back() -> None:
    with Terminal(EXPLORER, CLASSIC) as terminal:
        terminal.read_until("most context here 32,768")  # the last to come
        terminal.read_until_quiet(0.1)
        shown = terminal.text
        terminal.press("\x1a")
        terminal.read_until_sent(LEFT)
        assert os.WIFSTOPPED(os.waitpid(terminal.program.pid, os.WUNTRACED)[1])
        assert terminal.lines_restored()
        terminal.erase()
        terminal.program.send_signal(SIGCONT)
        terminal.read_until(shown)


def test_a_crash_ends_with_the_terminal_restored_and_a_code_that_is_not_zero() -> None:
    with Terminal([sys.executable, "-c", CRASHING], CLASSIC) as terminal:
        assert terminal.wait() == 1
        assert terminal.modes()[ALTERNATE_SCREEN] is False
        assert terminal.lines_restored()
        assert "ZeroDivisionError" in terminal.text


def test_no_colour_and_no_glyph_beyond_ascii_where_the_environment_asks_for_neither() -> None:
    with Terminal(EXPLORER, CLASSIC, {"NO_COLOR": "1", "LC_ALL": "de_DE.ISO-8859-1"}) as terminal:
        terminal.read_until("most context")
        terminal.press(DOWN)
        terminal.read_until("27B - ")
        assert terminal.sent.isascii()
        assert {code for codes in COLOURS.findall(terminal.sent) for code in codes.split(b";")} <= NOT_COLOURS
        assert ">@ great" in terminal.text
        terminal.press("?")
        terminal.read_until("^ v")


@pytest.mark.parametrize(
    ("environment", "ascii_glyphs"),
    [
        ({}, False),
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "de_DE.utf8"}, False),
        ({"LANG": "C"}, True),
        ({"LC_ALL": "POSIX", "LANG": "en_US.UTF-8"}, True),
        ({"LC_CTYPE": "en_US.ISO-8859-15"}, True),
        ({"LC_CTYPE": "C.UTF-8"}, False),
        ({"LC_CTYPE": "C.UTF-8", "LANG": "C"}, True),  # as Python leaves it for LANG=C
    ],
)
def test_glyphs_follow_the_locale(environment: dict[str, str], ascii_glyphs: bool) -> None:
    assert ascii_only(environment) is ascii_glyphs


def test_stand_ins_take_as_many_cells_as_what_they_stand_for() -> None:
    text = "● great │ 通义千问 – ★ 😀 é … × “x”"
    assert in_ascii(text) == '@ great | ???????? - * ?? ? ~ x "x"'
    assert cell_len(in_ascii(text)) == cell_len(text)
    marks = UNICODE.levels + UNICODE.bar
    assert len({in_ascii(mark) for mark in marks}) == len(set(marks))


def test_without_a_terminal_it_says_so_in_a_sentence() -> None:
    done = subprocess.run(EXPLORER, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "needs a terminal" in done.stderr
    assert "--help" in done.stderr


def test_with_its_output_in_a_file_it_says_so_in_a_sentence(tmp_path: Path) -> None:
    with Terminal(["sh", "-c", '"$@" > "$0"', str(tmp_path / "out"), *EXPLORER]) as terminal:
        assert terminal.wait() == 2
        assert "needs a terminal on standard input and output" in " ".join(terminal.text.split())
        assert (tmp_path / "out").read_bytes() == b""


@pytest.mark.parametrize(
    ("size", "term", "sentence"),
    [
        ((80, 24), "dumb", "TERM names a terminal that cannot move its cursor"),
        ((80, 24), "unknown", "TERM names a terminal that cannot move its cursor"),
        ((80, 24), "", "TERM names a terminal that cannot move its cursor"),
        ((20, 5), "xterm", "needs a terminal of at least 60 x 15, not 20 x 5"),
        ((59, 40), "xterm", "needs a terminal of at least 60 x 15, not 59 x 40"),
    ],
)
def test_a_terminal_that_will_not_do_is_told_why(size: tuple[int, int], term: str, sentence: str) -> None:
    with Terminal(EXPLORER, size, {"TERM": term}) as terminal:
        assert terminal.wait() == 2
        said = terminal.sent.decode().replace("\r\n", "")
        assert said.startswith("llmfit-tui: ")
        assert sentence in said
        assert "\x1b" not in said
