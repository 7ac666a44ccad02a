"""A scenario as one short line that opens it elsewhere: `1,model=...,quant=...,hardware=...,context=32768`.

The first part is the version of the form. Values are written as in a web address, so that a line has no
blank and no comma inside a value.
"""

from dataclasses import field
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from llmfit_tui.core.errors import printable, quoted
from llmfit_tui.core.hardware.device import GIB
from llmfit_tui.core.hardware.machine import ASSUMED_HOST_BYTES
from llmfit_tui.core.profiles.settings_table import settings_of_table, table_of_settings
from llmfit_tui.core.record import record
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.format.devices import machine_name

VERSION = 1
LONGEST = 4000
NAMES = ("model", "quant", "hardware", "ram_gib", "view")


@record
class Line:
    """What a line says; None where it says nothing."""

    model: str | None = None
    quant: str | None = None
    hardware: str | None = None
    ram_gib: int | None = None
    """Host memory beside a card."""
    view: str | None = None
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    problems: tuple[str, ...] = ()
    """What of the line means nothing here, in words."""


def scenario_line(scenario: Scenario, view: str = "") -> str:
    """The line of a scenario, and the view it is looked at in."""
    machine = scenario.machine
    parts: dict[str, Any] = {
        "model": scenario.model.id,
        "quant": scenario.quant.name,
        "hardware": machine.name,
    }
    if not machine.unified and machine.host_bytes != ASSUMED_HOST_BYTES:
        parts["ram_gib"] = machine.host_bytes // GIB
    parts |= table_of_settings(scenario.settings)
    if view:
        parts["view"] = view
    told = (f"{key}={quote_plus(str(value), safe='/:.()')}" for key, value in parts.items())
    return ",".join((str(VERSION), *told))


def line_words(text: str) -> str:
    """The scenario of a line in a person's words."""
    line = read_line(text)
    settings = dict(line.settings)
    told = [(line.model or "").rpartition("/")[2], line.quant, machine_name(line.hardware or "")]
    if "context" in settings:
        told.append(f"{settings.pop('context'):,} tokens")
    if (kind := settings.get("kv_type_k")) and kind == settings.get("kv_type_v"):
        told.append(f"KV {kind}")
        settings = {key: value for key, value in settings.items() if not key.startswith("kv_type")}
    told += [f"{key.replace('_', ' ')} {value}" for key, value in settings.items()]
    return " · ".join(printable(one) for one in told if one)


def read_line(text: str) -> Line:
    """What a line says; what is not understood is named and the rest is kept."""
    version, *parts = text.strip()[:LONGEST].split(",")
    problems: list[str] = []
    if version.isdigit() and int(version) > VERSION:
        problems.append(f"the line is from a newer version ({int(version)})")
    elif version != str(VERSION):
        parts = [version, *parts]
        problems.append(f"a line begins with its version, {VERSION}")
    names: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    unknown: list[str] = []
    for part in parts:
        key, equals, written = part.partition("=")
        value = _value(unquote_plus(written))
        known = settings_of_table({key: value})
        if not equals or not written:
            problems.append(f"{quoted(part)} is no key=value")
        elif key in NAMES:
            names[key] = value
        elif key in table_of_settings(known):
            settings[key] = value
        elif not _is_default(key, value):
            unknown.append(part)
    if unknown:
        problems.append(f"not known here: {', '.join(map(printable, unknown))}")
    texts = {key: str(names[key]) for key in ("model", "quant", "hardware", "view") if key in names}
    ram = names.get("ram_gib")
    ram = ram if type(ram) is int and 0 < ram < 1 << 20 else None
    return Line(ram_gib=ram, settings=settings, problems=tuple(problems), **texts)


def _value(text: str) -> Any:
    if text in {"True", "False"}:
        return text == "True"
    return int(text) if text.isdigit() and len(text) < 12 else text


def _is_default(key: str, value: Any) -> bool:
    """A setting spelled out although it is what it would be anyway."""
    plain = getattr(settings_of_table({}), key, None)
    return plain is not None and getattr(plain, "value", plain) == value
