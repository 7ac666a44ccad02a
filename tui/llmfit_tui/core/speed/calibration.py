"""Taking in a run of one's own: which of a file's runs, whether it can be true, what it is held against."""

from collections.abc import Sequence
from dataclasses import replace

from llmfit_tui.core.errors import AmbiguousName, BadValue, LlmfitError, quoted
from llmfit_tui.core.estimate import Estimate, estimate
from llmfit_tui.core.hardware.device import Backend, Device, System
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.hardware.names import find_device
from llmfit_tui.core.hardware.ownrun import OwnRun
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.scenario import Scenario, Settings
from llmfit_tui.core.speed.decode import fastest_possible
from llmfit_tui.core.speed.evidence import Evidence
from llmfit_tui.core.speed.printed import Read

SPARE_CONTEXT = 256
"""Tokens beside the depth of a run: what it generated."""
REPEATS_ABOVE = 1.05
"""A limit by bandwidth is a rounded figure of a data sheet; a run may be this much above it."""
SLOWEST = 1 / 30
"""Of the estimate: below it the model did not run where the estimate has it."""


class OtherMachine(BadValue):
    """The run seems to be from another machine; whoever knows better may say so."""


def one_of(reads: Sequence[Read]) -> Read:
    """The run to keep of those in a file: the least depth, the middle of repeats.

    Raises BadValue where they are of several models, machines or placements.
    """
    kinds = (
        ("models", [read.model for read in reads]),
        ("machines", [read.hardware for read in reads]),
        ("backends", [read.backend for read in reads]),
        ("values of -ngl", [read.gpu_layers for read in reads]),
    )
    for what, values in kinds:
        different = sorted({str(value or "0") for value in values})
        if len(different) > 1:
            named = quoted(", ".join(different))
            raise BadValue(f"That holds runs of {len(different)} {what} ({named}); give one at a time.")
    least = min(read.depth for read in reads)
    same = sorted((read for read in reads if read.depth == least), key=lambda read: read.tok_s)
    return same[len(same) // 2]


def check_machine(
    read: Read, machine: Machine, devices: Sequence[Device], systems: Sequence[System], here: bool = False
) -> None:
    """Refuse a run on other hardware than the machine's. Raises OtherMachine; BadValue where none may insist.

    `here`: the tool ran on this very computer, so that a name nobody knows is taken for its GPU.
    """
    if machine.gpus and read.on_cpu:
        raise BadValue(
            f"That run used no GPU, and {machine.name} has one; its speeds would follow a CPU's. "
            "Make a profile of the CPU alone for it."
        )
    names = [name.strip() for name in (read.hardware or "").split(",") if name.strip()]
    if not machine.gpus:
        if names and not read.on_cpu and read.backend is not None:
            raise OtherMachine(f"That run used {quoted(names[0])}, and {machine.name} has no GPU.")
        return
    cards = {gpu.card for gpu in machine.gpus}
    has = ", ".join(sorted(cards))
    for name in names:
        meant = _cards_meant(name, devices, systems)
        if not meant and not here:
            raise OtherMachine(f"Whether {quoted(name)} is the {has} of {machine.name} is not known here.")
        if meant and not meant & cards:
            raise OtherMachine(f"That run is from {quoted(name)}, and {machine.name} has {has}.")
    if names and len(names) != len(machine.gpus):
        raise OtherMachine(f"That run saw {len(names)} GPUs, and {machine.name} has {len(machine.gpus)}.")


def _cards_meant(name: str, devices: Sequence[Device], systems: Sequence[System]) -> set[str]:
    """Cards a driver's name may mean; none where nobody knows it."""
    try:
        return {find_device(name, devices, systems)[0].card}
    except AmbiguousName as problem:
        return {device.card for device in devices if device.name in problem.candidates}
    except LlmfitError:
        return set()


def held_against(read: Read, model: Model, quant: Quant, machine: Machine, evidence: Evidence) -> Estimate:
    """What would have been said of that run without measurements and without runs of one's own.

    The backend and -ngl are those of the run. Raises BadValue where no speed can be said.
    """
    bare = replace(machine, own_runs=())
    known = {backend.value: backend for backend in Backend}
    backend = known.get(read.backend or "")
    if backend is not None and machine.gpus and all(backend in gpu.backends for gpu in machine.gpus):
        bare = replace(bare, backend=backend)
    settings = Settings(context=read.depth + SPARE_CONTEXT, depth=read.depth)
    scenario = Scenario(model, quant, bare, settings)
    found = estimate(scenario, evidence)
    layers = found.placement.layers_total
    if machine.gpus and read.gpu_layers is not None and 0 < read.gpu_layers < layers:
        found = estimate(scenario.with_settings(gpu_layers=read.gpu_layers), evidence)
    if found.speed.decode_tok_s is None:
        raise BadValue(f"{machine.name}: its bandwidth is not known, so there is no estimate to scale.")
    return found


def own_run(read: Read, found: Estimate, name: str, day: str, source: str | None = None) -> OwnRun:
    """The run to keep. Raises BadValue where no machine of this memory can have such a speed."""
    scenario, estimated = found.scenario, found.speed.decode_tok_s
    assert estimated is not None
    what = f"{scenario.model.name} {scenario.quant.name}"
    most = fastest_possible(found.placement, scenario.machine)
    if read.tok_s > most * REPEATS_ABOVE:
        said = f"its memory allows {most:.4g} at most for {what}"
        raise BadValue(f"{read.tok_s:.4g} tok/s cannot be a speed of this machine: {said}.")
    if read.tok_s < estimated * SLOWEST:
        said = f"about {estimated:.4g} were expected for {what}"
        raise BadValue(f"{read.tok_s:.4g} tok/s is not this machine at work: {said}.")
    return OwnRun(
        name=name or what,
        date=day,
        model=scenario.model.id,
        quant=scenario.quant.name,
        depth=read.depth,
        tok_s=round(read.tok_s, 3),
        estimated_tok_s=round(estimated, 3),
        source=source or read.source,
    )


def with_run(runs: Sequence[OwnRun], own: OwnRun) -> tuple[OwnRun, ...]:
    """The runs of a machine with one more; one of the same name gives way."""
    return (*(one for one in runs if one.name != own.name), own)


def without_run(runs: Sequence[OwnRun], name: str) -> tuple[OwnRun, ...]:
    """The runs without the one of this name, upper or lower case."""
    return tuple(one for one in runs if one.name.lower() != name.lower())
