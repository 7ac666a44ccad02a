"""Terminals that send rubbish, answer nothing, lie about their size, or can do little: it stays up."""

import os
import random
import sys
from pathlib import Path
from signal import SIGTERM
from typing import Any

import pytest

from llmfit_tui.cli.commands import parsed
from llmfit_tui.cli.terminal import Wishes, wishes
from ptys import DOWN, ESCAPE, EXPLORER, Terminal

CLASSIC = (80, 24)
MOUSE = 1000
PASTE_OVER_S = 1.2
"""After so long without input a paste is over."""
RUBBISH = (
    b"\x1b[99999999999999999999u",  # a key of no code point
    b"\x1b[48;99999;99999;1;1t\x1b[48;0;0;0;0t\x1b[48;x;yt",  # sizes no terminal has
    b"\x1b[<0;99999;99999M\x1b[<-1;0;0M\x1b[<64;1",  # clicks nowhere, half a wheel
    b"\x1b[?2026;9$y\x1b[5;5R\x1b[0n\x1b[0n\x1b[?1;2c\x1bP>|liar\x1b\\",  # answers nobody asked for
    b"\xff\xfe\x80\xc3\xf0\x9f\x98",  # no UTF-8, and half a smiley
    b"\x1b[200~\x1b[31m\x00" + b"pasted\n" * 10_000 + b"\x1b[201~",
    b"\x1b[200~never ended",
    b"z" * (1 << 16),  # a paste that the terminal does not mark
    b"\x1b[" + b"1;" * 5_000,
    b"\x1b\x1b\x1b[\x1bO\x1b",
)
ANOTHER_TEXTUAL = """
import textual.app
del textual._compositor.CompositorUpdate, textual._styles_cache.StylesCache
from llmfit_tui.cli import main
raise SystemExit(main([]))
"""
WIDE_NAME = "通义 😀 box"
UP = "\x1b[A"
TERMS = ("xterm", "vt100", "linux", "screen", "tmux", "screen-256color", "tmux-256color", "unheard-of")


@pytest.mark.parametrize("times", [1, pytest.param(16, marks=pytest.mark.soak)])
def test_rubbish_of_every_kind_ends_nothing_and_keys_work_after_it(times: int) -> None:
    with Terminal(EXPLORER, CLASSIC) as terminal:
        terminal.read_until("? keys")
        for rubbish in RUBBISH:
            _send(terminal, rubbish * times)
        _answers_keys(terminal, PASTE_OVER_S)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(3))
def test_random_bytes_end_nothing(seed: int) -> None:
    chance = random.Random(seed)
    leaving = bytes((3, 17, 26, ord("q")))  # Ctrl-C, Ctrl-Q, Ctrl-Z and q are to do what they do
    with Terminal(EXPLORER, CLASSIC) as terminal:
        terminal.read_until("? keys")
        for _ in range(6):
            _send(terminal, chance.randbytes(4096).translate(None, leaving))
        _answers_keys(terminal, PASTE_OVER_S)


def test_a_terminal_that_tells_no_size_and_answers_nothing_gets_80_x_24_and_is_told_so() -> None:
    with Terminal(EXPLORER, (0, 0), answers={}) as terminal:
        terminal.read_until_sent(b"tells no size; 80 x 24 is assumed")
        terminal.press("q")
        assert terminal.wait() == 0


def test_a_terminal_that_claims_to_be_vast_gets_what_a_terminal_can_be() -> None:
    with Terminal(EXPLORER, (65_535, 15)) as terminal:
        terminal.read_until_sent(b"65535 x 15 cells; 1000 x 400 are used")
        terminal.press("q")
        assert terminal.wait() == 0


@pytest.mark.parametrize("term", ["vt100", *(pytest.param(term, marks=pytest.mark.soak) for term in TERMS)])
def test_every_terminal_that_can_move_its_cursor_shows_the_explorer(term: str) -> None:
    with Terminal(EXPLORER, CLASSIC, {"TERM": term, "COLORTERM": ""}) as terminal:
        terminal.read_until("most context here 32,768")
        assert b"8;2;" not in terminal.sent  # no colours it did not promise
        _answers_keys(terminal)


