"""The doctor's report: what each probe saw, how it was matched, and what is assumed."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any, cast

from llmfit_tui.core.errors import printable
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.seen.answers import Answer, Detection
from llmfit_tui.core.seen.matching import Match
from llmfit_tui.core.seen.values import Findings, Host, Sighting
from llmfit_tui.format import amounts
from llmfit_tui.format.scrub import scrubbed

SCHEMA = 1
MOST_LINES = 24
"""Of one probe's text in the report for people; JSON has more of it."""
MOST_TEXT = 1 << 15
"""Characters of one probe's text in a report; a tool that prints more has gone wrong."""
Document = dict[str, Any]


def doctor_document(
    found: Detection,
    machine: Machine | None,
    program: str,
    names: Iterable[str] = (),
    settings: Sequence[str] = (),
) -> Document:
    """The whole report. `names` (of host and user) are left out wherever they stand; `settings`: what is
    wrong with settings.toml.
    """
    detected = found.detected
    whole = {
        "schema": SCHEMA,
        "program": program,
        "took_s": round(found.took_s, 3),
        "devices": [_device(match) for match in detected.devices],
        "host": {**_known(detected.host), "memory_bytes": detected.host.memory_bytes},
        "cpu": detected.cpu.name if detected.cpu else None,
        "machine": _machine(machine) if machine else None,
        "notes": detected.notes,
        "settings": settings,
        "failed": detected.failed,
        "probes": [_probe(answer) for answer in found.answers],
    }
    return _scrubbed(whole, tuple(names))


def _scrubbed(value: Any, names: Sequence[str]) -> Any:
    """Every text in it: a name may stand wherever a tool's words are repeated."""
    if isinstance(value, str):
        return scrubbed(value, names)
    if isinstance(value, dict):
        table = cast("Document", value)
        return {key: _scrubbed(one, names) for key, one in table.items()}
    if isinstance(value, list | tuple):
        return [_scrubbed(one, names) for one in cast("list[Any]", value)]
    return value


def _device(match: Match) -> Document:
    seen = match.seen
    return {
        "name": match.name,
        "vendor": seen.vendor,
        "integrated": match.integrated,
        "usable": seen.problem is None,
        "problem": seen.problem,
        "pci_id": seen.pci_id,
        "revision": seen.revision,
        "address": seen.bus,
        "target": seen.target,
        "memory_bytes": match.memory_bytes,
        "offered_bytes": seen.offered_bytes,
        "gtt_bytes": seen.gtt_bytes,
        "limit_bytes": seen.limit_bytes,
        "used_bytes": seen.used_bytes,
        "slices": [{"profile": part.profile, "memory_bytes": part.memory_bytes} for part in seen.slices],
        "partition": seen.partition,
        "catalog": match.device.name if match.device else None,
        "candidates": [device.name for device in match.candidates],
        "how": match.how,
        "assumed": list(match.assumed),
    }


def _machine(machine: Machine) -> Document:
    return {
        "name": machine.name,
        "kind": machine.kind,
        "backend": machine.backend.value,
        "memory_bytes": machine.memory_bytes,
        "usable_bytes": [machine.capacity_bytes(gpu) for gpu in machine.gpus],
        "bandwidth_bytes_per_s": machine.bandwidth_bytes_per_s,
        "host_bytes": machine.host_bytes,
        "host_bandwidth_bytes_per_s": machine.host_bandwidth,
        "assumed": list(machine.assumed),
    }


def _probe(answer: Answer) -> Document:
    asked = answer.asked
    return {
        "command": asked.command,
        "problem": asked.problem,
        "installed": not asked.missing,
        "text": asked.text[:MOST_TEXT],
        "text_cut": len(asked.text) > MOST_TEXT,
        "understood": [{"reader": reader, **_findings(read)} for reader, read in answer.read],
    }


def _findings(read: Findings) -> Document:
    return {
        "devices": [_known(device) for device in read.devices],
        "host": _known(read.host),
        "notes": read.notes,
    }


def _known(value: Sighting | Host) -> Document:
    """The fields that are known; a unique id is nobody else's business."""
    found = {one.name: getattr(value, one.name) for one in fields(value)}
    return {
        key: known
        for key, known in found.items()
        if known is not None and known is not False and known != () and key not in {"unique", "slices"}
    }


def doctor_text(report: Document) -> str:
    """The report for people, plain enough to paste anywhere."""
    lines = [f"{report['program']}; detection took {report['took_s']:.2f} s", ""]
    lines += _section("Devices", [line for device in report["devices"] for line in _device_lines(device)])
    lines += _section("Host", _host_lines(report))
    lines += _section("Reckoned with as --hardware this", _machine_lines(report["machine"]))
    lines += _section("Notes", report["notes"])
    lines += _section("Settings", report["settings"])
    lines += _section("Failed", report["failed"])
    missing = [probe["command"].split()[0] for probe in report["probes"] if not probe["installed"]]
    lines += _section("Not installed", [", ".join(dict.fromkeys(missing))] if missing else [])
    for probe in report["probes"]:
        if probe["installed"]:
            lines += _probe_lines(probe)
    return "\n".join(_clean(line) for line in lines).rstrip() + "\n"


def _clean(line: str) -> str:
    return printable(line.expandtabs(4))


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return [title, *(f"  {line}" for line in lines), ""] if lines else []


def _device_lines(device: Document) -> list[str]:
    memory = amounts.gib(device["memory_bytes"]) if device["memory_bytes"] else "memory not told"
    kind = "part of the chip" if device["integrated"] else "card"
    first = f"{device['name']}: {kind}, {memory}"
    if device["problem"]:
        first += f", {device['problem']}"
    matched = device["catalog"] or (
        f"one of {', '.join(device['candidates'])}" if device["candidates"] else "none"
    )
    return [
        first,
        f"  in the catalog: {matched} ({device['how']})",
        *(f"  assumed: {one}" for one in device["assumed"]),
    ]


def _host_lines(report: Document) -> list[str]:
    host = report["host"]
    words = [
        f"{key.removesuffix('_bytes').replace('_', ' ')}: {_value(key, value)}"
        for key, value in host.items()
        if value
    ]
    return [*words, f"CPU in the catalog: {report['cpu'] or 'none'}"]


def _value(key: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(amounts.gib(size) for size in cast("list[int]", value))
    if key.endswith("_bytes"):
        return amounts.gib(value)
    return amounts.bandwidth(value) if key == "ram_bandwidth" else str(value)


def _machine_lines(machine: Document | None) -> list[str]:
    if machine is None:
        return ["nothing: too little is known of this machine"]
    return [
        f"{machine['name']} with {machine['backend']}, host memory {amounts.gib(machine['host_bytes'])}",
        *(f"assumed: {note}" for note in machine["assumed"]),
    ]


def _listed(known: Document) -> str:
    return ", ".join(f"{key} {value}" for key, value in known.items() if key != "tool")


def _probe_lines(probe: Document) -> list[str]:
    """One probe: its problem, what was understood, and the beginning of its text."""
    lines = [f"$ {probe['command']}"]
    if probe["problem"]:
        lines.append(f"  failed: {probe['problem']}")
    for read in probe["understood"]:
        told = [*read["devices"], *([read["host"]] if read["host"] else [])]
        lines += [f"  {read['reader']}: {_listed(one)}" for one in told]
    raw = [line for line in probe["text"].splitlines() if line.strip()]
    lines += [f"    {line[:160]}" for line in raw[:MOST_LINES]]
    if len(raw) > MOST_LINES:
        lines.append(f"    … {len(raw) - MOST_LINES} more lines; --json has them")
    return [*lines, ""]
