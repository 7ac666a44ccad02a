"""The words of the command line. Only the modules of commands that are named are loaded."""

import argparse
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import NoReturn

from llmfit_tui import __version__
from llmfit_tui.core.errors import BadValue, UnknownName, printable

MODULES = {
    "estimate": "estimate",
    "rank": "rank",
    "plan": "plan",
    "calibrate": "calibrate",
    "models": "listing",
    "quants": "listing",
    "hardware": "listing",
    "profile": "profile",
    "doctor": "doctor",
    "check-log": "check_log",
}
"""Where each command is, in the order of the help. A module adds its commands by `add_to`."""


class _Parser(argparse.ArgumentParser):
    """argparse whose errors are ours: one sentence, raised."""

    def error(self, message: str) -> NoReturn:
        raise BadValue(f"{printable(message[:1].upper() + message[1:])}. See {self.prog} --help.")


def parsed(words: Sequence[str]) -> argparse.Namespace:
    """What the words say: `command` is None or `run` runs it. Raises LlmfitError."""
    if words and not words[0].startswith("-") and words[0] not in MODULES:
        from llmfit_tui.core.names import nearest

        raise UnknownName("command", words[0], nearest(words[0], MODULES))
    # A command's name may as well be the value of an option, which loads a module too many. Where there is
    # none, the help or an error needs them all.
    named = [word for word in words if word in MODULES]
    return parser(named or MODULES).parse_args(words)


def parser(names: Iterable[str]) -> argparse.ArgumentParser:
    """The command line, with the options of these commands."""
    top = _Parser(
        prog="llmfit-tui",
        description="Will this language model run on this hardware, how fast, and how well? "
        "Without a command the explorer opens.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"llmfit-tui {__version__}")
    top.add_argument("--config", metavar="DIR", help="folder of profiles and settings")
    top.add_argument(
        "--scenario", metavar="LINE", help="open the explorer on a scenario it was told as a line"
    )
    top.add_argument(
        "--mouse",
        action=argparse.BooleanOptionalAction,
        help="take the mouse, or leave it to the terminal's own selection (taken, except in GNU screen)",
    )
    top.add_argument(
        "--thin-line",
        action=argparse.BooleanOptionalAction,
        help="leave out frames the terminal has no time for (done where the line turns out to be slow)",
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    for module in dict.fromkeys(MODULES[name] for name in names):
        import_module(f"llmfit_tui.cli.{module}").add_to(commands.add_parser)
    for command in commands.choices.values():
        # After the command as well as before it; the default before it must not be overwritten.
        command.add_argument("--config", metavar="DIR", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return top
