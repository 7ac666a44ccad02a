"""The program in a real terminal, and where there is none: it leaves things as it found them."""

import subprocess
from pathlib import Path
from signal import SIGHUP, SIGTERM

import pytest
from ptys import DOWN, EXPLORER, Terminal

ALTERNATE_SCREEN, CURSOR_SHOWN = 1049, 25
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


@pytest.mark.xfail(strict=True, reason="a signal leaves the terminal raw and without a cursor")
@pytest.mark.parametrize(("signal", "code"), [(SIGTERM, 143), (SIGHUP, 129)])
def test_a_signal_leaves_the_terminal_as_it_was(signal: int, code: int) -> None:
    with Terminal(EXPLORER) as terminal:
        terminal.read_until("trust")
        terminal.program.send_signal(signal)
        assert terminal.wait() == code
        assert terminal.modes()[ALTERNATE_SCREEN] is False
        assert terminal.modes()[CURSOR_SHOWN] is True
        assert terminal.lines_restored()


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
