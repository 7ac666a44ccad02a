"""`llmfit-tui profile save NAME`: make a profile from options, or change what they name of one."""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from llmfit_tui.cli.options import OPTIONS, read_all
from llmfit_tui.cli.options import add_to as add_options
from llmfit_tui.cli.this import detection, is_this
from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.hardware.device import DeviceKind
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.hardware.names import find_hardware
from llmfit_tui.core.profiles.gpu import EXAMPLE, read_own_gpus
from llmfit_tui.core.profiles.machine import machine_of_profile
from llmfit_tui.core.profiles.profile import (
    MOST_NODES,
    MOST_WATTS,
    OwnGpu,
    Profile,
    checked_name,
    checked_text,
)
from llmfit_tui.core.sizes import whole_number
from llmfit_tui.format.profiles import one_line
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.places import places
from llmfit_tui.storage.profile_edit import save_profile
from llmfit_tui.storage.profiles import Profiles

MACHINE_OPTIONS = ("hardware", "vram", "ram", "ram_bandwidth", "margin", "gpu_limit", "backend", "link")
FIELDS = {
    "ram": "ram_bytes",
    "ram_bandwidth": "ram_bandwidth",
    "margin": "margin_bytes",
    "gpu_limit": "gpu_limit_bytes",
    "backend": "backend",
    "link": "link",
}
"""Options that are a field of a profile each."""
BOUND_TO_HARDWARE = ("ram_bytes", "gpu_limit_bytes", "backend", "link")
"""What one kind of hardware has and another has not."""


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add its arguments."""
    parser.add_argument("name", metavar="NAME")
    add_options(parser, MACHINE_OPTIONS)
    parser.add_argument(
        "--gpu", metavar="CARD", action="append", help=f'a card described by hand, such as "2x {EXAMPLE}"'
    )
    parser.add_argument("--power-limit", metavar="WATTS", help="power limit of each card")
    parser.add_argument("--nodes", metavar="N", help="machines like this one")
    parser.add_argument("--notes", metavar="TEXT")
    parser.add_argument("--tag", metavar="TAG", action="append", help="may be given several times")


def save(parsed: argparse.Namespace, profiles: Profiles) -> int:
    """Save the profile the options describe. What they do not name stays as it is."""
    name = checked_name(parsed.name)
    given = {key: getattr(parsed, key) for key in MACHINE_OPTIONS}
    flags = {option.key: option.flags[0] for option in OPTIONS}
    options = read_all(given, lambda option: flags[option.key])
    kept = profiles.find(name)
    before = kept.profile if kept is not None and (kept.own or kept.profile.name == name) else None
    catalog = Catalog()
    changes = _changes(options, parsed, catalog, made_new=before is None)
    base = before or Profile(name)
    profile = replace(base, **changes)
    profile = _fitting(profile, frozenset(changes), catalog)
    save_profile(places(parsed.config), profile, before if kept is not None and kept.own else None)
    print(f"{profile.name}: {one_line(profile)}")
    return 0


def _changes(
    options: Mapping[str, Any], parsed: argparse.Namespace, catalog: Catalog, made_new: bool
) -> dict[str, Any]:
    """The fields the options name. Raises BadValue where a new profile would have no hardware."""
    hardware, vram = options.get("hardware"), options.get("vram")
    if hardware is not None and vram is not None:
        raise BadValue("--hardware and --vram name two machines; give one of them.")
    changes: dict[str, Any] = {FIELDS[key]: value for key, value in options.items() if key in FIELDS}
    own = [gpu for text in parsed.gpu or () for gpu in read_own_gpus(text, "--gpu")]
    if hardware is None and vram is None and not own:
        if made_new:
            raise BadValue('--hardware "2x RTX 3090", --vram 24GiB or --gpu "24GiB 936GB/s" was expected.')
    else:
        changes = _hardware(hardware, vram, own, catalog) | changes
    if parsed.power_limit is not None:
        watts = parsed.power_limit.strip().rstrip("Ww").rstrip()
        changes["power_limit_w"] = whole_number(watts, "--power-limit", 1, MOST_WATTS)
    if parsed.nodes is not None:
        changes["nodes"] = whole_number(parsed.nodes, "--nodes", 1, MOST_NODES)
    if parsed.notes is not None:
        changes["notes"] = checked_text(parsed.notes, "--notes")
    if parsed.tag is not None:
        changes["tags"] = tuple(checked_text(tag, "--tag") for tag in parsed.tag)
    return changes


def _hardware(
    hardware: str | None, vram: tuple[int, ...] | None, own: list[OwnGpu], catalog: Catalog
) -> dict[str, Any]:
    """Cards and CPU platform."""
    gpus: list[str | OwnGpu] = []
    cpu: str | None = None
    if vram is not None:
        gpus += [OwnGpu(f"GPU {number}", size) for number, size in enumerate(vram, start=1)]
    elif is_this(hardware):
        return _detected(own, catalog)
    elif hardware is not None and hardware.strip().lower() != "cpu":
        found = find_hardware(hardware, catalog.devices, catalog.systems)
        if found.devices[0].kind is DeviceKind.CPU:
            cpu = found.name
        else:
            gpus += (part.strip() for part in found.name.split(" + "))
    return {"gpus": (*gpus, *own), "cpu": cpu}


def _detected(own: list[OwnGpu], catalog: Catalog) -> dict[str, Any]:
    """What was detected of this machine, with cards described by hand beside it."""
    from llmfit_tui.core.seen.machine import profile_of_detected

    found = profile_of_detected(detection(catalog).detected, "this", catalog.devices)
    fields = ("cpu", "ram_bytes", "ram_bandwidth", "gpu_limit_bytes")
    told = {key: value for key in fields if (value := getattr(found, key)) is not None}
    return {"cpu": None, **told, "gpus": (*found.gpus, *own)}


def _fitting(profile: Profile, named: frozenset[str], catalog: Catalog) -> Profile:
    """The profile without what only its hardware before could have; what was named now has to fit."""

    def machine(one: Profile) -> Machine:
        return machine_of_profile(one, catalog.devices, catalog.systems, catalog.links)

    try:
        machine(profile)
    except BadValue:
        dropped = [
            key
            for key in BOUND_TO_HARDWARE
            if "gpus" in named and key not in named and getattr(profile, key) is not None
        ]
        if not dropped:
            raise
        profile = replace(profile, **dict.fromkeys(dropped))
        machine(profile)
        words = {field: key for key, field in FIELDS.items()}
        print(
            f"left out, as the hardware is another: {', '.join(words[key] for key in dropped)}",
            file=sys.stderr,
        )
    return profile
