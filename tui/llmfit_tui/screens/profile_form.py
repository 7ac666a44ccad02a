"""A form for one profile, checked as it is typed, with what it would change in the ratings."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

from llmfit_tui.core.errors import BadValue, LlmfitError
from llmfit_tui.core.hardware import DeviceKind
from llmfit_tui.core.hardware_names import find_hardware
from llmfit_tui.core.machine import Machine
from llmfit_tui.core.profile import OwnGpu, Profile, checked_name
from llmfit_tui.core.profile_machine import machine_of_profile
from llmfit_tui.core.profile_table import table_of
from llmfit_tui.core.sizes import bytes_per_second, memory_bytes
from llmfit_tui.storage.catalogs import Catalog


@dataclass(frozen=True, slots=True)
class Field:
    """One line of the form."""

    key: str
    label: str
    hint: str


FIELDS = (
    Field("name", "Name", "what you call this machine"),
    Field("hardware", "Hardware", "such as 2x RTX 3090 + RTX 4090, M3 Max 40 64GB, or empty for a CPU alone"),
    Field("memory", "Own card: memory", "for a card no catalog knows, such as 24GiB"),
    Field("bandwidth", "Own card: bandwidth", "such as 1008GB/s; without it the speed stays unknown"),
    Field("ram", "Host memory", "such as 64GiB"),
    Field("ram_bandwidth", "Host bandwidth", "such as 80GB/s"),
    Field("margin", "Leave free", "on each GPU, such as 1GiB"),
    Field("gpu_limit", "GPU limit", "of shared memory, as iogpu.wired_limit_mb sets it"),
    Field("notes", "Notes", ""),
    Field("tags", "Tags", "separated by commas"),
)


class ProfileForm(ModalScreen[Profile | None]):
    """Answers with the profile to save, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False, id="form.back"),
        Binding("ctrl+s", "save", "Save", show=False, id="form.save"),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(self, profile: Profile, catalog: Catalog, preview: Callable[[Machine], str]) -> None:
        """`preview` says in a line what a machine would change."""
        super().__init__()
        self.profile = profile
        self.catalog = catalog
        self.preview = preview

    def compose(self) -> ComposeResult:
        """Fields, what is wrong or what follows, and two buttons."""
        shown = values_of(self.profile)
        with Vertical(id="form") as form:
            form.border_title = "Profile"
            form.border_subtitle = "Enter or Ctrl-S: save   Escape: back"
            for field in FIELDS:
                with Horizontal(classes="field"):
                    yield Label(field.label)
                    entry = Input(
                        shown[field.key], placeholder=field.hint, id=f"field-{field.key}", compact=True
                    )
                    entry.cursor_blink = False
                    yield entry
            yield Static("", id="said", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Save", id="save", compact=True)
                yield Button("Back", id="back", compact=True)

    def on_mount(self) -> None:
        """Say at once what the profile is."""
        self._check()

    def typed(self) -> Profile:
        """The profile as typed. Raises LlmfitError, naming the field."""
        texts = {field.key: self.query_one(f"#field-{field.key}", Input).value.strip() for field in FIELDS}
        return profile_of(texts, self.profile, self.catalog)

    @on(Input.Changed)
    def _check(self) -> None:
        said = self.query_one("#said", Static)
        try:
            profile = self.typed()
            machine = machine_of_profile(profile, self.catalog.devices, self.catalog.systems)
        except LlmfitError as problem:
            said.set_classes("wrong")
            said.update(str(problem))
        else:
            said.set_classes("")
            said.update(self.preview(machine))

    @on(Input.Submitted)
    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Save, if the form holds a profile."""
        try:
            profile = self.typed()
            machine_of_profile(profile, self.catalog.devices, self.catalog.systems)
        except LlmfitError:
            return
        self.dismiss(profile)

    @on(Button.Pressed, "#back")
    def action_leave(self) -> None:
        """Leave without saving."""
        self.dismiss(None)


def values_of(profile: Profile) -> dict[str, str]:
    """The form's texts for a profile."""
    table = table_of(profile)
    own = next((gpu for gpu in profile.gpus if isinstance(gpu, OwnGpu)), None)
    own_table: dict[str, str] = table_of(Profile("", (own,)))["gpus"][0] if own else {}
    named = [gpu for gpu in profile.gpus if isinstance(gpu, str)]
    return {
        "name": profile.name,
        "hardware": " + ".join(named) or profile.cpu or "",
        "memory": str(own_table.get("memory", "")),
        "bandwidth": str(own_table.get("bandwidth", "")),
        "tags": ", ".join(profile.tags),
        **{key: str(table.get(key, "")) for key in ("ram", "ram_bandwidth", "margin", "gpu_limit", "notes")},
    }


def profile_of(texts: dict[str, str], before: Profile, catalog: Catalog) -> Profile:
    """The profile of a form's texts; what the form does not show stays as it was. Raises LlmfitError."""
    gpus: list[str | OwnGpu] = []
    cpu: str | None = None
    if texts["hardware"]:
        found = find_hardware(texts["hardware"], catalog.devices, catalog.systems)
        if found.devices[0].kind is DeviceKind.CPU:
            cpu = found.name
        else:
            gpus += found.name.split(" + ")
    if texts["memory"]:
        old = next((gpu for gpu in before.gpus if isinstance(gpu, OwnGpu)), OwnGpu("own GPU", 1))
        rate = bytes_per_second(texts["bandwidth"], "Own card: bandwidth") if texts["bandwidth"] else None
        size = _size(texts["memory"], "Own card: memory")
        gpus.append(replace(old, memory_bytes=size or 0, bandwidth_bytes_per_s=rate))
    elif texts["bandwidth"]:
        raise BadValue("Own card: memory was expected beside its bandwidth.")
    return replace(
        before,
        name=checked_name(texts["name"]),
        gpus=tuple(gpus),
        cpu=cpu,
        ram_bytes=_size(texts["ram"], "Host memory"),
        ram_bandwidth=bytes_per_second(texts["ram_bandwidth"], "Host bandwidth")
        if texts["ram_bandwidth"]
        else None,
        margin_bytes=_size(texts["margin"], "Leave free"),
        gpu_limit_bytes=_size(texts["gpu_limit"], "GPU limit"),
        notes=texts["notes"],
        tags=tuple(tag.strip() for tag in texts["tags"].split(",") if tag.strip()),
    )


def _size(text: str, what: str) -> int | None:
    if not text:
        return None
    size = memory_bytes(text, what)
    if size == 0:
        raise BadValue(f"{what}: more than 0 was expected.")
    return size
