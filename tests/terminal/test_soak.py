"""Random keys, clicks and resizes over ssh: it stays up, does not grow, and shows what a fresh paint does."""

import random
from pathlib import Path

import pytest

from ptys import ESCAPE, EXPLORER, Terminal, noting_its_pid
from sshd import Sshd

USUAL = (120, 40)
SEED = 10
WARM = 1000
"""Keys after which memory may grow no more."""
MOST_GROWTH_BYTES = 5_000_000
LETTERS = "123abdefghijklmnorstuvxyzGIJRXDF[]<>/:?+=0 .,"
CONTROLS = (
    "\x1b[A",
    "\x1b[B",
    "\x1b[C",
    "\x1b[D",
    "\x1b[5~",
    "\x1b[6~",
    "\x1b[H",
    "\x1b[F",
    "\t",
    "\r",
    "\x7f",
)
KEYS = (*LETTERS, *CONTROLS * 3, *(ESCAPE,) * 8)
PAINT_ANEW = "\x0c"


def test_some_keys_clicks_and_resizes_over_ssh(sshd: Sshd, tmp_path: Path) -> None:
    _soak(sshd, tmp_path, 50)


@pytest.mark.soak
def test_twenty_thousand_keys_clicks_and_resizes_over_ssh(sshd: Sshd, tmp_path: Path) -> None:
    _soak(sshd, tmp_path, 20_000)


def _soak(sshd: Sshd, folder: Path, events: int) -> None:
    chance, note = random.Random(SEED), folder / "pid"
    there = ("sh", "-c", 'cd "$0" && exec "$@"', str(folder), *noting_its_pid(EXPLORER, note))
    env = {"LLMFIT_TUI_DETECT": "off", "LLMFIT_TUI_CONFIG": str(folder / "settings")}
    with Terminal(sshd.argv(there, env), USUAL) as terminal:
        terminal.read_until("? keys")
        pid = int(note.read_text())
        status = Path(f"/proc/{pid}/status")
        warm = 0
        for number in range(1, events + 1):
            _event(terminal, chance)
            terminal.read(0.002)
            if number % 50 == 0:
                terminal.read_until_idle(pid)
                terminal.forget_sent()
                assert terminal.program.poll() is None, terminal.text
            if number == WARM:
                warm = _resident_bytes(status)
            if number % WARM == 0:
                print(f"{number} events: {_resident_bytes(status) / 1e6:.1f} MB", flush=True)
        terminal.resize(*USUAL)
        for _ in range(8):
            terminal.press(ESCAPE)
            terminal.read_until_idle(pid)
        grown = _resident_bytes(status) - warm if warm else 0
        print(f"grown by {grown / 1e6:.1f} MB after {WARM}")
        shown = terminal.text
        terminal.erase()
        terminal.press(PAINT_ANEW)
        terminal.read_until(shown)
        terminal.press("\x03")
        assert terminal.wait() == 0
        assert grown <= MOST_GROWTH_BYTES


def _event(terminal: Terminal, chance: random.Random) -> None:
    kind = chance.random()
    if kind < 0.02:
        terminal.resize(chance.randint(60, 200), chance.randint(15, 60))
    elif kind < 0.1:
        x, y = chance.randint(1, 120), chance.randint(1, 40)
        terminal.press(f"\x1b[<0;{x};{y}M\x1b[<0;{x};{y}m")
    else:
        terminal.press(chance.choice(KEYS))


def _resident_bytes(status: Path) -> int:
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024
