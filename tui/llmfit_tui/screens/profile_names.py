"""Names of hardware offered while they are typed."""

import re

from textual.suggester import Suggester

from llmfit_tui.core.hardware.device import DeviceKind
from llmfit_tui.format.devices import machine_name
from llmfit_tui.storage.catalogs import Catalog

_LAST_TERM = re.compile(r"(?:.*\+\s*)?(?:[0-9]{1,4}\s*[x×*]\s*)?(.*)", re.DOTALL)
LEAST_LETTERS = 2


class HardwareNames(Suggester):
    """Completes the last name of `2x RTX 3090 + RTX 40`."""

    def __init__(self, catalog: Catalog, cpus: bool) -> None:
        super().__init__(use_cache=True, case_sensitive=True)
        devices = [device for device in catalog.devices if (device.kind is DeviceKind.CPU) is cpus]
        names = [name for device in devices for name in (machine_name(device.name), device.name)]
        names += [] if cpus else [system.name for system in catalog.systems]
        self.names = sorted(dict.fromkeys(names), key=len)

    async def get_suggestion(self, value: str) -> str | None:
        """The text completed, or None."""
        match = _LAST_TERM.fullmatch(value)
        typed = match.group(1) if match else value
        if len(typed) < LEAST_LETTERS:
            return None
        found = next((name for name in self.names if name.lower().startswith(typed.lower())), None)
        return f"{value}{found[len(typed) :]}" if found and len(found) > len(typed) else None
