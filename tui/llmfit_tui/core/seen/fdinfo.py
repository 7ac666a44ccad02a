"""Memory of a card that one program holds, as the kernel tells it of every file opened on the card.

The fields are those of the kernel's "DRM client usage stats". amdgpu says `drm-memory-vram`, newer kernels
and the other drivers `drm-resident-` and the region: `vram` or `vram0` (amdgpu, xe), `local0` (i915).
"""

import re
from collections.abc import Iterable, Mapping

from llmfit_tui.core.seen.text import bus_address, size_bytes

_FIELD = re.compile(r"^(drm-[a-z0-9-]+):[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_OWN_MEMORY = re.compile(r"drm-resident-(?:vram|local)\d*")
_OLDER = "drm-memory-vram"


def held_by(files: Iterable[str]) -> Mapping[str, int]:
    """Bytes that one program holds, by the address of the card; files of one client count once."""
    clients: dict[tuple[str, str], int] = {}
    for text in files:
        fields = dict(_FIELD.findall(text))
        bus, client = bus_address(fields.get("drm-pdev", "")), fields.get("drm-client-id")
        names = [name for name in fields if _OWN_MEMORY.fullmatch(name)] or [_OLDER]
        sizes = [size_bytes(fields.get(name)) for name in names]
        if bus is not None and client is not None:
            clients[bus, client] = sum(size for size in sizes if size is not None)
    held: dict[str, int] = {}
    for (bus, _), size in clients.items():
        held[bus] = held.get(bus, 0) + size
    return {bus: size for bus, size in held.items() if size}
