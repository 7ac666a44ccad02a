"""The machine a profile describes."""

from collections.abc import Sequence
from dataclasses import replace

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.hardware.connecting import connected
from llmfit_tui.core.hardware.device import Backend, Device, DeviceKind, System
from llmfit_tui.core.hardware.link import Link
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.hardware.machines import Wishes, machine_of
from llmfit_tui.core.hardware.names import find_device, find_hardware
from llmfit_tui.core.profiles.profile import OwnGpu, Profile


def machine_of_profile(
    profile: Profile, devices: Sequence[Device], systems: Sequence[System], links: Sequence[Link] = ()
) -> Machine:
    """The machine. Raises UnknownName, AmbiguousName or BadValue where a name or a wish does not hold."""
    found: list[Device] = []
    nodes = profile.nodes
    assumed: list[str] = []
    for entry in profile.gpus:
        if isinstance(entry, OwnGpu):
            found += [_own(entry)] * entry.count
        else:
            named = find_hardware(entry, devices, systems)
            found += named.devices
            nodes *= named.nodes
            assumed += named.assumed
    if nodes > profile.nodes and len(profile.gpus) > 1:
        raise BadValue(f'{profile.name}: machines alike are one entry of gpus, such as "2x(8x H100 SXM)".')
    each = len(found) * profile.nodes // nodes
    if each > 1 and any(gpu.kind in {DeviceKind.CPU, DeviceKind.UNIFIED} for gpu in found):
        raise BadValue(f"{profile.name}: only graphics cards can be put together in one machine.")
    measured = profile.ram_measured
    bandwidth = measured.bytes_per_s if measured else profile.ram_bandwidth
    if profile.cpu is not None:
        platform, notes = find_device(profile.cpu, devices, systems)
        if platform.kind is not DeviceKind.CPU:
            raise BadValue(f"{profile.name}: {platform.name} is not a CPU.")
        assumed += notes
        bandwidth = bandwidth or platform.bandwidth_bytes_per_s
        found = found or [platform]
    if profile.power_limit_w is not None:
        assumed.append(f"a power limit of {profile.power_limit_w} W does not change the speed")
    wishes = Wishes(
        ram_bytes=profile.ram_bytes,
        margin_bytes=profile.margin_bytes,
        limit_bytes=profile.gpu_limit_bytes,
        backend=profile.backend,
        ram_bandwidth=bandwidth,
    )
    machine = machine_of(profile.name, found * profile.nodes, wishes, assumed)
    read_rate = None if machine.unified else measured
    machine = replace(machine, nodes=nodes, own_runs=profile.calibrations, read_rate=read_rate)
    return machine if profile.link is None else connected(machine, links, profile.link)


def with_wishes(profile: Profile, wishes: Wishes) -> Profile:
    """The profile with what was said on the spot over what it holds."""
    said = {
        "ram_bytes": wishes.ram_bytes,
        "ram_bandwidth": wishes.ram_bandwidth,
        "margin_bytes": wishes.margin_bytes,
        "gpu_limit_bytes": wishes.limit_bytes,
        "backend": wishes.backend,
    }
    if wishes.ram_bandwidth is not None:
        profile = replace(profile, ram_measured=None)
    return replace(profile, **{key: value for key, value in said.items() if value is not None})  # pyright: ignore[reportArgumentType]


def _own(gpu: OwnGpu) -> Device:
    return Device(
        name=gpu.name,
        card=gpu.name,
        vendor="",
        kind=DeviceKind.DESKTOP,
        backends=(gpu.backend or Backend.CUDA,),
        memory_bytes=gpu.memory_bytes,
        bandwidth_bytes_per_s=gpu.bandwidth_bytes_per_s,
        fp16_flops=gpu.fp16_flops,
    )
