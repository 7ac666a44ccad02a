"""In tmux and in screen: detached and attached again, resized, a lost client, and copying out of both."""

import base64
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from signal import SIGKILL

import pytest

from ptys import DOWN, EXPLORER, Terminal, cpu_ms, ends, noting_its_pid

CLASSIC = (80, 24)
DETACH_TMUX, DETACH_SCREEN = "\x02d", "\x01d"
COPY = "c"
ENTER = "\r"
CLIPBOARD = b"\x1b]52;"
COPIED = re.compile(rb"\x1b\]52;c?;([A-Za-z0-9+/=]+)")
PLAIN = {"LC_ALL": "C.UTF-8"}


class Tmux:
    """A tmux server of this test alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {"TMUX_TMPDIR": str(folder), "SHELL": "/bin/sh", **PLAIN}

    def client(self, *words: str) -> tuple[str, ...]:
        """A tmux command."""
        return ("tmux", "-f", "/dev/null", *words)

    def tell(self, *words: str) -> None:
        """Run a tmux command to its end."""
        subprocess.run(self.client(*words), env={**os.environ, **self.env}, check=True)


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    """tmux; without one the test is left out, and says why."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed (Debian: apt-get install tmux)")
    server = Tmux(tmp_path)
    yield server
    subprocess.run(server.client("kill-server"), env={**os.environ, **server.env}, check=False)


def test_tmux_detaches_attaches_resizes_survives_a_lost_client_and_copies(tmux: Tmux) -> None:
    note = tmux.folder / "pid"
    argv = tmux.client("new-session", *noting_its_pid(EXPLORER, note))
    with Terminal(argv, CLASSIC, tmux.env) as terminal:
        terminal.read_until("most context here 32,768")
        pid = int(note.read_text())
        terminal.press(DETACH_TMUX)
        assert terminal.wait() == 0
    with Terminal(tmux.client("attach"), (120, 40), tmux.env) as terminal:
        terminal.read_until("trust")
        terminal.press(DOWN)
        terminal.read_until("27B ·")
        terminal.program.send_signal(SIGKILL)
    with Terminal(tmux.client("attach"), CLASSIC, tmux.env) as terminal:
        terminal.read_until("most context here")
        terminal.read_until_quiet(0.3)
        spent = cpu_ms(pid)
        assert not terminal.read(0.5)
        assert cpu_ms(pid) - spent < 100  # it waits, it does not spin
        for setting in ("set-clipboard", "allow-passthrough"):
            tmux.tell("set", "-g", "set-clipboard", "off")
            tmux.tell("set", "-g", setting, "on")
            assert "llama-server" in _copied_by_key(terminal), setting
        terminal.press("\x1b")
        terminal.read_until("? keys")
        terminal.press("q")
        terminal.wait()
        assert ends(pid)


def test_screen_detaches_attaches_copies_and_leaves(tmp_path: Path) -> None:
    if shutil.which("screen") is None:
        pytest.skip("screen is not installed (Debian: apt-get install screen)")
    folder = tmp_path / "screens"
    folder.mkdir(mode=0o700)
    env = {"SCREENDIR": str(folder), "SHELL": "/bin/sh", **PLAIN}
    screen, note = ("screen", "-c", "/dev/null", "-U"), tmp_path / "pid"
    with Terminal((*screen, *noting_its_pid(EXPLORER, note)), CLASSIC, env) as terminal:
        terminal.read_until("most context here 32,768")
        pid = int(note.read_text())
        terminal.press(DETACH_SCREEN)
        terminal.wait()
    with Terminal((*screen, "-r"), (120, 40), env) as terminal:
        terminal.read_until("trust")
        terminal.press(DOWN)
        terminal.read_until("27B ·")
        assert "llama-server" in _copied_by_key(terminal)
        terminal.press("\x1b")
        terminal.read_until("? keys")
        terminal.press("q")
        terminal.wait()
        assert ends(pid)


def _copied_by_key(terminal: Terminal) -> str:
    """Copy the launch line: what arrives on the clipboard of the outer terminal."""
    terminal.press(COPY)
    terminal.read_until("Take away")
    before = len(terminal.sent)
    terminal.press(ENTER)
    terminal.read_until_sent(CLIPBOARD, b"was sent to the clipboard", after=before)
    sent = COPIED.search(terminal.sent, before)
    assert sent is not None
    return base64.b64decode(sent[1]).decode()
