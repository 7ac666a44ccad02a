"""Every spelling of a catalog's hardware, taken apart once: a name is then looked up and not searched for.

Names and aliases by the letter, which most names are, take a twentieth of the time that their words take.
"""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from llmfit_tui.core.hardware.device import Device, System
from llmfit_tui.core.identity import Kept
from llmfit_tui.core.names import words
from llmfit_tui.core.record import record

Made = TypeVar("Made")
Entry = TypeVar("Entry")

MEMORY = re.compile(r"(?<![\w.])([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*(?:gib|gb|g)(?![\w])", re.IGNORECASE)


@record
class Letters:
    """Names of one catalog's devices by the letter, in lower case."""

    by_name: dict[str, Device]
    """The first of two alike."""
    by_alias: dict[str, Device | None]
    """None: of several devices."""


@record
class Spellings:
    """Names of one catalog's devices by their words."""

    by_words: dict[str, list[Device]]
    """By name, card or alias without a memory size, its words with one blank between them."""
    words: list[tuple[Device, tuple[frozenset[str], ...]]]
    """The words of each of these."""


_letters = Kept[Letters](most=4)
_devices = Kept[Spellings](most=4)
_systems = Kept[dict[str, System]](most=4)


def plain_words(name: str) -> tuple[str, ...]:
    """Words of a name without its memory size."""
    return tuple(words(MEMORY.sub(" ", name)))


def letters(devices: Sequence[Device]) -> Letters:
    """By the letter."""
    return _of(_letters, devices, _spelled)


def spellings(devices: Sequence[Device]) -> Spellings:
    """By their words."""
    return _of(_devices, devices, _spellings)


def system_spellings(systems: Sequence[System]) -> dict[str, System]:
    """Systems by the words of their names and aliases, the first of two alike."""
    return _of(_systems, systems, _systems_by_words)


def _of(kept: Kept[Made], listed: Sequence[Entry], make: Callable[[Sequence[Entry]], Made]) -> Made:
    """What is made of a catalog's list, kept; of other lists, which may change, anew each time."""
    found = kept.get(listed)
    if found is not None:
        return found
    made = make(listed)
    return kept.keep(made, listed) if isinstance(listed, tuple) else made


def _systems_by_words(systems: Sequence[System]) -> dict[str, System]:
    made: dict[str, System] = {}
    for system in systems:
        for name in (system.name, *system.aliases):
            made.setdefault(" ".join(words(name)), system)
    return made


def _spelled(devices: Sequence[Device]) -> Letters:
    by_name: dict[str, Device] = {}
    by_alias: dict[str, Device | None] = {}
    for device in devices:
        by_name.setdefault(device.name.lower(), device)
        for alias in map(str.lower, device.aliases):
            if by_alias.setdefault(alias, device) is not device:
                by_alias[alias] = None
    return Letters(by_name, by_alias)


def _spellings(devices: Sequence[Device]) -> Spellings:
    by_words: dict[str, list[Device]] = {}
    apart: list[tuple[Device, tuple[frozenset[str], ...]]] = []
    for device in devices:
        plain = dict.fromkeys(map(plain_words, (device.name, device.card, *device.aliases)))
        for one in plain:
            by_words.setdefault(" ".join(one), []).append(device)
        apart.append((device, tuple(map(frozenset, plain))))
    return Spellings(by_words, apart)
