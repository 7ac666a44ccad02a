"""Runs of one's own on a profile: taken in from a file, pasted text or a typed speed, listed, removed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Button, Input, OptionList, Static

from llmfit_tui.core.errors import BadValue, LlmfitError, UnknownName, printable
from llmfit_tui.core.hardware.ownrun import OwnRun
from llmfit_tui.core.names import find_model, find_quant
from llmfit_tui.core.profiles.machine import machine_of_profile
from llmfit_tui.core.profiles.profile import Profile
from llmfit_tui.core.scenario import Scenario
from llmfit_tui.core.speed.calibration import (
    OtherMachine,
    check_machine,
    held_against,
    one_of,
    own_run,
    with_run,
)
from llmfit_tui.core.speed.printed import Read, typed_read
from llmfit_tui.format import amounts
from llmfit_tui.messages.choices import Pasted
from llmfit_tui.panes.painted import fitted
from llmfit_tui.screens.form import buttons
from llmfit_tui.screens.reading import ReadingForm
from llmfit_tui.storage.benchmarks import runs_of_file, runs_of_text
from llmfit_tui.storage.catalogs import Catalog

NAME_WIDTH = 34
Write = Callable[[Profile, Profile], None]


class OneLine(Input):
    """A line to type in, which hands on what was pasted with more than one."""

    def _on_paste(self, event: events.Paste) -> None:
        if len(event.text.strip().splitlines()) > 1:
            event.prevent_default()
            event.stop()
            self.post_message(Pasted(event.text))


class CalibrateForm(ReadingForm[bool]):
    """Answers with whether the profile was changed; every change is saved at once."""

    AUTO_FOCUS = "#run-what"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Done", show=False, id="calibrate.done"),
        Binding("delete,x", "remove", "Remove", show=False, id="calibrate.remove"),
    ]

    def __init__(self, profile: Profile, scenario: Scenario, catalog: Catalog, write: Write) -> None:
        super().__init__()
        self._profile, self._scenario = profile, scenario
        self._catalog, self._write = catalog, write
        self._changed = False
        self._doubted = ""
        """What was refused as another machine's: given again, it is taken."""

    def compose(self) -> ComposeResult:
        """The runs, a line for another, and what is going on."""
        with Vertical(id="form") as form:
            form.border_title = f"Calibrate {printable(self._profile.name)}"
            form.border_subtitle = "Enter: take in   Tab, x: remove   Escape: done"
            yield OptionList(*self._rows(), id="runs", compact=True)
            entry = OneLine(placeholder="a file, tokens per second, or paste", id="run-what", compact=True)
            entry.cursor_blink = False
            yield entry
            yield Static(self._help(), id="said", markup=False)
            yield buttons("Take in", "Done", remove="Remove")

    def _help(self) -> str:
        runs = "" if self._rows() else "No runs are kept yet. "
        return (
            f"{runs}A result of llama-bench, ollama run --verbose, llama-server or vllm bench serve, as a "
            f"file or pasted. A number, or a result that names no model, is {self._what}."
        )

    @property
    def _what(self) -> str:
        return f"{self._scenario.model.name} {self._scenario.quant.name}"

    def _rows(self) -> list[Content]:
        rows = [Content(_shown(run)) for run in self._profile.calibrations]
        rate = self._profile.ram_measured
        if rate is not None:
            rows.append(Content(f"{rate.date}  host memory read at {amounts.bandwidth(rate.bytes_per_s)}"))
        return rows

    @on(Input.Submitted)
    def take_line(self, message: Input.Submitted) -> None:
        """A file or a speed."""
        text = message.value.strip()
        if text:
            number = text.replace(".", "", 1).isdigit()
            self._take(
                text,
                (lambda: [typed_read(text, "The speed")])
                if number
                else (lambda: runs_of_file(Path(text).expanduser())),
            )

    @on(Pasted)
    def take_pasted(self, message: Pasted) -> None:
        """What a tool printed."""
        self._take(message.text, lambda: runs_of_text(message.text, "What was pasted"))

    def _take(self, given: str, runs: Callable[[], list[Read]]) -> None:
        insist = given == self._doubted
        self.give_up()
        self.read(lambda _: self._own_run(one_of(runs()), given, insist))

    def _own_run(self, read: Read, given: str, insist: bool) -> OwnRun:
        """The run as it would be kept. Raises LlmfitError; another machine's is asked about."""
        catalog, scenario = self._catalog, self._scenario
        machine = machine_of_profile(self._profile, catalog.devices, catalog.systems, catalog.links)
        if not insist:
            try:
                check_machine(read, machine, catalog.devices, catalog.systems)
            except OtherMachine as problem:
                self._doubted = given
                raise BadValue(f"{problem} The same once more takes it all the same.") from problem
        try:
            model = find_model(read.model, catalog.models)[0] if read.model else scenario.model
        except UnknownName as problem:
            said = "is not in the catalog; put the cursor on the model that ran and type its speed"
            raise BadValue(f"{printable(read.model or '')} {said}.") from problem
        quant = find_quant(read.quant, catalog.quants) if read.quant else scenario.quant
        found = held_against(read, model, quant, machine, catalog.fits_alone)
        return own_run(read, found, "", date.today().isoformat())

    def taken(self, found: object) -> None:
        """It can be kept."""
        assert isinstance(found, OwnRun)
        runs = with_run(self._profile.calibrations, found)
        if self._save(replace(self._profile, calibrations=runs)):
            self.query_one(OneLine).value = ""
            measured, estimated = amounts.rate(found.tok_s), amounts.rate(found.estimated_tok_s)
            self.say(f"✓ {found.name}: {measured} tok/s measured, {estimated} estimated")

    @on(Button.Pressed, "#remove")
    def remove_by_mouse(self) -> None:
        """The run that was clicked before."""
        self.query_one(OptionList).focus()
        self.call_after_refresh(self.action_remove)

    def action_remove(self) -> None:
        """Drop the run under the cursor."""
        place, runs = self.query_one(OptionList).highlighted, self._profile.calibrations
        if place is None or not self.query_one(OptionList).has_focus:
            return
        if place < len(runs):
            changed = replace(self._profile, calibrations=(*runs[:place], *runs[place + 1 :]))
        else:
            changed = replace(self._profile, ram_measured=None)
        if self._save(changed):
            self.say("removed" if self._rows() else f"removed. {self._help()}")

    def _save(self, changed: Profile) -> bool:
        try:
            self._write(changed, self._profile)
        except LlmfitError as problem:
            self.say(str(problem), wrong=True)
            return False
        self._profile, self._changed, self._doubted = changed, True, ""
        listed = self.query_one(OptionList)
        listed.clear_options()
        listed.add_options(self._rows())
        return True

    def action_leave(self) -> None:
        """Give up what is being read; else done."""
        if not self.give_up():
            self.dismiss(self._changed)


def _shown(run: OwnRun) -> str:
    measured, estimated = amounts.rate(run.tok_s), amounts.rate(run.estimated_tok_s)
    name = fitted(printable(run.name), NAME_WIDTH)
    return f"{run.date}  {name} {measured} tok/s, {estimated} estimated"
