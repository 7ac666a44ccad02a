"""The engines' own command lines as parsers, made from what their documentation and source say."""

import argparse
import json
import math
import shlex
from functools import cache
from typing import Any

from scenes import FIXTURES

POSITIONAL = {"vllm": ("serve", "model")}
"""Words before the options."""


def _share(word: str) -> float:
    value = float(word)
    if not 0 < value <= 1:
        raise ValueError(word)
    return value


def _numbers(word: str) -> list[float]:
    values = [float(part) for part in word.split(",")]
    if not all(math.isfinite(value) and value >= 0 for value in values) or not any(values):
        raise ValueError(word)
    return values


def _addresses(word: str) -> list[tuple[str, int]]:
    return [(host, int(port)) for host, port in (part.rsplit(":", 1) for part in word.split(","))]


def _count(word: str) -> int:
    if not word.isascii() or not word.isdigit():
        raise ValueError(word)
    return int(word)


KINDS: dict[str, Any] = {"INT": _count, "SHARE": _share, "NUMBERS": _numbers, "ADDRESSES": _addresses}


class Refused(Exception):
    """What the engine's parser would say."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise Refused(message)


@cache
def _parser(engine: str) -> _Parser:
    with (FIXTURES / "engine_options.json").open(encoding="utf-8") as file:
        options: dict[str, str | list[str]] = json.load(file)["engines"][engine]["options"]
    parser = _Parser(engine, allow_abbrev=False, add_help=False)
    for name in POSITIONAL.get(engine, ()):
        parser.add_argument(name)
    for spelled, takes in options.items():
        names = spelled.split(", ")
        if takes == "flag":
            parser.add_argument(*names, action="store_true")
        elif not isinstance(takes, str):
            parser.add_argument(*names, choices=takes)
        else:
            parser.add_argument(*names, type=KINDS.get(takes, str))
    return parser


def parsed(line: str) -> dict[str, Any]:
    """What the engine named by a line's first word understands. Raises Refused."""
    engine, *words = shlex.split(line)
    if engine == "ray":
        engine = f"{engine} {words.pop(0)}"
    return vars(_parser(engine).parse_args(words))
