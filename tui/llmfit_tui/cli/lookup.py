"""Names of models and machines, looked up among the person's own, in the catalogs, and on this machine."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from llmfit_tui.cli.this import detection, is_this, this_machine
from llmfit_tui.core.errors import BadValue, LlmfitError, UnknownName, printable, quoted
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.hardware.machines import GENERIC_CPU, Wishes, machine_of, nameless_machine
from llmfit_tui.core.hardware.names import find_hardware
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.names import nearest
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.profiles import Kept, Profiles

if TYPE_CHECKING:
    from llmfit_tui.core.memory.parts import Part
    from llmfit_tui.core.seen.detected import Detected
    from llmfit_tui.storage.repository import Hub

DEFAULT_HARDWARE = "RTX 4090"


class Lookup:
    """Remembers what it found."""

    def __init__(
        self,
        catalog: Catalog,
        profiles: Profiles | None = None,
        last_profile: str | None = None,
        detect: Callable[[], "Detected"] | None = None,
        own: tuple[Model, ...] = (),
    ) -> None:
        self.catalog = catalog
        self.own = own
        """The person's own models."""
        self.profiles = profiles
        self.last_profile = last_profile
        self._detect = detect or (lambda: detection(catalog).detected)
        self._hub: Hub | None = None
        self.model = lru_cache(maxsize=1024)(self._model)
        self.machine = lru_cache(maxsize=1024)(self._machine)
        self.parts = lru_cache(maxsize=64)(self._parts)

    def _model(self, text: str) -> Model:
        from llmfit_tui.cli.model_source import find_source

        return find_source(text, self.catalog, self.own, self._connected)

    def _connected(self) -> "Hub":
        """The one connection to the Hub, once a repository is named."""
        if self._hub is None:
            from llmfit_tui.storage.repository import Hub

            self._hub = Hub()
        return self._hub

    def machine_called(self, name: str) -> Machine:
        """A machine by name alone. Raises LlmfitError."""
        return self.machine(name, None, None, None, None, None)

    def is_profile(self, name: str | None) -> bool:
        """Whether a profile has this name."""
        return bool(name and self.profiles and self.profiles.find(name))

    def _machine(
        self,
        hardware: str | None,
        vram: tuple[int, ...] | None,
        ram: int | None,
        margin: int | None,
        limit: int | None,
        backend: Any,
        ram_bandwidth: int | None = None,
    ) -> Machine:
        wishes = Wishes(ram, margin, limit, backend, ram_bandwidth)
        if vram is None and hardware is None and self.is_profile(self.last_profile):
            hardware = self.last_profile
        if vram is not None:
            if hardware is not None:
                raise BadValue("--hardware and --vram name two machines; give one of them.")
            return nameless_machine(vram, wishes)
        kept = self.profiles.find(hardware.strip()) if self.profiles and hardware else None
        if kept is not None:
            return self._profile_machine(kept, wishes)
        if hardware is None:
            return self._default(wishes)
        if hardware.strip().lower() == "cpu":
            return machine_of(GENERIC_CPU, (), wishes)
        if is_this(hardware):
            return this_machine(self._detect(), wishes)
        try:
            found = find_hardware(hardware, self.catalog.devices, self.catalog.systems)
        except UnknownName as problem:
            own = self.profiles.names if self.profiles else []
            raise UnknownName("hardware", hardware, nearest(hardware, [*own, *problem.nearest])) from problem
        machine = machine_of(found.name, found.devices, wishes, found.assumed)
        return machine if found.nodes == 1 else replace(machine, nodes=found.nodes)

    def _default(self, wishes: Wishes) -> Machine:
        """Where no hardware is named: the machine this runs on if it has a GPU, else a card many have."""
        detected = self._detect()
        if detected.has_gpu:
            machine = this_machine(detected, wishes)
            return replace(machine, assumed=("this machine, as no hardware was named", *machine.assumed))
        found = find_hardware(DEFAULT_HARDWARE, self.catalog.devices, self.catalog.systems)
        said = f"{DEFAULT_HARDWARE}, as no hardware was named and no GPU was detected here"
        return machine_of(found.name, found.devices, wishes, (said, *found.assumed))

    def _profile_machine(self, kept: Kept, wishes: Wishes) -> Machine:
        from llmfit_tui.core.profiles.machine import machine_of_profile, with_wishes

        profile, catalog = with_wishes(kept.profile, wishes), self.catalog
        try:
            return machine_of_profile(profile, catalog.devices, catalog.systems, catalog.links)
        except LlmfitError as problem:
            said = f"Profile {quoted(profile.name)} in {printable(str(kept.path))}: {problem}"
            raise BadValue(said) from problem

    def _parts(self, mmproj: str, lora: str, draft: str) -> "tuple[Part, ...]":
        from llmfit_tui.cli.parts import parts_of

        asked = {"mmproj": mmproj, "lora": lora, "model_draft": draft}
        return parts_of(asked, self.model, self.catalog.quants) if any(asked.values()) else ()
