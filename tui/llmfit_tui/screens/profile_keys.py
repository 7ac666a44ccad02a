"""Keys that make, change, copy and remove profiles, beside the explorer they act on.

What reads and writes profiles is loaded with the first of them, not with the explorer.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from llmfit_tui.core.errors import BadValue, LlmfitError
from llmfit_tui.format.devices import THIS_MACHINE, machine_name
from llmfit_tui.panes.hardware import HardwarePane, OwnMachine
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.places import Places
from llmfit_tui.storage.profiles import Kept, Profiles, read_profiles

if TYPE_CHECKING:
    from llmfit_tui.core.profiles.profile import Profile
    from llmfit_tui.core.seen.detected import Detected
    from llmfit_tui.storage.profile_edit import Before


class ProfileKeys:
    """What the profile keys do. Told where profiles are kept, and which screen and pane they serve."""

    def __init__(self, catalog: Catalog, where: Places | None, pane: HardwarePane) -> None:
        self.catalog = catalog
        self.where = where
        self.pane = pane
        self.profiles = Profiles((), (), ())
        self.this: Detected | None = None
        """The machine the program runs on, once it is known."""
        self.changes: list[tuple[str, Before]] = []
        """Of this visit, by the name a profile had before; the last can be taken back."""

    def read(self) -> str:
        """Read the profiles into the pane; returns what was wrong with them, if anything."""
        if self.where is None:
            return ""
        self.profiles = read_profiles(self.where)
        self.pane.set_profiles(own_machines(self.profiles.kept, self.catalog))
        return next(iter((*self.profiles.problems, *self.profiles.warnings)), "")

    def chosen(self) -> Kept | None:
        """The profile under the cursor."""
        own = self.pane.own_machine(self.pane.chosen_index)
        return self.profiles.find(own.name) if own else None

    def from_row(self) -> "Profile | None":
        """A profile of the row under the cursor, under a name not taken yet."""
        from llmfit_tui.core.profiles.profile import Profile

        index = self.pane.chosen_index
        if index is None:
            return None
        kept = self.chosen()
        if kept is not None:
            return replace(kept.profile, name=self.free_name(kept.profile.name))
        device = self.pane.device(index)
        if device is None:
            return self._of_this()
        profile = Profile(self.free_name(f"my {machine_name(device.name)}"), (device.name,))
        if device.memory_bytes is None:
            profile = replace(profile, gpus=(), cpu=device.name)
        wished = self.pane.wishes.ram_bytes
        return replace(profile, ram_bytes=wished) if not device.unified else profile

    def _of_this(self) -> "Profile | None":
        """The detected machine as a profile. Raises BadValue where too little of it is known."""
        from llmfit_tui.core.seen.machine import profile_of_detected

        own = self.pane.own_machine(self.pane.chosen_index)
        if self.this is None or own is None or not own.detected:
            return None
        name = self.free_name(f"my {own.name.removeprefix(f'{THIS_MACHINE}: ')}"[:60])
        return profile_of_detected(self.this, name, self.catalog.devices)

    def free_name(self, wanted: str) -> str:
        """The name, with a number behind it where it is taken."""
        names = {name.lower() for name in self.profiles.names}
        name, number = wanted, 2
        while name.lower() in names:
            name, number = f"{wanted} {number}", number + 1
        return name

    def write(self, profile: "Profile", before: "Profile | None" = None, insist: bool = False) -> None:
        """Save a new profile, or one that was edited from `before`, and show it. Raises LlmfitError.

        `insist`: over what another program wrote meanwhile.
        """
        from llmfit_tui.storage.profile_edit import rename_profile, save_profile

        if self.where is None:
            raise BadValue("Profiles cannot be kept here.")
        if insist:
            there = read_profiles(self.where).find(before.name if before else profile.name)
            before = there.profile if there is not None and there.own else None
        if before is None:
            change = save_profile(self.where, profile, new=True)
        elif before.name != profile.name:
            change = rename_profile(self.where, before, profile)
        else:
            change = save_profile(self.where, profile, before)
        self.changes.append((profile.name if before is None else before.name, change))
        self.read()

    def make(self) -> str:
        """Keep the row under the cursor as a profile; returns what to say."""
        try:
            profile = self.from_row()
            if profile is None:
                return "no hardware is highlighted"
            self.write(profile)
        except LlmfitError as problem:
            return str(problem)
        self.choose(profile.name)
        return f"{profile.name} is saved; e edits it, u takes it back"

    def delete(self) -> str:
        """Delete the profile under the cursor; returns what to say."""
        from llmfit_tui.storage.profile_edit import delete_profile

        kept = self.chosen()
        if kept is None or self.where is None:
            return "only a profile can be deleted; this is hardware of the catalog"
        if not kept.own:
            return f"{kept.profile.name} comes from {kept.path}; it is not yours to delete"
        name = kept.profile.name
        try:
            self.changes.append((name, delete_profile(self.where, name)))
        except LlmfitError as problem:
            return str(problem)
        self.read()
        self._choose_row()
        return f"{name} is deleted; u brings it back"

    def undo(self) -> str:
        """Take the last change of a profile back; returns what to say."""
        from llmfit_tui.storage.profile_edit import put_back

        if not self.changes or self.where is None:
            return "no profile was changed"
        name, change = self.changes[-1]
        try:
            put_back(self.where, change)
        except LlmfitError as problem:
            return str(problem)
        self.changes.pop()
        self.read()
        if self.profiles.find(name):
            self.choose(name)
        else:
            self._choose_row()
        return f"{name} is as it was" if self.profiles.find(name) else f"{name} is gone again"

    def _choose_row(self) -> None:
        index = self.pane.chosen_index
        if index is not None:
            self.pane.choose(index)

    def choose(self, name: str) -> None:
        """Put the cursor on a profile and choose it."""
        for index, own in enumerate(self.pane.own):
            if own.name == name:
                if self.pane.filter_text:
                    self.pane.apply_filter("")
                self.pane.put_cursor(index)
                self.pane.repaint()
                self.pane.choose(index)


def own_machines(kept: Sequence[Kept], catalog: Catalog) -> list[OwnMachine]:
    """Profiles as rows of the pane."""
    if not kept:
        return []
    from llmfit_tui.core.profiles.machine import machine_of_profile

    rows: list[OwnMachine] = []
    for one in kept:
        tags = " ".join(one.profile.tags)
        try:
            machine = machine_of_profile(one.profile, catalog.devices, catalog.systems, catalog.links)
        except LlmfitError as problem:
            rows.append(OwnMachine(one.profile.name, None, str(problem), not one.own, tags))
        else:
            rows.append(OwnMachine(one.profile.name, machine, "", not one.own, tags))
    return rows