@pytest.mark.parametrize(
    ("words", "table", "environment", "taken"),
    [
        ([], {}, {}, True),
        (["--no-mouse"], {}, {}, False),
        ([], {"mouse": False}, {}, False),
        (["--mouse"], {"mouse": False}, {}, True),
        # GNU screen keeps a lone Escape to itself while a program has the mouse.
        ([], {}, {"STY": "1.pts"}, False),
        (["--mouse"], {}, {"STY": "1.pts"}, True),
    ],
)
def test_options_and_settings_say_whether_the_mouse_is_taken(
    words: list[str],
    table: dict[str, bool],
    environment: dict[str, str],
    taken: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("STY", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert wishes(parsed(words), table)[0].takes_mouse is taken


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"mous": True}, "[terminal] of settings.toml knows mouse and thin_line, not mous."),
        ({"mouse": "no"}, "mouse in [terminal] of settings.toml has to be true or false."),
    ],
)
def test_a_setting_that_cannot_be_is_told_in_a_sentence(table: dict[str, Any], sentence: str) -> None:
    assert wishes(None, table) == (Wishes(), sentence)


def test_the_mouse_is_left_to_the_terminal_where_somebody_wants_that() -> None:
    with Terminal((*EXPLORER, "--no-mouse"), CLASSIC) as terminal:
        terminal.read_until_sent(b"\x1b[?2004h")
        assert MOUSE not in terminal.modes()


def test_a_line_that_takes_nothing_any_more_does_not_keep_it_from_ending() -> None:
    with Terminal(EXPLORER, CLASSIC) as terminal:
        terminal.read_until("? keys")
        for _ in range(40):
            terminal.press("\x0c")  # paint anew, which nobody reads
        terminal.program.send_signal(SIGTERM)
        assert terminal.program.wait(10) == 128 + SIGTERM


def test_a_storm_of_resizes_ends_in_a_whole_screen() -> None:
    chance = random.Random(10)
    with Terminal(EXPLORER, CLASSIC) as terminal:
        terminal.read_until("? keys")
        for _ in range(30):
            terminal.resize(chance.randint(60, 300), chance.randint(15, 80))
            terminal.read(0.01)
        terminal.resize(120, 40)
        terminal.read_until("trust")
        terminal.read_until_idle()
        shown = terminal.text
        terminal.erase()
        terminal.press("\x0c")
        terminal.read_until(shown)


@pytest.mark.parametrize("option", ["--thin-line", pytest.param("--no-thin-line", marks=pytest.mark.soak)])
def test_wide_letters_in_the_name_of_a_profile_stay_in_their_cells(tmp_path: Path, option: str) -> None:
    (tmp_path / "profiles.toml").write_text(
        f'schema = 1\n\n[profiles."{WIDE_NAME}"]\ngpus = ["2x RTX 3090"]\n'
    )
    env = {"LLMFIT_TUI_CONFIG": str(tmp_path)}
    with Terminal((*EXPLORER, option), CLASSIC, env) as terminal:
        terminal.read_until("? keys")
        terminal.press("3")
        terminal.read_until(WIDE_NAME)
        for key in (DOWN, UP, "/", "通", ESCAPE, ESCAPE):
            terminal.press(key)
            terminal.read_until_quiet(0.25)
        assert WIDE_NAME in terminal.text
        shown = terminal.text
        terminal.erase()
        terminal.press("\x0c")
        terminal.read_until(shown)


def test_a_textual_without_what_the_short_ways_rest_on_shows_the_same() -> None:
    shown: list[str] = []
    for program in (EXPLORER, (sys.executable, "-c", ANOTHER_TEXTUAL)):
        with Terminal(program, CLASSIC) as terminal:
            terminal.read_until("? keys")
            for key in (DOWN, "]", "2", DOWN):
                terminal.read_until_idle()
                terminal.press(key)
            terminal.read_until_idle()
            terminal.read_until_quiet(0.6)  # what follows once the cursor rests
            shown.append(terminal.text)
    assert shown[0] == shown[1]


def _send(terminal: Terminal, data: bytes) -> None:
    """All of it, as fast as the program reads, reading what it says meanwhile."""
    os.set_blocking(terminal.master, False)
    while data:
        assert terminal.program.poll() is None, terminal.text
        try:
            data = data[os.write(terminal.master, data[:4096]) :]
        except BlockingIOError:
            terminal.read(0.05)
        terminal.read(0)
    os.set_blocking(terminal.master, True)


def _answers_keys(terminal: Terminal, quiet: float = 0.2) -> None:
    """Once all that was sent is worked off: back to the lists, a key, and out."""
    terminal.read_until_quiet(quiet)
    for _ in range(3):
        terminal.press(ESCAPE)
        terminal.read_until_quiet(0.25)
    terminal.press("?")
    terminal.read_until("Escape: back")
    terminal.press("\x03")
    assert terminal.wait() == 0
