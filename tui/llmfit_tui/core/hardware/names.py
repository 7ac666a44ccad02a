"""Finding hardware by name: `RTX 3060 12GB`, `2x RTX 3090`, `RTX 4090 + RTX 3060 12GB`, `DGX H100`,
`2x(8x H100 SXM)` for two machines.

Words match whole words ("T400" is not "T4000"). A memory size in the text picks that option of a card, else
the option the card was launched with. A desktop card comes before a laptop's of the same name, and a
shorter name before a longer one that contains it.
"""

import re
from collections.abc import Sequence

from llmfit_tui.core.errors import AmbiguousName, BadValue, UnknownName, quoted
from llmfit_tui.core.hardware.device import GIB, Device, DeviceKind, System
from llmfit_tui.core.hardware.spellings import MEMORY, letters, plain_words, spellings, system_spellings
from llmfit_tui.core.names import nearest, words
from llmfit_tui.core.record import record

_COUNT = re.compile(r"([0-9]{1,4})(?:\s*[x×*]\s+|[x×*]\s*)(\S.*)", re.IGNORECASE | re.DOTALL)
_COUNT_BEHIND = re.compile(r"(.*\S)\s+[x×*]\s*([0-9]{1,4})", re.IGNORECASE | re.DOTALL)
_JOINED = re.compile(r"\s+\+\s*")
_CORES = re.compile(r"\b([0-9]{1,3})c\b")
_BOUNDARY = re.compile(r"(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])")
_NODES = re.compile(r"([0-9]{1,4})\s*[x×*]\s*\((.*)\)", re.IGNORECASE | re.DOTALL)
MOST_DEVICES = 1024
_BRANDS = frozenset(
    [
        "nvidia",
        "geforce",
        "amd",
        "radeon",
        "intel",
        "r",
        "tm",
        "apple",
        "instinct",
        "tesla",
        "qualcomm",
        "gpu",
        "graphics",
    ]
)
"""Words that do not tell one card of a vendor from another."""
_ORDER = {
    DeviceKind.DESKTOP: 0,
    DeviceKind.WORKSTATION: 1,
    DeviceKind.DATACENTER: 1,
    DeviceKind.UNIFIED: 1,
    DeviceKind.NPU: 1,
    DeviceKind.LAPTOP: 2,
    DeviceKind.CPU: 3,
}


@record
class Found:
    """Devices a text names, and what had to be assumed to pick them."""

    name: str
    devices: tuple[Device, ...]
    assumed: tuple[str, ...] = ()
    nodes: int = 1
    """Machines alike, among which the devices are dealt evenly."""


def find_hardware(text: str, devices: Sequence[Device], systems: Sequence[System]) -> Found:
    """Devices of an expression. Raises UnknownName, AmbiguousName or BadValue."""
    several = _NODES.fullmatch(text.strip())
    if several is not None:
        return _nodes(text, several, devices, systems)
    parts = [part.strip() for part in _JOINED.split(text)]
    if not all(parts) or text.strip().endswith(" +"):
        raise BadValue(f'Hardware: a name such as "2x RTX 3090" was expected, not {quoted(text)}.')
    found = [_counted(part, devices, systems) for part in parts]
    together = tuple(device for one in found for device in one.devices)
    if len(together) > MOST_DEVICES:
        raise BadValue(f"Hardware: at most {MOST_DEVICES:,} devices can be described, not {len(together):,}.")
    if len(together) > 1 and any(d.kind in {DeviceKind.CPU, DeviceKind.UNIFIED} for d in together):
        raise BadValue(f"{quoted(text)}: only graphics cards can be put together in one machine.")
    assumed = dict.fromkeys(note for one in found for note in one.assumed)
    return Found(" + ".join(one.name for one in found), together, tuple(assumed))


def _nodes(text: str, several: re.Match[str], devices: Sequence[Device], systems: Sequence[System]) -> Found:
    """Several machines alike: `2x(8x H100 SXM)`."""
    count, inner = int(several.group(1)), several.group(2).strip()
    if not count or ("(" in inner and _NODES.search(inner)):
        raise BadValue(f'{quoted(text)}: machines alike, such as "2x(8x H100 SXM)", were expected.')
    one = find_hardware(inner, devices, systems)
    if any(device.kind is DeviceKind.CPU for device in one.devices):
        raise BadValue(f"{quoted(text)}: machines with GPUs were expected, not {one.name}.")
    if count * len(one.devices) > MOST_DEVICES:
        total = count * len(one.devices)
        raise BadValue(f"Hardware: at most {MOST_DEVICES:,} devices can be described, not {total:,}.")
    if count == 1:
        return one
    return Found(f"{count}x({one.name})", one.devices * count, one.assumed, count)


def _counted(text: str, devices: Sequence[Device], systems: Sequence[System]) -> Found:
    """One part of an expression; where nothing is called so, its count may stand behind: `RTX 3090 x2`."""
    try:
        return _term(text, devices, systems)
    except UnknownName as unknown:
        behind = _COUNT_BEHIND.fullmatch(text)
        if behind is not None:
            return _term(f"{behind.group(2)}x {behind.group(1)}", devices, systems)
        if "," in text:
            raise BadValue(f'{unknown} Cards in one machine are joined by " + ".') from unknown
        raise


