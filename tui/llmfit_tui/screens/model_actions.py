"""Models beside the catalog's: one's own, those on this machine, and those opened for the visit."""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.models.stored import quant_of
from llmfit_tui.core.quant import Quant
from llmfit_tui.messages.choices import ModelChosen
from llmfit_tui.messages.models import LocalModelsFound
from llmfit_tui.screens.explorer_base import ExplorerBase
from llmfit_tui.storage.home import Home
from llmfit_tui.storage.own_models import keep_model, read_own_models
from llmfit_tui.storage.places import Places

if TYPE_CHECKING:
    from llmfit_tui.core.memory.parts import Part


class ModelActions(ExplorerBase):
    """Reading goes on in threads; what they find comes as messages and joins the Models pane."""

    home: Home | None = None
    """Where this machine's models are looked for; None: nowhere."""
    keeps: Places | None = None
    """Where one's own models are kept; None: nowhere."""
    _own: tuple[Model, ...] = ()
    _local: tuple[Model, ...] = ()
    _opened: tuple[Model, ...] = ()
    _quant_before: Quant | None = None
    """The quantization chosen before a model that comes in one of its own."""

    def show_own_models(self) -> str:
        """One's own models at the top of the pane; returns what is wrong with their file."""
        if self.keeps is None:
            return ""
        own = read_own_models(self.keeps)
        self._own = own.models
        self._show_models()
        start = next((model for model in self._own if model.id == self.start.model.id), None)
        if start is not None:
            self.models.take_model(start)
        return own.problems[0] if own.problems else ""

    def look_for_models(self) -> None:
        """Look through this machine's stores, once the screen stands."""
        home = self.home
        if home is None:
            return

        def look() -> Message:
            from llmfit_tui.storage.local_open import all_local

            return LocalModelsFound([one.model for one in all_local(home, self.catalog) if one.model])

        self._meanwhile(look)

    def _meanwhile(self, ask: Callable[[], Message]) -> None:
        """In a thread that leaving does not wait for."""

        def run() -> None:
            message = ask()
            # The explorer may have closed meanwhile.
            with contextlib.suppress(RuntimeError):
                self.post_message(message)

        threading.Thread(target=run, daemon=True).start()

    @on(LocalModelsFound)
    def take_local(self, message: LocalModelsFound) -> None:
        """They join the pane; the cursor and what is on screen stay."""
        self._local = message.models
        self._show_models()

    def _show_models(self) -> None:
        there = {model.id for model in self._own}
        found = [model for model in (*self._opened, *self._local) if model.id not in there]
        quants = {id(model): quant for model in (*self._own, *found) if (quant := self._quant_of(model))}
        self.models.set_own((*self._own, *found), quants)

    def _quant_of(self, model: Model) -> Quant | None:
        """The quantization a model's own files are in."""
        quants = self.catalog.quants
        return quant_of(model, quants)

    @on(ModelChosen)
    def take_model(self, message: ModelChosen) -> None:
        """Another model; one that comes in a quantization of its own brings it, until the next is chosen."""
        scenario, own = self.scenario, self._quant_of(message.model)
        if scenario is None:
            return
        quant = own or self._quant_before or scenario.quant
        self._quant_before = (self._quant_before or scenario.quant) if own is not None else None
        self.change(model=message.model, quant=quant)
        if quant is not scenario.quant and quant in self.quants.quants:
            self.quants.put_cursor(self.quants.quants.index(quant))
            self.quants.repaint()

    def action_open_model(self) -> None:
        """Ask for a file, a folder or a repository."""
        from llmfit_tui.screens.open_form import OpenForm  # seldom needed

        self.app.push_screen(OpenForm(self._read_model), self._take_opened)  # pyright: ignore[reportUnknownMemberType]

    def _read_model(self, text: str, tell: Callable[[str], None]) -> Model:
        """In a thread: the model named; of a repository the file that is recommended here."""
        from llmfit_tui.core.answers.published import file_meant
        from llmfit_tui.storage.open_any import open_any

        now, catalog = self.scenario, self.catalog

        def choose(first: Model) -> str | None:
            if now is None:
                return None
            file = file_meant(replace(now, model=first), catalog.quants, catalog.evidence)
            return file.quant if file else None

        return open_any(text, catalog, choose, tell)

    def _take_opened(self, model: Model | None) -> None:
        """It stands first in the pane for this visit, and is chosen."""
        if model is None:
            return
        self._opened = (model, *(one for one in self._opened if one.id != model.id))
        self._own = tuple(one for one in self._own if one.id != model.id)
        self._show_models()
        self.models.take_model(model)
        self.say(f"{model.name} is here for this visit; a keeps it among your own")

    def action_parts(self) -> None:
        """Choose what is loaded beside the model."""
        from llmfit_tui.screens.part_choices import choices_for
        from llmfit_tui.screens.parts_form import PartsForm

        if self.scenario is None:
            return
        others = (*self._opened, *self._own, *self._local, *self.catalog.models)
        rows = choices_for(self.scenario, others, self.catalog)
        form = PartsForm(self.scenario.model.name, rows, self.catalog)
        self.app.push_screen(form, self._take_parts)  # pyright: ignore[reportUnknownMemberType]

    def _take_parts(self, parts: "tuple[Part, ...] | None") -> None:
        if parts is not None and self.scenario is not None and parts != self.scenario.settings.parts:
            self.change_settings(parts=parts)
            named = ", ".join(part.name for part in parts)
            self.say(f"beside the model: {named}" if parts else "nothing is loaded beside the model")

    def action_keep_model(self) -> None:
        """Keep the model under the cursor in models.toml."""
        model = self.scenario.model if self.scenario else None
        if self.keeps is None or model is None:
            return
        try:
            path = keep_model(self.keeps, model)
        except LlmfitError as problem:
            self.say(str(problem))
            return
        self._own = (*self._own, model)
        self._show_models()
        self.say(f"{model.name} is kept in {path}")
