"""The entry point: which command was asked for, and what its errors become."""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from llmfit_tui import __version__
from llmfit_tui.core.errors import BadValue, LlmfitError, UnknownName, printable
from llmfit_tui.core.names import nearest

DONE, NO, USAGE, UNREADABLE = 0, 1, 2, 3


class _Parser(argparse.ArgumentParser):
    """argparse whose errors are ours: one sentence, raised."""

    def error(self, message: str) -> NoReturn:
        raise BadValue(f"{printable(message[:1].upper() + message[1:])}. See {self.prog} --help.")


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    from llmfit_tui.cli import calibrate, check_log, doctor, estimate, listing, plan, profile, rank

    top = _Parser(
        prog="llmfit-tui",
        description="Will this language model run on this hardware, how fast, and how well? "
        "Without a command the explorer opens.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"llmfit-tui {__version__}")
    top.add_argument("--config", metavar="DIR", help="folder of profiles and settings")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    estimate.add_to(commands.add_parser)
    rank.add_to(commands.add_parser)
    plan.add_to(commands.add_parser)
    calibrate.add_to(commands.add_parser)
    listing.add_to(commands.add_parser)
    profile.add_to(commands.add_parser)
    doctor.add_to(commands.add_parser)
    check_log.add_to(commands.add_parser)
    for command in commands.choices.values():
        # After the command as well as before it; the default before it must not be overwritten.
        command.add_argument("--config", metavar="DIR", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return top


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
    top = parser()
    commands = (
        "estimate",
        "rank",
        "plan",
        "calibrate",
        "models",
        "quants",
        "hardware",
        "profile",
        "doctor",
        "check-log",
    )
    if words and not words[0].startswith("-") and words[0] not in commands:
        raise UnknownName("command", words[0], nearest(words[0], commands))
    parsed = top.parse_args(words)
    if parsed.command is None:
        from llmfit_tui.cli.explore import explore

        return explore(parsed.config)
    return int(parsed.run(parsed))
