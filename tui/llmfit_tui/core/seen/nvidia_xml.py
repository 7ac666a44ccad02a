"""nvidia-smi -q -x, whose tags move between versions and whose elements are now and then left open.

A tolerant walk over the tags stands in for an XML parser, which would refuse a text that was cut.
"""

import re
from collections.abc import Iterator

from llmfit_tui.core.seen.nvidia import named, pci_of, shares_memory
from llmfit_tui.core.seen.text import bus_address, size_bytes, whole
from llmfit_tui.core.seen.values import Findings, Sighting, Slice

_TAG = re.compile(r"<(/?)([A-Za-z_][\w.]*)([^<>]*?)(/?)>([^<]*)")
DEEPEST = 16
"""Elements inside one another; real ones are six."""
_ID = re.compile(r'id="([^"]*)"')


def read_xml(text: str) -> Findings:
    """Every gpu element, with its own memory and that of its MIG instances."""
    devices: list[Sighting] = []
    values: dict[str, str] = {}
    slices: list[dict[str, str]] = []
    for path, attributes, content in _walk(text):
        if path == ("gpu",):
            if values:
                devices.append(_gpu(values, slices))
            match = _ID.search(attributes)
            values, slices = {"id": match.group(1) if match else ""}, []
        elif "mig_device" in path:
            if path[-1] == "mig_device":
                slices.append({})
            elif slices:
                slices[-1].setdefault("/".join(path[path.index("mig_device") + 1 :]), content)
        elif path[:1] == ("gpu",):
            values.setdefault("/".join(path[1:]), content)
    if values:
        devices.append(_gpu(values, slices))
    attached = re.search(r"<attached_gpus>\s*(\d+)", text)
    missing = (whole(attached.group(1)) or 0) - len(devices) if attached else 0
    notes = (f"{missing} more attached GPUs are not described",) if 0 < missing < 1_000_000 else ()
    return Findings(tuple(devices), notes=notes)


def _walk(text: str) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Path below the log, attributes and text of each element, in order."""
    path: list[str] = []
    for closing, tag, attributes, empty, content in _TAG.findall(text):
        if closing:
            if tag in path:
                del path[len(path) - 1 - path[::-1].index(tag) :]
            continue
        if tag == "nvidia_smi_log":
            continue
        if tag == "gpu":
            path.clear()
        if len(path) >= DEEPEST:
            continue
        path.append(tag)
        yield tuple(path), attributes, content.strip()
        if empty:
            path.pop()


def _gpu(values: dict[str, str], slices: list[dict[str, str]]) -> Sighting:
    name = named(values.get("product_name"))
    mode = values.get("mig_mode/current_mig", "").lower() == "enabled"
    return Sighting(
        "nvidia-smi -q -x",
        name=name,
        vendor="NVIDIA",
        pci_id=pci_of(values.get("pci/pci_device_id")),
        bus=bus_address(values.get("id")),
        memory_bytes=size_bytes(values.get("fb_memory_usage/total"), "m"),
        used_bytes=size_bytes(values.get("fb_memory_usage/used"), "m", least=0),
        free_bytes=size_bytes(values.get("fb_memory_usage/free"), "m", least=0),
        integrated=shares_memory(name),
        slices=_by_instance(slices),
        partition="MIG" if mode else None,
    )


def _by_instance(slices: list[dict[str, str]]) -> tuple[Slice, ...]:
    """One slice for each GPU instance: compute instances of one share its memory."""
    found: dict[int, Slice] = {}
    for number, values in enumerate(slices):
        instance = whole(values.get("gpu_instance_id"))
        memory = size_bytes(values.get("fb_memory_usage/total"), "m")
        key = number + 1_000_000 if instance is None else instance
        found.setdefault(key, Slice(f"GI {key}", memory, instance))
    return tuple(found.values())
