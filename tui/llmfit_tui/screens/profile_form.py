"""A form for one profile, checked as it is typed, with what it would change in the ratings."""

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.timer import Timer
from textual.widgets import Button, Input, Label, Static

from llmfit_tui.core.errors import LlmfitError, printable
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.profiles.machine import machine_of_profile
from llmfit_tui.core.profiles.profile import Profile
from llmfit_tui.screens.modal import Modal
from llmfit_tui.screens.profile_names import HardwareNames
from llmfit_tui.screens.profile_preview import Preview
from llmfit_tui.screens.profile_texts import FIELDS, Field, Texts, in_words_of_the_form, profile_of, texts_of
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.profile_edit import ConflictError

TYPING_PAUSE_S = 0.2
"""The list is counted once the typing rests; while it goes on the keys come first."""
RECOVERED = "Kept from a visit that ended before this was saved. Enter saves it, Escape lets it go."
Keep = Callable[[Texts | None], None]
"""Keep what is typed, should the program end; None: there is nothing to keep."""
Save = Callable[[Profile, bool], None]
"""Save a profile; True: over what somebody else wrote meanwhile. Raises LlmfitError."""


class ProfileForm(Modal[Profile | None]):
    """Saves through what it was given and answers with the profile, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False, id="form.back"),
        Binding("ctrl+s", "save", "Save", show=False, id="form.save"),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(
        self,
        profile: Profile,
        catalog: Catalog,
        preview: Preview,
        save: Save,
        keep: Keep,
        recovered: Texts | None = None,
    ) -> None:
        super().__init__()
        self.keep = keep
        self.recovered = recovered
        self._keeps: Timer | None = None
        self.profile = profile
        self.catalog = catalog
        self.preview = preview
        self.save = save
        self.insist = False

    def compose(self) -> ComposeResult:
        """Fields, what is wrong or what follows, and two buttons."""
        shown = texts_of(self.profile) | (self.recovered or {})
        with Vertical(id="form") as form:
            form.border_title = "Profile"
            form.border_subtitle = "↑ ↓: field   Enter: save   Escape: back"
            with VerticalScroll(id="fields", can_focus=False):
                for field in FIELDS:
                    with Horizontal(classes="field"):
                        yield Label(field.label)
                        yield self._entry(field, shown[field.key])
            yield Static("", id="said", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Save", id="save", compact=True)
                yield Button("Back", id="back", compact=True)

    def _entry(self, field: Field, text: str) -> Input:
        names = (
            HardwareNames(self.catalog, cpus=field.key == "cpu") if field.key in ("hardware", "cpu") else None
        )
        entry = Input(text, placeholder=field.hint, id=f"field-{field.key}", compact=True, suggester=names)
        entry.cursor_blink = False
        return entry

    def on_mount(self) -> None:
        """Say at once what the profile is."""
        self._check()

    def typed(self) -> tuple[Profile, Machine]:
        """The profile as typed, and its machine. Raises LlmfitError, naming the field."""
        catalog = self.catalog
        profile = profile_of(self._texts(), self.profile, catalog)
        return profile, machine_of_profile(profile, catalog.devices, catalog.systems, catalog.links)

    def _texts(self) -> Texts:
        return {field.key: self.query_one(f"#field-{field.key}", Input).value for field in FIELDS}

    @on(Input.Changed)
    def _keep_soon(self) -> None:
        """Once the typing rests."""
        if self._keeps is not None:
            self._keeps.stop()
        self._keeps = self.set_timer(TYPING_PAUSE_S, self._keep_typed)

    def _keep_typed(self) -> None:
        texts = self._texts()
        self.keep(texts if texts != texts_of(self.profile) else None)

    def _let_go(self) -> None:
        """Saved or refused: nothing is kept any more."""
        if self._keeps is not None:
            self._keeps.stop()
        self.keep(None)

    @on(Input.Changed)
    def _check(self) -> None:
        self.insist = False
        try:
            _, machine = self.typed()
        except LlmfitError as problem:
            self._stop_preview()
            self._say(in_words_of_the_form(str(problem)), wrong=True)
        else:
            self._show_preview(machine)

    @work(exclusive=True, group="preview")
    async def _show_preview(self, machine: Machine) -> None:
        """The present choice at once, the whole list as soon as it is counted."""
        before = [*([RECOVERED] if self.recovered else []), self.preview.choice(machine)]
        assumed = "; ".join(note.rstrip(".") for note in machine.assumed)
        after = [f"Assumed: {assumed}."] if assumed else []
        self._say("\n".join([*before, *after]))
        await asyncio.sleep(TYPING_PAUSE_S)
        for counted in self.preview.counted(machine):
            if counted is not None:
                self._say("\n".join([*before, counted, *after]))
            await asyncio.sleep(0)

    def _stop_preview(self) -> None:
        self.workers.cancel_group(self, "preview")  # pyright: ignore[reportUnknownMemberType]

    def _say(self, text: str, wrong: bool = False) -> None:
        said = self.query_one("#said", Static)
        said.set_class(wrong, "wrong")
        said.update(("✗ " if wrong else "") + "\n".join(map(printable, text.split("\n"))))

    @on(Input.Submitted)
    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Save, if the form holds a profile; what stands in the way is said, and nothing typed is lost."""
        try:
            profile, _ = self.typed()
        except LlmfitError:
            return
        self._stop_preview()
        try:
            self.save(profile, self.insist)
        except ConflictError as problem:
            self.insist = True
            self._say(f"{problem} Enter saves yours over it, Escape leaves it.", wrong=True)
        except LlmfitError as problem:
            self._say(str(problem), wrong=True)
        else:
            self._let_go()
            self.dismiss(profile)

    @on(Button.Pressed, "#back")
    def action_leave(self) -> None:
        """Leave without saving."""
        self._let_go()
        self.dismiss(None)
