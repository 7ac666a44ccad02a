"""Keys that make, change, copy and remove profiles, beside the explorer they act on."""

from collections.abc import Sequence
from dataclasses import replace

from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.machine import Machine
from llmfit_tui.core.profile import Profile
from llmfit_tui.core.profile_machine import machine_of_profile
from llmfit_tui.core.scenario import Scenario, within_own_context
from llmfit_tui.format.devices import machine_name
from llmfit_tui.panes.figures import tried
from llmfit_tui.panes.hardware import HardwarePane, OwnMachine
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.places import Places
from llmfit_tui.storage.profile_edit import (
    ConflictError,
    Removed,
    delete_profile,
    rename_profile,
    save_profile,
)
from llmfit_tui.storage.profiles import Kept, Profiles, read_profiles

GREAT = 5


class ProfileKeys:
    """What the profile keys do. Told where profiles are kept, and which screen and pane they serve."""

    def __init__(self, catalog: Catalog, where: Places | None, pane: HardwarePane) -> None:
        self.catalog = catalog
        self.where = where
        self.pane = pane
        self.profiles = Profiles((), (), ())
        self.removed: Removed | None = None

    def read(self) -> str:
        """Read the profiles into the pane; returns what was wrong with them, if anything."""
        if self.where is None:
            return ""
        self.profiles = read_profiles(self.where)
        self.pane.set_own(own_machines(self.profiles.kept, self.catalog))
        return next(iter((*self.profiles.problems, *self.profiles.warnings)), "")

    def chosen(self) -> Kept | None:
        """The profile under the cursor."""
        own = self.pane.own_machine(self.pane.chosen_index)
        return self.profiles.find(own.name) if own else None

    def from_row(self) -> Profile | None:
        """A profile of the row under the cursor, under a name not taken yet."""
        index = self.pane.chosen_index
        if index is None:
            return None
        kept = self.chosen()
        if kept is not None:
            return replace(kept.profile, name=self.free_name(kept.profile.name))
        device = self.pane.device(index)
        assert device is not None
        profile = Profile(self.free_name(f"my {machine_name(device.name)}"), (device.name,))
        if device.memory_bytes is None:
            profile = replace(profile, gpus=(), cpu=device.name)
        wished = self.pane.wishes.ram_bytes
        return replace(profile, ram_bytes=wished) if not device.unified else profile

    def free_name(self, wanted: str) -> str:
        """The name, with a number behind it where it is taken."""
        names = {name.lower() for name in self.profiles.names}
        name, number = wanted, 2
        while name.lower() in names:
            name, number = f"{wanted} {number}", number + 1
        return name

    def save(self, profile: Profile, before: Profile | None = None) -> str:
        """Save, show and choose it; returns what to say. `before` is the profile as it was edited."""
        if self.where is None:
            return "profiles cannot be kept here"
        try:
            if before is not None and before.name != profile.name:
                rename_profile(self.where, before.name, profile)
            else:
                save_profile(self.where, profile, before)
        except ConflictError as problem:
            self.read()
            return f"{problem} Shown as it is now; nothing was saved."
        except LlmfitError as problem:
            return str(problem)
        self.read()
        self.choose(profile.name)
        return f"{profile.name} is saved"

    def delete(self) -> str:
        """Delete the profile under the cursor; returns what to say."""
        kept = self.chosen()
        if kept is None or self.where is None:
            return "only a profile can be deleted; this is hardware of the catalog"
        if not kept.own:
            return f"{kept.profile.name} comes from {kept.path}; it is not yours to delete"
        try:
            self.removed = delete_profile(self.where, kept.profile.name)
        except LlmfitError as problem:
            return str(problem)
        self.read()
        index = self.pane.chosen_index
        if index is not None:
            self.pane.choose(index)
        return f"{kept.profile.name} is deleted; u brings it back"

    def undo(self) -> str:
        """Bring back the profile deleted last; returns what to say."""
        if self.removed is None:
            return "no profile was deleted"
        profile, self.removed = self.removed.profile, None
        return self.save(replace(profile, name=self.free_name(profile.name)))

    def choose(self, name: str) -> None:
        """Put the cursor on a profile and choose it."""
        for index, own in enumerate(self.pane.own):
            if own.name == name:
                if self.pane.filter_text:
                    self.pane.apply_filter("")
                self.pane.put_cursor(index)
                self.pane.repaint()
                self.pane.choose(index)

    def preview(self, scenario: Scenario, machine: Machine) -> str:
        """What a machine would change: the rating of the present choice, and how many models run great."""
        fit = self.catalog.quality_fit
        now = tried(within_own_context(scenario), fit)
        then = tried(within_own_context(replace(scenario, machine=machine)), fit)
        if now is None or then is None:
            return "This model cannot be estimated."
        change = f"{scenario.model.name} {scenario.quant.name}: {now.rating.label}"
        if now.rating.label != then.rating.label:
            change += f" → {then.rating.label}"
        counts = [self._great(replace(scenario, machine=one)) for one in (scenario.machine, machine)]
        return f"{change}. Models that run great: {counts[0]} → {counts[1]}."

    def _great(self, scenario: Scenario) -> int:
        estimates = (tried(replace(scenario, model=model), None) for model in self.catalog.models)
        return sum(1 for found in estimates if found and found.rating.level == GREAT)


def own_machines(kept: Sequence[Kept], catalog: Catalog) -> list[OwnMachine]:
    """Profiles as rows of the pane."""
    rows: list[OwnMachine] = []
    for one in kept:
        try:
            machine = machine_of_profile(one.profile, catalog.devices, catalog.systems)
        except LlmfitError as problem:
            rows.append(OwnMachine(one.profile.name, None, str(problem), not one.own))
        else:
            rows.append(OwnMachine(one.profile.name, machine, "", not one.own))
    return rows
