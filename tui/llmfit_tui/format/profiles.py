"""Profiles as TOML, as one line, and as JSON."""

from typing import Any

from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.profiles.gpu import own_gpus_text
from llmfit_tui.core.profiles.machine import machine_of_profile
from llmfit_tui.core.profiles.profile import OwnGpu, Profile
from llmfit_tui.core.profiles.table import table_of
from llmfit_tui.format import amounts

Document = dict[str, Any]


def one_line(profile: Profile) -> str:
    """What the machine is, in a few words."""
    parts = [_gpu(gpu) for gpu in profile.gpus] or [profile.cpu or "CPU"]
    if profile.ram_bytes is not None:
        parts.append(f"{amounts.gib(profile.ram_bytes)} of host memory")
    if profile.nodes > 1:
        parts.append(f"{profile.nodes} nodes")
    if profile.link is not None:
        parts.append(f"connected by {profile.link}")
    return ", ".join(parts)


def profile_toml(profile: Profile, line: bool = False) -> str:
    """A table for profiles.toml, or one line that `profile import` takes."""
    import tomli_w

    table = table_of(profile)
    if not line:
        return _escaped(tomli_w.dumps({"profiles": {profile.name: table}}))
    pairs = ", ".join(f"{key} = {_inline(value)}" for key, value in table.items())
    return _escaped(f"profiles.{_inline(profile.name)} = {{ {pairs} }}\n")


def _escaped(text: str) -> str:
    """TOML with every letter escaped that could drive a terminal; its parser reads them back."""
    return "".join(c if c.isprintable() or c == "\n" else f"\\U{ord(c):08X}" for c in text)


def profile_document(
    profile: Profile, path: str, own: bool, devices: Any, systems: Any, links: Any
) -> Document:
    """For `profile list --json`."""
    document: Document = {
        "name": profile.name,
        "devices": [],
        "ram_bytes": profile.ram_bytes,
        "ram_bandwidth_bytes_per_s": profile.ram_bandwidth,
        "margin_bytes": profile.margin_bytes,
        "gpu_limit_bytes": profile.gpu_limit_bytes,
        "backend": profile.backend.value if profile.backend else None,
        "power_limit_w": profile.power_limit_w,
        "nodes": profile.nodes,
        "link": profile.link,
        "notes": profile.notes,
        "tags": list(profile.tags),
        "path": path,
        "own": own,
        "problem": None,
    }
    try:
        machine = machine_of_profile(profile, devices, systems, links)
    except LlmfitError as problem:
        document["problem"] = str(problem)
        return document
    document["nodes"] = machine.nodes
    document["devices"] = [
        {
            "name": gpu.name,
            "memory_bytes": gpu.memory_bytes,
            "bandwidth_bytes_per_s": gpu.bandwidth_bytes_per_s,
        }
        for gpu in machine.gpus[: len(machine.gpus) // machine.nodes]
    ]
    document["backend"] = machine.backend.value
    document["memory_bytes"] = machine.memory_bytes // machine.nodes
    document["assumed"] = list(machine.assumed)
    return document


def _gpu(gpu: str | OwnGpu) -> str:
    if isinstance(gpu, str):
        return gpu
    return own_gpus_text((gpu,))


def _inline(value: Any) -> str:
    """A TOML value on one line."""
    import json

    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_inline(one)}" for key, one in value.items()) + " }"  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return "[" + ", ".join(_inline(one) for one in value) + "]"  # pyright: ignore[reportUnknownVariableType]
    return json.dumps(value, ensure_ascii=False)
