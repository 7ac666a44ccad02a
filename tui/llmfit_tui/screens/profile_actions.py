"""Keys that keep a person's own machines: make, edit, copy, delete, bring back."""

from llmfit_tui.core.profile import Profile
from llmfit_tui.screens.explorer_base import ExplorerBase


class ProfileActions(ExplorerBase):
    """What each key says it did stands in the hint line."""

    def action_profile(self, what: str) -> None:
        """Make, edit, copy, delete or bring back a profile."""
        keys, kept = self.profiles, self.profiles.chosen()
        match what:
            case "new":
                profile = keys.from_row()
                said = keys.save(profile) + "; e edits it" if profile else "no hardware is highlighted"
            case "copy":
                profile = keys.from_row()
                said = keys.save(profile) if profile and kept else "only a profile can be copied; p makes one"
            case "delete":
                said = keys.delete()
            case "undo":
                said = keys.undo()
            case "edit" if kept is None:
                said = "only a profile can be edited; p makes one of this hardware"
            case "edit" if kept is not None and not kept.own:
                said = f"{kept.profile.name} comes from {kept.path}; d copies it to your own"
            case _:
                self._open_form(kept.profile if kept and what == "edit" else None)
                return
        self.say(said)

    def _open_form(self, before: Profile | None) -> None:
        from llmfit_tui.screens.profile_form import ProfileForm  # a tenth of the start-up, and seldom needed

        scenario = self.scenario
        assert scenario is not None
        keys = self.profiles
        blank = Profile(keys.free_name("my machine"))
        form = ProfileForm(before or blank, self.catalog, lambda machine: keys.preview(scenario, machine))

        def done(profile: Profile | None) -> None:
            if profile is not None:
                self.say(keys.save(profile, before))

        self.app.push_screen(form, done)  # pyright: ignore[reportUnknownMemberType]
