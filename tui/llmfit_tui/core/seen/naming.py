"""Finding catalog entries by the words of a tool's name: whole words, none of them left over."""

import re
from collections.abc import Iterable, Mapping, Sequence

from llmfit_tui.core.hardware.device import Device, DeviceKind
from llmfit_tui.core.names import words
from llmfit_tui.core.record import record
from llmfit_tui.core.seen.text import size_bytes

_SIZE = re.compile(r"(?<![\w.])[0-9]{1,5}(?:\.[0-9]{1,3})?\s*(?:gib|gb|g)(?!\w)", re.IGNORECASE)
_NOISE = frozenset(
    [
        *(
            "nvidia",
            "geforce",
            "amd",
            "ati",
            "radeon",
            "intel",
            "apple",
            "qualcomm",
            "huawei",
            "r",
            "tm",
            "c",
        ),
        *("instinct", "tesla", "gpu", "graphics", "series", "generation", "corporation", "inc", "quadro"),
        *("accelerator", "adapter", "arc", "with", "design"),
    ]
)
"""Words that do not tell one device of a maker from another."""
_EDITIONS = frozenset(
    ["edition", "workstation", "developer", "kit", "founders", "engineering", "reference", "board", "vf"]
)


def named_size(name: str | None) -> int | None:
    """Bytes of the memory a name carries (`RTX A2000 12GB`)."""
    match = _SIZE.search((name or "").replace("-", " "))
    return size_bytes(match.group(0)) if match else None


def key(name: str) -> frozenset[str]:
    """Telling words of a name, without its memory size."""
    found = frozenset(words(_SIZE.sub(" ", name.replace("-", " ")))) - _NOISE
    # One thing under two names: NVIDIA's tools say Laptop GPU, databases say Mobile.
    return (found - {"mobile"}) | {"laptop"} if "mobile" in found else found


@record
class Index:
    """Every name of every device, by its telling words."""

    by_words: Mapping[frozenset[str], tuple[Device, ...]]

    def named(self, name: str, vendor: str | None) -> tuple[Device, ...]:
        """Devices one of whose names has exactly these telling words."""
        return _of(self.by_words.get(key(name), ()), vendor)

    def named_in_any_edition(self, name: str, vendor: str | None) -> tuple[Device, ...]:
        """Devices whose name differs by the edition alone."""
        asked = key(name)
        for exact in (asked, asked - _EDITIONS, asked - _EDITIONS - {"server"}):
            if found := _of(self.by_words.get(exact, ()), vendor):
                return found
        return ()

    def named_at_more_length(self, name: str, vendor: str | None) -> tuple[Device, ...]:
        """Devices whose names say one or two words more than the tool does; the nearest."""
        asked = key(name)
        if not any(re.search(r"\d", word) for word in asked):
            return ()
        longer = [(len(own - asked), own) for own in self.by_words if asked < own and len(own - asked) <= 2]
        least = min((extra for extra, _ in longer), default=0)
        return _of(
            (device for extra, own in longer if extra == least for device in self.by_words[own]), vendor
        )

    def within(self, text: str, kinds: Iterable[DeviceKind], vendor: str | None = None) -> tuple[Device, ...]:
        """Devices of these kinds all of whose telling words stand in the text; the longest name wins.

        For texts that say more than a name: a CPU's brand string, the model of a board. One word without
        a digit is too little.
        """
        asked, wanted = key(text), frozenset(kinds)
        found: dict[int, list[Device]] = {}
        for own, devices in self.by_words.items():
            if own <= asked and (len(own) > 1 or any(re.search(r"\d", word) for word in own)):
                found.setdefault(len(own), []).extend(device for device in devices if device.kind in wanted)
        for length in sorted(found, reverse=True):
            if matched := _of(found[length], vendor):
                return matched
        return ()


def _of(devices: Iterable[Device], vendor: str | None) -> tuple[Device, ...]:
    """Of one maker where it is known, each once."""
    found = {one.name: one for one in devices if vendor is None or one.vendor.lower() == vendor.lower()}
    return tuple(found.values())


def index_of(devices: Sequence[Device]) -> Index:
    """The index of a catalog."""
    found: dict[frozenset[str], dict[str, Device]] = {}
    for device in devices:
        for name in (device.name, device.card, *device.aliases):
            found.setdefault(key(name), {})[device.name] = device
    return Index({own: tuple(named.values()) for own, named in found.items()})