def _term(text: str, devices: Sequence[Device], systems: Sequence[System]) -> Found:
    """One part of an expression, with its count."""
    count = 1
    name = text
    match = _COUNT.fullmatch(text)
    known = _system(text, systems) is not None or _exact(text, devices) is not None
    if match and int(match.group(1)) <= MOST_DEVICES and not known:
        count, name = int(match.group(1)), match.group(2).strip()
        if count < 1:
            raise BadValue(f"{quoted(text)}: a count of 1 to {MOST_DEVICES:,} was expected.")
    system = _system(name, systems)
    if system is not None:
        card = next(device for device in devices if device.name == system.card)
        shown = system.name if count == 1 else f"{count}x {system.name}"
        return Found(shown, (card,) * (count * system.count))
    device, assumed = find_device(name, devices, systems)
    shown = device.name if count == 1 else f"{count}x {device.name}"
    return Found(shown, (device,) * count, assumed)


def _system(text: str, systems: Sequence[System]) -> System | None:
    return system_spellings(systems).get(" ".join(words(text)))


def find_device(
    text: str, devices: Sequence[Device], systems: Sequence[System] = ()
) -> tuple[Device, tuple[str, ...]]:
    """One device and what was assumed. Raises UnknownName or AmbiguousName."""
    exact = _exact(text, devices)
    if exact is not None:
        return exact, ()
    sizes = [round(float(size) * GIB) for size in MEMORY.findall(text)]
    bare = _CORES.sub(r"\1 core", " ".join(words(MEMORY.sub(" ", text))))
    for match in (_by_alias, _by_words, _by_parts):
        found = match(bare, devices)
        if sizes:
            found = [device for device in found if device.memory_bytes in sizes]
        if found:
            return _settle(text, found, bool(sizes))
    names = [alias for device in devices for alias in (device.name, *device.aliases[-1:])]
    raise UnknownName("hardware", text, nearest(text, [*names, *(system.name for system in systems)]))


def _exact(text: str, devices: Sequence[Device]) -> Device | None:
    """The device whose name this is to the letter, or the only one with such an alias."""
    folded, known = " ".join(text.lower().split()), letters(devices)
    return known.by_name.get(folded) or known.by_alias.get(folded)


def _settle(text: str, found: list[Device], sized: bool) -> tuple[Device, tuple[str, ...]]:
    """One of the devices that fit equally well: of variants sold under one name the plainest."""
    cards = list(dict.fromkeys(device.card for device in found))
    if len(cards) > 1:
        asked = frozenset(words(text))
        extra = {card: len(frozenset(plain_words(card)) - asked - _BRANDS) for card in cards}
        plainest = [card for card in cards if extra[card] == min(extra.values())]
        if len(plainest) > 1:
            shown = [device.name for device in found if device.default_option]
            raise AmbiguousName("device", text, shown or [device.name for device in found])
        device, assumed = _settle(text, [device for device in found if device.card == plainest[0]], sized)
        others = ", ".join(card for card in cards if card != plainest[0])
        return device, (*assumed, f"{device.name}; {others} answers to the same name")
    if len(found) == 1:
        return found[0], ()
    default = next((device for device in found if device.default_option), found[0])
    if sized or default.memory_bytes is None:
        return default, ()
    size = default.memory_bytes / GIB
    return default, (f"the {size:.0f} GB version, of {len(found)} sold",)


def _by_alias(bare: str, devices: Sequence[Device]) -> list[Device]:
    """Devices one of whose names, without memory sizes, is the text; desktop before laptop."""
    return _first_kind(spellings(devices).by_words.get(bare, []))


def _by_words(bare: str, devices: Sequence[Device]) -> list[Device]:
    """Devices with a name that holds all words of the text, the fewest words more first."""
    asked = frozenset(bare.split())
    if not asked:
        return []
    ranked: dict[int, list[Device]] = {}
    for device, names in spellings(devices).words:
        extras = [_extra(asked, own) for own in names]
        best = min((extra for extra in extras if extra is not None), default=None)
        if best is not None:
            ranked.setdefault(best, []).append(device)
    return _first_kind(ranked[min(ranked)]) if ranked else []


def _by_parts(bare: str, devices: Sequence[Device]) -> list[Device]:
    """Like `_by_words`, with letters and digits written together taken apart (`rtx4090`)."""
    apart = " ".join(_BOUNDARY.sub(" ", bare).split())
    return _by_words(apart, devices) if apart != bare else []


def _extra(asked: frozenset[str], own: frozenset[str]) -> int | None:
    """Telling words of a name beyond those asked for; None where one asked for is missing."""
    return len(own - asked - _BRANDS) if asked <= own else None


def _first_kind(found: list[Device]) -> list[Device]:
    """Of these only the kind a bare name means: desktop cards before laptop ones."""
    if len({device.card for device in found}) <= 1:
        return found
    first = min(_ORDER[device.kind] for device in found)
    return [device for device in found if _ORDER[device.kind] == first]
