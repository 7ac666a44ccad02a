"""Running llama-bench: what it says goes on while it runs, and nothing of it is left when it is stopped."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import IO

from llmfit_tui.core.errors import LlmfitError, printable, quoted

TOOL = "llama-bench"
WORDS = ("-p", "0", "-n", "128", "-r", "5", "-o", "jsonl")
PROGRESS = "--progress"
"""Builds before October 2024 do not know it."""
MOST_BYTES = 1 << 20
LAST_LINES = 20
PATIENCE_S = 2.0
"""For a tool that was asked to end."""


class BenchFailed(LlmfitError):
    """llama-bench is missing, or ended without a result."""

    unreadable = True


def run_bench(model: str, more: Sequence[str], tell: Callable[[str], None]) -> str:
    """What llama-bench prints of a model: JSON lines. Its own progress is told line by line.

    Raises BenchFailed. An interruption (Ctrl-C) ends the tool and goes on to the caller.
    """
    tool = shutil.which(TOOL)
    if tool is None:
        raise BenchFailed(f"{TOOL} is not on PATH; it comes with llama.cpp.")
    words = [tool, "-m", model, *WORDS, *more]
    tell(f"{TOOL} runs; Ctrl-C stops it")
    code, out, said = _run([*words, PROGRESS], tell)
    if code and any(PROGRESS in line for line in said):
        code, out, said = _run(words, tell)
    if code:
        ended = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        last = next((line for line in reversed(said) if line), "")
        raise BenchFailed(f"{TOOL} {ended}{': ' + quoted(last[:200]) if last else ''}.")
    if not out.strip():
        raise BenchFailed(f"{TOOL} ended without a result.")
    return out


def _run(words: Sequence[str], tell: Callable[[str], None]) -> tuple[int, str, list[str]]:
    """Exit code, standard output, and the last lines of standard error."""
    try:
        process = subprocess.Popen(
            list(words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Its own session: Ctrl-C reaches us alone, and we end it with all it started.
            start_new_session=sys.platform != "win32",
        )
    except OSError as problem:
        raise BenchFailed(f"{TOOL} cannot be run: {(problem.strerror or str(problem)).lower()}.") from problem
    assert process.stdout is not None
    assert process.stderr is not None
    collected = bytearray()
    reader = threading.Thread(target=_collect, args=(process.stdout, collected), daemon=True)
    last: deque[str] = deque(maxlen=LAST_LINES)
    with process:
        reader.start()
        try:
            for line in process.stderr:
                said = printable(line.decode("utf-8", errors="replace").strip())
                last.append(said)
                if said.startswith(TOOL):
                    tell(said)
            code = process.wait()
        except BaseException:
            _end(process)
            raise
        reader.join()
    return code, bytes(collected).decode("utf-8", errors="replace"), list(last)


def _collect(stream: IO[bytes], collected: bytearray) -> None:
    with contextlib.suppress(OSError, ValueError):
        for line in stream:
            if len(collected) < MOST_BYTES:
                collected += line


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the tool to end, and what it started; then make it."""
    for number in (signal.SIGTERM, signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM):
        with contextlib.suppress(OSError):
            if sys.platform == "win32":
                process.terminate()
            else:
                os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE_S)
            return
