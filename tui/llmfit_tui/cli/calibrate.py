"""`llmfit-tui calibrate`: take in a person's own benchmark, so that estimates on that machine follow it."""

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from llmfit_tui.cli.calibrate_files import read_runs
from llmfit_tui.cli.profile import read_warned
from llmfit_tui.cli.resolve import Resolver
from llmfit_tui.core.errors import BadValue, LlmfitError, UnknownName, quoted
from llmfit_tui.core.estimate import estimate
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.hardware.names import find_device
from llmfit_tui.core.names import find_quant, nearest
from llmfit_tui.core.scenario import Scenario, Settings
from llmfit_tui.core.sizes import whole_number
from llmfit_tui.core.speed.calibration import OwnRun, Read, checked, one_of
from llmfit_tui.core.speed.decode import fastest_possible
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.places import Places, places
from llmfit_tui.storage.profile_edit import save_profile
from llmfit_tui.storage.profiles import Kept
from llmfit_tui.storage.remembered import read_remembered

SPARE_CONTEXT = 256
"""Tokens beside the depth of a run: what it generated."""


def add_to(add_parser: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_parser("calibrate", help="let a profile's speeds follow your own runs", allow_abbrev=False)
    parser.add_argument("file", nargs="?", metavar="FILE", help="result of a benchmark (- for stdin)")
    parser.add_argument("--profile", metavar="NAME", help="whose machine it ran on (default: used last)")
    parser.add_argument("--tok-s", metavar="N", help="a decode speed, typed instead of read")
    parser.add_argument("--model", metavar="MODEL", help="the model that ran")
    parser.add_argument("--quant", metavar="NAME", help="its quantization")
    parser.add_argument("--depth", metavar="N", help="tokens in the cache before (default: as the file says)")
    parser.add_argument("--name", metavar="NAME", help="what to call the run (default: model and type)")
    parser.add_argument("--same-machine", action="store_true", help="the file's hardware is the profile's")
    parser.add_argument("--list", action="store_true", help="list the runs of a profile")
    parser.add_argument("--remove", metavar="NAME", help="remove a run by its name")
    parser.add_argument("--json", action="store_true", help="with --list: print JSON")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Run the command; returns the exit code."""
    where = places(parsed.config)
    catalog, profiles = Catalog(), read_warned(where)
    name = parsed.profile or read_remembered(where).profile
    kept = profiles.find(name) if name else None
    if kept is None:
        if name:
            raise UnknownName("profile", name, nearest(name, profiles.names))
        raise BadValue("--profile: the profile of the machine it ran on was expected; none is used yet.")
    if parsed.list:
        return _list(kept, parsed.json)
    if parsed.remove is not None:
        return _remove(where, kept, parsed.remove)
    read = _read(parsed)
    own = _held_against(parsed, read, Resolver(catalog, profiles), kept, catalog)
    taken = [one for one in kept.profile.calibrations if one.name != own.name]
    save_profile(where, replace(kept.profile, calibrations=(*taken, own)), kept.profile)
    print(
        f"{own.name}: {own.tok_s:.4g} tok/s measured, {own.estimated_tok_s:.4g} estimated; "
        f"speeds on {kept.profile.name} follow it from now on."
    )
    return 0


def _read(parsed: argparse.Namespace) -> Read:
    if (parsed.file is None) == (parsed.tok_s is None):
        raise BadValue("A FILE with a result, or a speed as --tok-s N, was expected: one of the two.")
    depth = whole_number(parsed.depth, "--depth", 0) if parsed.depth is not None else None
    if parsed.tok_s is None:
        read = one_of(read_runs(parsed.file))
        return read if depth is None else replace(read, depth=depth)
    try:
        rate = float(parsed.tok_s)
    except ValueError:
        rate = 0.0
    if not 0 < rate < float("inf"):
        raise BadValue(f"--tok-s: tokens per second were expected, not {quoted(parsed.tok_s)}.")
    return Read(rate, depth or 0, "typed")


def _held_against(
    parsed: argparse.Namespace, read: Read, resolver: Resolver, kept: Kept, catalog: Catalog
) -> OwnRun:
    """The run beside the estimate without measurements or earlier runs. Raises LlmfitError."""
    machine = replace(resolver.machine_called(kept.profile.name), own_speeds=())
    if read.hardware and not parsed.same_machine:
        _check_machine(read.hardware, machine, catalog)
    called, type_name = parsed.model or read.model, parsed.quant or read.quant
    if not called or not type_name:
        missing = "--model" if not called else "--quant"
        raise BadValue(f"{missing}: the {read.source} result does not say which ran; name it.")
    try:
        model = resolver.model(called)
    except LlmfitError as problem:
        raise BadValue(
            f"--model: {quoted(called)} is not a model of the catalog; name the one that ran."
        ) from problem
    quant = find_quant(type_name, catalog.quants)
    settings = Settings(context=read.depth + SPARE_CONTEXT, depth=read.depth)
    found = estimate(Scenario(model, quant, machine, settings), catalog.fits_alone)
    if found.speed.decode_tok_s is None:
        raise BadValue(f"{kept.profile.name}: its bandwidth is not known, so there is no estimate to scale.")
    own = OwnRun(
        name=parsed.name or f"{model.name} {quant.name}",
        date=date.today().isoformat(),
        model=model.id,
        quant=quant.name,
        depth=read.depth,
        tok_s=round(read.tok_s, 3),
        estimated_tok_s=round(found.speed.decode_tok_s, 3),
        source=read.source if parsed.file in (None, "-") else f"{read.source}, {Path(parsed.file).name}",
    )
    return checked(own, fastest_possible(found.placement, machine))


def _check_machine(said: str, machine: Machine, catalog: Catalog) -> None:
    """Refuse a result whose hardware is another than the profile's."""
    names = [part.strip() for part in said.split(",") if part.strip()]
    cards = {gpu.card for gpu in machine.gpus}
    for name in names if cards else ():
        try:
            card = find_device(name, catalog.devices, catalog.systems)[0].card
        except LlmfitError:
            continue
        if card not in cards:
            has = ", ".join(sorted(cards))
            raise BadValue(
                f"That result is from {quoted(name)}, and {machine.name} has {has}; "
                "--same-machine takes it all the same."
            )


def _list(kept: Kept, as_json: bool) -> int:
    runs = kept.profile.calibrations
    if as_json:
        rows = [
            {
                "name": one.name,
                "date": one.date,
                "model": one.model,
                "quantization": one.quant,
                "depth": one.depth,
                "tok_s": one.tok_s,
                "estimated_tok_s": one.estimated_tok_s,
                "source": one.source,
            }
            for one in runs
        ]
        print(json.dumps({"schema": 1, "calibrations": rows}, ensure_ascii=False))
        return 0
    if not runs:
        print(f"{kept.profile.name} has no runs of its own yet.")
    for one in runs:
        figures = f"{one.tok_s:.4g} tok/s, {one.estimated_tok_s:.4g} estimated"
        print(f"{one.date}  {one.name}: {figures} ({one.source})")
    return 0


def _remove(where: Places, kept: Kept, name: str) -> int:
    left = tuple(one for one in kept.profile.calibrations if one.name.lower() != name.lower())
    if len(left) == len(kept.profile.calibrations):
        raise UnknownName("run", name, nearest(name, [one.name for one in kept.profile.calibrations]))
    save_profile(where, replace(kept.profile, calibrations=left), kept.profile)
    print(f"Removed {name} from {kept.profile.name}.")
    return 0
