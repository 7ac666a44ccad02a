"""The entry point: which command was asked for, and what its errors become."""

import codecs
import errno
import gc
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from llmfit_tui import __version__
from llmfit_tui.cli.glyphs import ascii_only, in_ascii
from llmfit_tui.core.errors import LlmfitError

STAND_IN = "stand-in"
"""What an encoding lacks is written in ASCII, cell by cell."""


def _stand_in(problem: UnicodeError) -> tuple[str, int]:
    assert isinstance(problem, UnicodeEncodeError)
    return in_ascii(problem.object[problem.start : problem.end]), problem.end


codecs.register_error(STAND_IN, _stand_in)
DONE, NO, USAGE, UNREADABLE = 0, 1, 2, 3
COLLECT_EVERY = 200_000
"""Objects made before Python looks for garbage: what commands load is none; looking is a tenth of them."""
OUTPUT_LOST = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG)
"""A full disk, a spent quota, a device or terminal that has gone, a file at its limit."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:
        gc.set_threshold(COLLECT_EVERY)
    if words in (["--version"], ["-V"]):
        print(f"llmfit-tui {__version__}")
        return DONE
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = "ascii" if stream.isatty() and ascii_only(os.environ) else None
            stream.reconfigure(encoding=encoding, errors=STAND_IN)
    code = DONE
    try:
        code = _run(words)
        print(end="", flush=True)
    except LlmfitError as problem:
        print(f"llmfit-tui: {problem}", file=sys.stderr)
        return UNREADABLE if getattr(problem, "unreadable", False) else USAGE
    except BrokenPipeError:
        # The reader (head, less) has left; nothing more is wanted, not even the flush at exit.
        _print_no_more()
        return DONE
    except OSError as problem:
        if problem.errno not in OUTPUT_LOST:
            raise
        _print_no_more()
        with suppress(OSError):  # a terminal that has gone hears of nothing
            print(f"llmfit-tui: the output cannot be written: {problem.strerror}.", file=sys.stderr)
        return code or UNREADABLE
    except KeyboardInterrupt:
        return 130
    return code


def _print_no_more() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(words: list[str]) -> int:
    asked = None
    if words:
        from llmfit_tui.cli.commands import parsed

        asked = parsed(words)
        if asked.command is not None:
            return int(asked.run(asked))
    from llmfit_tui.cli.explore import explore

    return explore(asked.config, asked.scenario, asked) if asked else explore()
