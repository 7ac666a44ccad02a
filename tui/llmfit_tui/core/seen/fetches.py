"""What programs that greet with the machine print: fastfetch in JSON; as text it is a summary like others."""

import re

from llmfit_tui.core.seen.nvidia import named, shares_memory
from llmfit_tui.core.seen.text import json_pairs, plain, size_bytes, vendor_of
from llmfit_tui.core.seen.values import Findings, Host, Sighting

_MODULE = re.compile(r'"type"\s*:\s*"(GPU|CPU|Memory|Host)"\s*,\s*"result"\s*:\s*')
_GPU = re.compile(r'"dedicated"\s*:\s*\{(?P<own>[^{}]*)\}(?P<rest>.*?)(?="dedicated"|\Z)', re.DOTALL)


def read_fastfetch(text: str) -> Findings:
    """`fastfetch --format json`: modules one after the other, each with its result."""
    starts = [match.start() for match in _MODULE.finditer(text)]
    bodies = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    devices: list[Sighting] = []
    host = Host()
    for body in bodies:
        match = _MODULE.match(body)
        kind = match.group(1) if match else ""
        # A module the list above does not name ends it.
        ended = re.search(r'\n  \},?\s*\n  \{\s*\n\s*"type"', body)
        own = body[: ended.start()] if ended else body
        if kind == "GPU":
            devices += [device for found in _GPU.finditer(own) if (device := _gpu(found)) is not None]
        elif kind == "CPU":
            host = host.with_more(Host(cpu=plain(json_pairs(own).get("cpu"))))
        elif kind == "Memory":
            host = host.with_more(Host(ram_bytes=size_bytes(json_pairs(own).get("total"))))
    return Findings(tuple(devices), host)


def _gpu(found: re.Match[str]) -> Sighting | None:
    values = json_pairs(found["rest"])
    name = plain(values.get("name"))
    vendor = vendor_of(values.get("vendor")) or vendor_of(name)
    if name is None or vendor is None:
        return None
    integrated = True if values.get("type") == "Integrated" else None
    memory = None if integrated else size_bytes(json_pairs(found["own"]).get("total"))
    shown = named(name) if vendor == "NVIDIA" else name
    return Sighting(
        "fastfetch", shown, vendor, memory_bytes=memory, integrated=integrated or shares_memory(shown)
    )
