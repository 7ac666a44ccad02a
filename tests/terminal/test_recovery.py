"""What was typed into a profile's form outlives the program, and is offered once."""

import os
import sys
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals

import pytest

from llmfit_tui.storage.places import Places
from llmfit_tui.storage.recovery import Draft, drop_draft, keep_draft, left_draft
from ptys import ESCAPE, EXPLORER, Terminal

CLASSIC = (80, 24)
KEPT = "Kept from a visit"
CRASHES_AT_CTRL_L = (
    sys.executable,
    "-c",
    """
from llmfit_tui.app import LlmfitApp
from llmfit_tui.cli import main

LlmfitApp.action_paint_anew = lambda _: 1 // 0
raise SystemExit(main([]))
""",
)


@pytest.mark.parametrize("cut_off_by", ["crash", SIGTERM, pytest.param(SIGKILL, marks=pytest.mark.soak)])
def test_what_a_crash_or_a_signal_cut_off_is_offered_at_the_next_start(
    tmp_path: Path, cut_off_by: str | Signals
) -> None:
    env = {"LLMFIT_TUI_CONFIG": str(tmp_path)}
    recovery, profiles = tmp_path / "recovery.toml", tmp_path / "profiles.toml"
    with Terminal(CRASHES_AT_CTRL_L, CLASSIC, env) as terminal:
        terminal.read_until("? keys")
        terminal.press("3")
        terminal.press("e")
        terminal.read_until("can be edited")
        terminal.press("p")
        terminal.read_until("is saved")
        terminal.press("e")
        terminal.read_until("Profile")
        terminal.press(" in the attic")
        terminal.read_until("in the attic")
        _wait_until(terminal, recovery, there=True)
        if isinstance(cut_off_by, Signals):
            terminal.program.send_signal(cut_off_by)
            terminal.wait()
        else:
            terminal.press("\x0c")
            assert terminal.wait() == 1
    saved = profiles.read_bytes()
    with Terminal(EXPLORER, CLASSIC, env) as terminal:
        terminal.read_until(KEPT)
        assert "in the attic" in terminal.text
        assert profiles.read_bytes() == saved
        terminal.press("\r")
        terminal.read_until("attic is saved")
        assert not recovery.exists()
        assert b"in the attic" in profiles.read_bytes()
        terminal.press("q")
        assert terminal.wait() == 0


def test_a_draft_that_is_refused_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env = {"LLMFIT_TUI_CONFIG": str(tmp_path)}
    monkeypatch.setattr(os, "getpid", lambda: 0)  # of a program that is gone
    keep_draft(Places(tmp_path), Draft("", {"name": "attic", "hardware": "RTX 3090"}))
    with Terminal(EXPLORER, CLASSIC, env) as terminal:
        terminal.read_until("attic")
        terminal.press(ESCAPE)
        _wait_until(terminal, tmp_path / "recovery.toml", there=False)
        terminal.press("q")
        assert terminal.wait() == 0


def test_a_draft_comes_back_as_it_was_and_not_from_a_program_that_still_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, draft = Places(tmp_path / "new"), Draft("my 'box'", {"name": "通\n", "ram": "64GiB"})
    assert left_draft(where) is None
    keep_draft(where, draft)
    assert left_draft(where) == draft
    assert [path.name for path in where.own.iterdir()] == ["recovery.toml"]
    monkeypatch.setattr(os, "getpid", lambda: os.getppid())
    keep_draft(where, draft)
    monkeypatch.undo()
    assert left_draft(where) is None
    drop_draft(where)
    drop_draft(where)
    assert left_draft(where) is None


@pytest.mark.parametrize("text", ["", "\0", "schema = 1", "schema = 1\nprofile = 3\ntexts = 4", "schema = 9"])
def test_a_damaged_draft_is_no_draft(tmp_path: Path, text: str) -> None:
    (tmp_path / "recovery.toml").write_text(text)
    assert left_draft(Places(tmp_path)) is None


def _wait_until(terminal: Terminal, path: Path, there: bool) -> None:
    """Read what comes until a file is there, or is gone; for at most ten seconds."""
    for _ in range(200):
        if path.exists() is there:
            return
        terminal.read(0.05)
    raise AssertionError(f"{path.name}: {path.exists()}\n{terminal.text}")
