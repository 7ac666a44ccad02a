"""dmidecode -t memory: what is plugged in, on how many channels, and how fast it is set to run."""

import re

from llmfit_tui.core.record import record
from llmfit_tui.core.seen.text import pairs, size_bytes
from llmfit_tui.core.seen.values import Findings, Host

_DEVICE = re.compile(r"^Memory Device\s*$", re.MULTILINE)
_CHANNEL = re.compile(r"(?:channel[ _-]?([a-z0-9]+))|(?:dimm[ _-]?([a-h])\d?)", re.IGNORECASE)
_SPEED = re.compile(r"(\d+) (?:MT/s|MHz)")
_WIDTH = re.compile(r"(\d+) bits")


@record
class Module:
    """One populated slot or soldered chip."""

    size_bytes: int
    place: str
    """Channel, as far as the board names it."""
    data_bits: int | None
    transfers_per_s: int | None


def modules(text: str) -> tuple[Module, ...]:
    """Populated memory devices. The width for data counts: 72 bits are 64 and ECC."""
    found: list[Module] = []
    for body in _DEVICE.split(text)[1:]:
        values: dict[str, str] = {}
        for key, value in pairs(body):
            values.setdefault(key, value)
        size = size_bytes(values.get("Size"))
        if size is None:
            continue
        width = _WIDTH.search(values.get("Data Width", ""))
        # The old wording says "Clock Speed" and MHz, and means transfers all the same.
        speed = (
            values.get("Configured Memory Speed")
            or values.get("Configured Clock Speed")
            or values.get("Speed", "")
        )
        rate = _SPEED.search(speed)
        place = f"{values.get('Bank Locator', '')} {values.get('Locator', '')}"
        found.append(
            Module(
                size,
                place,
                int(width.group(1)) if width else None,
                int(rate.group(1)) * 10**6 if rate else None,
            )
        )
    return tuple(found)


def read_dmidecode(text: str) -> Findings:
    """Installed memory, and its bandwidth where every module names channel, width and speed."""
    found = modules(text)
    installed = sum(module.size_bytes for module in found)
    return Findings(host=Host(installed_bytes=installed or None, ram_bandwidth=_bandwidth(found)))


def _bandwidth(found: tuple[Module, ...]) -> int | None:
    """Bytes per second over all channels: two modules on one channel share it, soldered chips do not."""
    rates = [module.transfers_per_s for module in found if module.transfers_per_s]
    widths = [module.data_bits for module in found if module.data_bits]
    if not found or len(rates) < len(found) or len(widths) < len(found):
        return None
    if max(widths) < 64:
        return sum(widths) * min(rates) // 8
    channels = {_channel(module.place) for module in found}
    if None in channels:
        return None
    return len(channels) * 64 * min(rates) // 8


def _channel(place: str) -> tuple[str, str] | None:
    """Socket and channel of a locator such as `P0 CHANNEL A` or `ChannelA-DIMM0`."""
    match = _CHANNEL.search(place)
    if match is None:
        return None
    socket = re.search(r"\b(?:P|CPU|Node|PROC ?)(\d)", place, re.IGNORECASE)
    return socket.group(1) if socket else "", (match.group(1) or match.group(2)).lower()
