"""The entry point: which command was asked for, and what its errors become."""

import io
import os
import sys
from collections.abc import Sequence

from llmfit_tui import __version__
from llmfit_tui.core.errors import LlmfitError

DONE, NO, USAGE, UNREADABLE = 0, 1, 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words in (["--version"], ["-V"]):
        print(f"llmfit-tui {__version__}")
        return DONE
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a letter gets a question mark, not a traceback.
            stream.reconfigure(errors="replace")
    try:
        return _run(words)
    except LlmfitError as problem:
        print(f"llmfit-tui: {problem}", file=sys.stderr)
        return UNREADABLE if getattr(problem, "unreadable", False) else USAGE
    except BrokenPipeError:
        # The reader (head, less) has left; nothing more is wanted, not even the flush at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return 130


def _run(words: list[str]) -> int:
    asked = None
    if words:
        from llmfit_tui.cli.commands import parsed

        asked = parsed(words)
        if asked.command is not None:
            return int(asked.run(asked))
    from llmfit_tui.cli.explore import explore

    return explore(asked.config, asked.scenario, asked) if asked else explore()
