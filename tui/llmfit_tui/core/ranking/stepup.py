"""The smallest step from a person's own machine to one that does what was asked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.hardware.device import GIB, Device, DeviceKind
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.ranking.plan import Offer, Plan, group_of
from llmfit_tui.core.ranking.wish import Wish
from llmfit_tui.core.record import record

HOST_SIZES = tuple(size * GIB for size in (16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024))
"""Host memory as it is sold."""
MOST_CARDS = 8
_ADDED = frozenset({DeviceKind.DESKTOP, DeviceKind.WORKSTATION, DeviceKind.DATACENTER})


@record
class Step:
    """A change of the own machine after which it does what was asked."""

    words: str
    estimate: Estimate


@record
class StepUp:
    """The own machine as it is, what it lacks, and the steps that would do, the smallest first."""

    estimate: Estimate | None
    """None where no quantization has a size."""
    missing: str | None
    """None: it does already."""
    steps: tuple[Step, ...] = ()


def step_up(wish: Wish, machine: Machine, devices: Sequence[Device], found: Plan) -> StepUp:
    """Host memory, then more of the same card, then one other card beside, then another machine."""
    own = wish.on(machine)
    missing = wish.missing(own)
    if missing is None:
        return StepUp(own, None)
    steps = tuple(step for step in steps_up(wish, machine, devices, found) if step is not None)
    return StepUp(own, missing, steps)


def steps_up(wish: Wish, machine: Machine, devices: Sequence[Device], found: Plan) -> Iterator[Step | None]:
    """The steps one by one; None after each change that was tried in vain."""
    ways: tuple[Callable[[], Iterator[tuple[str, Machine]]], ...] = (
        lambda: _more_host_memory(machine),
        lambda: _more_of_the_same(machine),
        lambda: _one_beside(machine, devices),
    )
    for way in ways:
        for words, changed in way():
            tried = wish.on(changed)
            if tried is not None and wish.missing(tried) is None:
                yield Step(words, tried)
                break
            yield None
    other = _another(machine, found)
    if other is not None:
        yield Step(f"{other.estimate.scenario.machine.name} instead", other.estimate)


def _more_host_memory(machine: Machine) -> Iterator[tuple[str, Machine]]:
    if machine.unified:
        return
    for size in HOST_SIZES:
        if size > machine.host_bytes:
            yield f"{size // GIB} GiB of host memory", replace(machine, host_bytes=size)


def _more_of_the_same(machine: Machine) -> Iterator[tuple[str, Machine]]:
    """One more of the last card, and more."""
    if not machine.gpus or machine.unified or machine.gpus[-1].kind not in _ADDED:
        return
    card = machine.gpus[-1]
    for more in range(1, MOST_CARDS - len(machine.gpus) + 1):
        count = "one" if more == 1 else str(more)
        yield f"{count} more {card.name}", _with(machine, (card,) * more)


def _one_beside(machine: Machine, devices: Sequence[Device]) -> Iterator[tuple[str, Machine]]:
    """One other card that the same backend drives, the smallest first, the newest of each size."""
    if machine.unified or (machine.gpus and machine.gpus[-1].kind not in _ADDED):
        return
    by_size: dict[int, Device] = {}
    for device in devices:
        size, ours = device.memory_bytes, device.kind in _ADDED and device.verified
        if machine.gpus:
            ours = ours and machine.backend in device.backends and device.name != machine.gpus[-1].name
        if not ours or not size or not device.bandwidth_bytes_per_s or not device.backends:
            continue
        if (device.release_date or "") > (by_size[size].release_date or "" if size in by_size else ""):
            by_size[size] = device
    for _, device in sorted(by_size.items()):
        beside = f"one {device.name} beside it" if machine.gpus else f"one {device.name}"
        backend = machine.backend if machine.gpus else device.backends[0]
        yield beside, replace(_with(machine, (device,)), backend=backend)


def _with(machine: Machine, cards: tuple[Device, ...]) -> Machine:
    names = [*([machine.name] if machine.gpus else []), *(card.name for card in cards[:1])]
    if len(cards) > 1:
        names[-1] = f"{len(cards)}x {names[-1]}"
    return replace(machine, name=" + ".join(names), gpus=(*machine.gpus, *cards), limit_bytes=None)


def _another(machine: Machine, found: Plan) -> Offer | None:
    """The least of the offers of the same kind with one device, where there is one."""
    kinds = [group_of(gpu) for gpu in machine.gpus[:1]]
    alike = [offer for offer in found.offers if offer.count == 1 and offer.group in kinds]
    return alike[0] if alike else next((offer for offer in found.offers if offer.count == 1), None)
