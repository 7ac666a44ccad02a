"""On a server, through a real sshd: it opens, answers, leaves in order, and does not outlive a lost line."""

from pathlib import Path
from signal import SIGKILL

from ptys import DOWN, EXPLORER, Terminal, ends, noting_its_pid
from sshd import Sshd

CLASSIC = (80, 24)
ALTERNATE_SCREEN = 1049
DETECT_NOTHING = {"LLMFIT_TUI_DETECT": "off"}


def test_over_ssh_it_opens_answers_follows_the_window_and_gives_the_terminal_back(sshd: Sshd) -> None:
    with Terminal(sshd.argv(EXPLORER, DETECT_NOTHING), CLASSIC) as terminal:
        terminal.read_until("most context here 32,768")
        assert "Qwen2.5 0.5B Instruct" in terminal.text
        terminal.resize(120, 40)
        terminal.read_until("trust")
        terminal.press(DOWN)
        terminal.read_until("27B ·")
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.modes()[ALTERNATE_SCREEN] is False
        assert terminal.lines_restored()


def test_a_killed_ssh_takes_the_program_on_the_other_side_with_it(sshd: Sshd, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    with Terminal(sshd.argv(noting_its_pid(EXPLORER, note), DETECT_NOTHING), CLASSIC) as terminal:
        terminal.read_until("Qwen2.5")
        pid = int(note.read_text())
        terminal.program.send_signal(SIGKILL)
        assert ends(pid)
