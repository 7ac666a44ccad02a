"""Putting a machine together from devices a person named and what they said about the host."""

from collections.abc import Sequence

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.hardware.device import GB, GIB, Backend, Device, DeviceKind
from llmfit_tui.core.hardware.instructions import ASSUMED, ASSUMED_BECAUSE, instructions_of
from llmfit_tui.core.hardware.machine import ASSUMED_HOST_BANDWIDTH, ASSUMED_HOST_BYTES, Machine
from llmfit_tui.core.record import record

GENERIC_CPU = "CPU"
GENERIC_VENDOR = "generic"
"""Of platforms that stand for any CPU with such memory."""
ONE_SOCKET = (
    "the memory bandwidth of one socket, which is what one process reaches without NUMA-aware placement"
)
"""Two EPYC 9334 (2 x 460.8 GB/s) were measured at 27.8 tok/s with 4.6 GB a token: 128 GB/s."""


@record
class Wishes:
    """What a person said about a machine beside its devices; None: nothing."""

    ram_bytes: int | None = None
    margin_bytes: int | None = None
    limit_bytes: int | None = None
    """What the GPU of a unified-memory machine may use."""
    backend: Backend | None = None
    ram_bandwidth: int | None = None
    """Bytes per second."""


def machine_of(name: str, devices: Sequence[Device], wishes: Wishes, assumed: Sequence[str] = ()) -> Machine:
    """A machine of these devices. Raises BadValue where a wish does not fit them."""
    notes = list(assumed)
    first = devices[0] if devices else None
    if first is None or first.kind is DeviceKind.CPU:
        return _cpu_machine(name, first, wishes, notes)
    backend = _backend(devices, wishes.backend)
    if first.unified:
        if wishes.ram_bytes is not None:
            raise BadValue(f"--ram: {first.name} shares its memory with the CPU; name its memory instead.")
        if wishes.limit_bytes is not None and wishes.limit_bytes > (first.memory_bytes or 0):
            raise BadValue(f"--gpu-limit: {first.name} has only {_gib(first.memory_bytes or 0)}.")
        if first.usable_note and wishes.limit_bytes is None:
            notes.append(first.usable_note)
        host, bandwidth = first.memory_bytes or 0, first.bandwidth_bytes_per_s
    else:
        if wishes.limit_bytes is not None:
            raise BadValue(f"--gpu-limit is for memory shared with the CPU; {first.name} has its own.")
        notes += dict.fromkeys(device.usable_note for device in devices if device.usable_note)
        host, bandwidth = _host(wishes, notes)
    return Machine(
        name=name,
        gpus=tuple(devices),
        host_bytes=host,
        host_bandwidth=bandwidth,
        backend=backend,
        margin_bytes=wishes.margin_bytes or 0,
        limit_bytes=wishes.limit_bytes,
        assumed=tuple(notes),
        instructions=instructions_of(first),
    )


def nameless_machine(sizes: Sequence[int], wishes: Wishes) -> Machine:
    """CUDA GPUs of which only the memory is known: all of it usable, no margin, no driver overhead."""
    notes: list[str] = ["the cards' bandwidth is not known, so their speed is not either"]
    host, bandwidth = _host(wishes, notes)
    gpus = [
        Device(f"GPU {_gib(size)}", "nameless GPU", "", DeviceKind.DESKTOP, (Backend.CUDA,), size, None)
        for size in sizes
    ]
    return Machine(
        name=" + ".join(gpu.name for gpu in gpus),
        gpus=tuple(gpus),
        host_bytes=host,
        host_bandwidth=bandwidth,
        backend=wishes.backend or Backend.CUDA,
        margin_bytes=wishes.margin_bytes or 0,
        driver_bytes=0,
        assumed=tuple(notes),
    )


def _cpu_machine(name: str, platform: Device | None, wishes: Wishes, notes: list[str]) -> Machine:
    if wishes.backend not in (None, Backend.CPU):
        raise BadValue(f"--backend: {name} is a CPU; only cpu runs on it.")
    memory = wishes.ram_bytes if wishes.ram_bytes is not None else platform and platform.memory_bytes
    if memory is None:
        memory = ASSUMED_HOST_BYTES
        notes.append(f"{_gib(memory)} of host memory")
    bandwidth = wishes.ram_bandwidth
    if bandwidth is None and platform is not None and platform.bandwidth_bytes_per_s is not None:
        bandwidth = platform.bandwidth_bytes_per_s // platform.sockets
        if platform.sockets > 1:
            notes.append(ONE_SOCKET)
    if bandwidth is None:
        bandwidth = ASSUMED_HOST_BANDWIDTH
        notes.append(f"host memory at {bandwidth // GB} GB/s")
    known = instructions_of(platform) if platform is not None else None
    if known is None and (platform is None or platform.vendor == GENERIC_VENDOR):
        known = ASSUMED
        notes.append(ASSUMED_BECAUSE)
    return Machine(name, (), memory, bandwidth, Backend.CPU, assumed=tuple(notes), instructions=known)


def _host(wishes: Wishes, notes: list[str]) -> tuple[int, int]:
    """Memory and bandwidth of the host, noting what nobody said."""
    memory = ASSUMED_HOST_BYTES if wishes.ram_bytes is None else wishes.ram_bytes
    bandwidth = wishes.ram_bandwidth or ASSUMED_HOST_BANDWIDTH
    if wishes.ram_bytes is None and wishes.ram_bandwidth is None:
        notes.append(f"a host with {_gib(memory)} at {bandwidth // GB} GB/s")
    elif wishes.ram_bytes is None:
        notes.append(f"a host with {_gib(memory)}")
    elif wishes.ram_bandwidth is None:
        notes.append(f"host memory at {bandwidth // GB} GB/s")
    return memory, bandwidth


def _backend(devices: Sequence[Device], asked: Backend | None) -> Backend:
    """The backend asked for, else the first that drives every device."""
    common = [b for b in devices[0].backends if all(b in device.backends for device in devices)]
    if asked is None:
        if not common and all(device.backends for device in devices):
            names = " and ".join(dict.fromkeys(device.name for device in devices))
            raise BadValue(f"No one llama.cpp backend drives {names} together.")
        return common[0] if common else Backend.CPU
    if asked not in common:
        known = ", ".join(backend.value for backend in common) or "no backend at all"
        raise BadValue(f"--backend: {devices[0].name} runs with {known}, not {asked.value}.")
    return asked


def _gib(size: int) -> str:
    return f"{size / GIB:.4g} GiB"
