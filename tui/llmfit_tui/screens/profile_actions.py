"""Keys that keep a person's own machines: make, edit, copy, delete, bring back."""

from typing import TYPE_CHECKING

from llmfit_tui.panes.hardware import OWN_WORDS
from llmfit_tui.screens.explorer_base import ExplorerBase

if TYPE_CHECKING:
    from llmfit_tui.core.profiles.profile import Profile


class ProfileActions(ExplorerBase):
    """What each key says it did stands in the hint line."""

    def action_profile(self, what: str) -> None:
        """Make, edit, copy, delete or bring back a profile."""
        keys, kept = self.profiles, self.profiles.chosen()
        match what:
            case "new":
                said = keys.make()
            case "copy" if kept is None:
                said = "only a profile can be copied; p makes one"
            case "copy":
                said = keys.make()
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

    def action_own_machines(self) -> None:
        """Only the person's own machines, rated for the present model and quantization; or all hardware."""
        pane = self.hardware
        if not pane.own:
            self.say("no machine of your own is known yet; p keeps the highlighted hardware as one")
            return
        only = pane.filter_text != OWN_WORDS
        pane.apply_filter(OWN_WORDS if only else "")
        self.front(pane)
        name = self.scenario.model.name if self.scenario else "the model"
        told = f"where {name} runs, of {len(pane.own)} machines of your own; y shows all hardware"
        self.say(told if only else "all hardware")

    def action_calibrate(self) -> None:
        """Runs of one's own on the profile under the cursor: taken in, listed, removed."""
        kept, found = self.profiles.chosen(), self.found
        if kept is None:
            self.say("only a profile follows runs of your own; p keeps this hardware as one")
        elif not kept.own:
            self.say(f"{kept.profile.name} comes from {kept.path}; d copies it to your own")
        elif found is not None:
            from llmfit_tui.screens.calibrate_form import CalibrateForm

            def done(changed: bool | None) -> None:
                if changed:
                    self.profiles.choose(kept.profile.name)
                    self.say(f"speeds on {kept.profile.name} follow your runs; D shows how, u takes it back")

            form = CalibrateForm(kept.profile, found.scenario, self.catalog, self.profiles.write)
            self.app.push_screen(form, done)  # pyright: ignore[reportUnknownMemberType]

    def offer_draft(self) -> bool:
        """Open what an earlier visit could not save any more; whether there was anything."""
        where = self.profiles.where
        if where is None or not where.recovery.exists():
            return False
        from llmfit_tui.storage.recovery import left_draft

        draft = left_draft(where)
        if draft is None:
            return False
        kept = self.profiles.profiles.find(draft.profile)
        self._open_form(kept.profile if kept and kept.own else None, dict(draft.texts))
        return True

    def _open_form(self, before: "Profile | None", recovered: "dict[str, str] | None" = None) -> None:
        # A tenth of the start-up, and seldom needed.
        from llmfit_tui.core.profiles.profile import Profile
        from llmfit_tui.screens.profile_form import ProfileForm
        from llmfit_tui.screens.profile_preview import Preview
        from llmfit_tui.storage.recovery import Draft, drop_draft, keep_draft

        scenario = self.scenario
        assert scenario is not None
        keys, where = self.profiles, self.profiles.where
        blank = Profile(keys.free_name("my machine"))

        def save(profile: Profile, insist: bool) -> None:
            keys.write(profile, before, insist)

        def keep(texts: dict[str, str] | None) -> None:
            if where is not None and texts is not None:
                keep_draft(where, Draft(before.name if before else "", texts))
            elif where is not None:
                drop_draft(where)

        def done(profile: Profile | None) -> None:
            if profile is not None:
                keys.choose(profile.name)
                self.say(f"{profile.name} is saved; u takes it back")

        preview = Preview(scenario, self.catalog, self.make_room)
        form = ProfileForm(before or blank, self.catalog, preview, save, keep, recovered)
        self.app.push_screen(form, done)  # pyright: ignore[reportUnknownMemberType]
