"""`llmfit-tui calibrate`: take in what a person measured, so that estimates on that machine follow it."""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from llmfit_tui.cli.resolve import Resolver
from llmfit_tui.cli.warned import read_warned
from llmfit_tui.core.errors import BadValue, LlmfitError, UnknownName, quoted
from llmfit_tui.core.hardware.ownrun import OwnRun, ReadRate
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.names import find_quant, nearest
from llmfit_tui.core.profiles.profile import Profile
from llmfit_tui.core.sizes import whole_number
from llmfit_tui.core.speed.calibration import (
    OtherMachine,
    check_machine,
    held_against,
    one_of,
    own_run,
    with_run,
    without_run,
)
from llmfit_tui.core.speed.printed import Read, typed_read
from llmfit_tui.format import amounts
from llmfit_tui.storage.benchmarks import MOST_BYTES, runs_of_file, runs_of_text
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.places import places
from llmfit_tui.storage.profile_edit import save_profile
from llmfit_tui.storage.profiles import Kept
from llmfit_tui.storage.remembered import read_remembered

RAM = "ram"
"""What the rate of the host's memory is called among the runs."""


def add_to(add_parser: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_parser("calibrate", help="let a profile's speeds follow your own runs", allow_abbrev=False)
    parser.add_argument("file", nargs="?", metavar="FILE", help="result of a benchmark (- for stdin)")
    parser.add_argument("--profile", metavar="NAME", help="whose machine it ran on (default: used last)")
    parser.add_argument("--run", dest="bench", metavar="MODEL.gguf", help="run llama-bench here and now")
    parser.add_argument("--ram", action="store_true", help="time this computer's memory for the profile")
    parser.add_argument("--tok-s", metavar="N", help="a decode speed, typed instead of read")
    parser.add_argument("--model", metavar="MODEL", help="the model that ran")
    parser.add_argument("--quant", metavar="NAME", help="its quantization")
    parser.add_argument("--depth", metavar="N", help="tokens in the cache before (default: as the file says)")
    parser.add_argument("--name", metavar="NAME", help="what to call the run (default: model and type)")
    parser.add_argument("--same-machine", action="store_true", help="the file's hardware is the profile's")
    parser.add_argument("--list", action="store_true", help="list the runs of a profile")
    parser.add_argument(
        "--remove", metavar="NAME", help=f"remove a run by its name; {RAM}: the memory's rate"
    )
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
        _list(kept.profile, parsed.json)
        return 0
    if parsed.remove is not None:
        changed, said = _without(kept.profile, parsed.remove)
    elif parsed.ram:
        changed, said = _timed(kept.profile, Resolver(catalog, profiles))
    else:
        changed, said = _with_run(parsed, kept, Resolver(catalog, profiles))
    save_profile(where, changed, kept.profile)
    print(said)
    return 0


def _with_run(parsed: argparse.Namespace, kept: Kept, resolver: Resolver) -> tuple[Profile, str]:
    """The profile with one more run, and what to say."""
    machine, catalog = resolver.machine_called(kept.profile.name), resolver.catalog
    given = [word for word in (parsed.file, parsed.bench, parsed.tok_s) if word is not None]
    if len(given) != 1:
        raise BadValue("A FILE with a result, --run MODEL.gguf, or --tok-s N was expected: one of the three.")
    if parsed.bench is not None:
        # Read before it is run: what cannot be estimated need not be timed.
        model = resolver.model(parsed.bench)
        read = one_of(_benched(parsed.bench, parsed.depth))
        read = replace(read, source=f"{read.source}, run here")
    else:
        read = _read(parsed)
        model = _named(resolver, parsed.model or read.model, read)
    if not parsed.same_machine:
        try:
            check_machine(read, machine, catalog.devices, catalog.systems, here=parsed.bench is not None)
        except OtherMachine as problem:
            raise BadValue(f"{problem} --same-machine takes it all the same.") from problem
    called = parsed.quant or (model.file.mix if model.file else None) or read.quant
    if called is None:
        raise BadValue(f"--quant: the {read.source} result does not say which ran; name it.")
    quant = find_quant(called, catalog.quants)
    found = held_against(read, model, quant, machine, catalog.fits_alone)
    beside = f"{read.source}, {Path(parsed.file).name}" if parsed.file not in (None, "-") else read.source
    own = own_run(read, found, parsed.name, date.today().isoformat(), beside)
    said = (
        f"{own.name}: {own.tok_s:.4g} tok/s measured, {own.estimated_tok_s:.4g} estimated; "
        f"speeds on {kept.profile.name} follow it from now on."
    )
    return replace(kept.profile, calibrations=with_run(kept.profile.calibrations, own)), said


def _read(parsed: argparse.Namespace) -> Read:
    depth = whole_number(parsed.depth, "--depth", 0) if parsed.depth is not None else None
    if parsed.tok_s is not None:
        return replace(typed_read(parsed.tok_s, "--tok-s"), depth=depth or 0)
    if parsed.file == "-":
        runs = runs_of_text(sys.stdin.read(MOST_BYTES), quoted("-"))
    else:
        runs = runs_of_file(Path(parsed.file))
    read = one_of(runs)
    return read if depth is None else replace(read, depth=depth)


def _named(resolver: Resolver, called: str | None, read: Read) -> Model:
    if not called:
        raise BadValue(f"--model: the {read.source} result does not say which ran; name it.")
    try:
        return resolver.model(called)
    except LlmfitError as problem:
        raise BadValue(
            f"--model: {quoted(called)} is not a model of the catalog; name the one that ran."
        ) from problem


def _benched(model: str, depth: str | None) -> list[Read]:
    from llmfit_tui.probes.bench import TOOL, run_bench

    more = () if depth is None else ("-d", str(whole_number(depth, "--depth", 0)))
    try:
        return runs_of_text(run_bench(model, more, _progress), f"What {TOOL} printed")
    except KeyboardInterrupt:
        _progress(f"{TOOL} was stopped; nothing was kept")
        raise


def _timed(profile: Profile, resolver: Resolver) -> tuple[Profile, str]:
    """The profile with the rate at which this computer reads its memory."""
    from llmfit_tui.probes.memory_rate import read_rate

    machine = resolver.machine_called(profile.name)
    if machine.unified:
        raise BadValue(
            f"--ram: {machine.name} shares its memory with its GPU, which reads it faster than the CPU does; "
            "a run calibrates it."
        )
    try:
        timed = read_rate(profile.ram_bytes, _progress)
    except KeyboardInterrupt:
        _progress("stopped; nothing was kept")
        raise
    rate = ReadRate(timed.bytes_per_s, date.today().isoformat(), timed.method)
    said = f"host memory: {amounts.bandwidth(rate.bytes_per_s)} ({rate.method}), kept in {profile.name}."
    return replace(profile, ram_measured=rate), said


def _progress(said: str) -> None:
    print(said, file=sys.stderr, flush=True)


def _list(profile: Profile, as_json: bool) -> None:
    runs, rate = profile.calibrations, profile.ram_measured
    if as_json:
        document = {
            "schema": 1,
            "calibrations": [_document(one) for one in runs],
            "ram_bandwidth_bytes_per_s": rate.bytes_per_s if rate else None,
            "ram_measured": {"date": rate.date, "method": rate.method} if rate else None,
        }
        print(json.dumps(document, ensure_ascii=False))
        return
    if not runs and rate is None:
        print(f"{profile.name} has no runs of its own yet.")
    for one in runs:
        figures = f"{one.tok_s:.4g} tok/s, {one.estimated_tok_s:.4g} estimated"
        print(f"{one.date}  {one.name}: {figures} ({one.source})")
    if rate is not None:
        print(f"{rate.date}  {RAM}: {amounts.bandwidth(rate.bytes_per_s)} ({rate.method})")


def _document(one: OwnRun) -> dict[str, object]:
    return {
        "name": one.name,
        "date": one.date,
        "model": one.model,
        "quantization": one.quant,
        "depth": one.depth,
        "tok_s": one.tok_s,
        "estimated_tok_s": one.estimated_tok_s,
        "source": one.source,
    }


def _without(profile: Profile, name: str) -> tuple[Profile, str]:
    left = without_run(profile.calibrations, name)
    removed = f"Removed {name} from {profile.name}."
    if len(left) < len(profile.calibrations):
        return replace(profile, calibrations=left), removed
    if name.lower() == RAM and profile.ram_measured is not None:
        return replace(profile, ram_measured=None), removed
    names = [one.name for one in profile.calibrations]
    raise UnknownName("run", name, nearest(name, [*names, RAM] if profile.ram_measured else names))
