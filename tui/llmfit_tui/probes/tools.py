"""Running one tool of the system: no shell, plain C locale, a time limit, and an end to its output."""

import atexit
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import IO

from llmfit_tui.core.record import record

MOST_OUTPUT = 1 << 18
"""Bytes read of one tool, as many as its readers look at; the rest is not waited for."""
_running: set["subprocess.Popen[bytes]"] = set()
PLACES = (
    "/usr/bin",
    "/usr/sbin",
    "/bin",
    "/sbin",
    "/opt/rocm/bin",
    "/usr/lib/wsl/lib",
    "/usr/local/cuda/bin",
)
"""Where tools are that are not always on PATH: WSL keeps nvidia-smi in its own folder."""


@record
class Said:
    """What a tool printed, and what went wrong, if anything did."""

    text: str = ""
    problem: str | None = None


def find_tool(name: str, environment: Mapping[str, str]) -> str | None:
    """Path of a tool on PATH or in one of the usual places."""
    path = environment.get("PATH", "")
    if environment.get("LLMFIT_TUI_PROBE_PATH_ONLY") is None:
        path = os.pathsep.join([path, *PLACES])
    return shutil.which(name, path=path)


def run_tool(words: Sequence[str], environment: Mapping[str, str], limit_s: float) -> Said:
    """Run a program to its end or to the limit, whichever comes first, and kill what is left of it."""
    plain = {**environment, "LC_ALL": "C", "LANG": "C", "LANGUAGE": "C"}
    new_window = subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0
    try:
        process = subprocess.Popen(
            list(words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=plain,
            start_new_session=sys.platform != "win32",
            creationflags=new_window,
        )
    except (OSError, ValueError) as problem:
        return Said(problem=f"cannot be run: {getattr(problem, 'strerror', None) or problem}".lower())
    _running.add(process)
    collected = bytearray()
    ended = threading.Event()
    assert process.stdout is not None
    reader = threading.Thread(target=_collect, args=(process.stdout, collected, ended), daemon=True)
    reader.start()
    until = time.monotonic() + limit_s
    over = not ended.wait(limit_s)
    full = len(collected) >= MOST_OUTPUT
    if not over and not full:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(until - time.monotonic(), 0.05))
    code = process.poll()
    if code is None or over:
        # Also where the tool itself has ended: what it left behind still holds its output open.
        _kill(process)
    _running.discard(process)
    text = bytes(collected[:MOST_OUTPUT]).decode("utf-8", errors="replace")
    if over:
        return Said(text, f"no answer within {limit_s:.2g} s")
    if full:
        return Said(text, f"more than {MOST_OUTPUT >> 10} KiB of output; the rest is not read")
    if code:
        return Said(text, _reason(text, code))
    return Said(text)


def _collect(stream: IO[bytes], collected: bytearray, ended: threading.Event) -> None:
    """Read until the end, or until there is more than anybody will look at."""
    with contextlib.suppress(OSError, ValueError), stream:
        while len(collected) < MOST_OUTPUT:
            # One read of what is there, so that a tool that stops halfway leaves what it had printed.
            part = os.read(stream.fileno(), 1 << 16)
            if not part:
                break
            collected += part
    ended.set()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a program and what it started. One stuck in its driver is not waited for."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(0.1)


@atexit.register
def _end_all() -> None:
    """No tool outlives the program, which does not wait for its answer when a person leaves."""
    for process in tuple(_running):
        _kill(process)


def _reason(text: str, code: int) -> str:
    """The tool's last words, or its exit code where it had none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    last = "".join(letter for letter in (lines[-1] if lines else "")[:160] if letter.isprintable())
    return f"exit code {code}: {last}" if last else f"exit code {code}"
