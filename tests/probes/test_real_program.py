"""The real program in a terminal, among tools that hang, rave and lie: it is quick and says what failed."""

import random
import subprocess
import time
from pathlib import Path

import pytest

from ptys import DOWN, EXPLORER, Terminal

HEADER = "name, memory.total [MiB]"
ROW = "NVIDIA GeForce RTX 3090, 24576 MiB"
TOOLS = ("nvidia-smi", "rocm-smi", "xpu-smi", "npu-smi", "mx-smi", "mthreads-gmi", "dmidecode", "lscpu")
WAYS = {
    "hangs": "while :; do /bin/sleep 1; done",
    "ignores signals": "trap '' TERM INT HUP; while :; do /bin/sleep 1; done",
    "prints for ever": "while :; do echo waiting waiting waiting; done",
    "prints bytes": "/bin/head -c 300000 /dev/urandom",
    "prints escapes": r"printf '\033[2J\033]0;owned\007name, memory.total [MiB]\nNVIDIA \033[31mX, 9 MiB\n'",
    "lists ten thousand": f"echo '{HEADER}'; i=0; while [ $i -lt 10000 ]; do echo '{ROW}'; i=$((i+1)); done",
    "lies": f"echo '{HEADER}'; echo 'NVIDIA GeForce RTX 4090, 99999999999 MiB'",
    "needs root": "echo 'Permission denied: are you root?' >&2; exit 13",
    "speaks German": "echo 'Fehler: Gerät nicht gefunden' >&2; exit 1",
    "speaks Chinese": "echo '错误：找不到设备'; exit 1",
    "crashes": "kill -SEGV $$",
}
(SAMPLE,) = random.Random(11).sample(sorted(WAYS), 1)


@pytest.mark.parametrize(
    "way", [way if way == SAMPLE else pytest.param(way, marks=pytest.mark.soak) for way in sorted(WAYS)]
)
def test_the_explorer_is_not_held_up_and_leaves_nothing_behind(way: str, tmp_path: Path) -> None:
    for name in TOOLS:
        tool = tmp_path / name
        tool.write_text(f"#!/bin/sh\n{WAYS[way]}\n", encoding="utf-8")
        tool.chmod(0o755)
    environment = {
        "PATH": str(tmp_path),
        "LLMFIT_TUI_PROBE_PATH_ONLY": "1",
        "LLMFIT_TUI_DETECT": "on",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    with Terminal(EXPLORER, (120, 36), environment) as terminal:
        terminal.read_until("Qwen2.5 0.5B")
        terminal.press(DOWN)
        terminal.read_until("Qwen3.8 27B ·")
        terminal.press("q")
        assert terminal.wait() == 0
        assert b"owned" not in terminal.sent
    until = time.monotonic() + 5
    while left := _left(tmp_path):
        assert time.monotonic() < until, left


def _left(folder: Path) -> str:
    """Programs of that folder that still run."""
    found = subprocess.run(["pgrep", "-af", f"{folder}/"], capture_output=True, text=True, check=False)
    return found.stdout
