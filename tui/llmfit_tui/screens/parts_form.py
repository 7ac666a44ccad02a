"""Choosing what is loaded beside a model: projectors, adapters, a draft model."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from llmfit_tui.core.errors import printable
from llmfit_tui.core.memory.parts import Part, PartKind
from llmfit_tui.format.verdict import PART_NAMES
from llmfit_tui.panes.painted import fitted
from llmfit_tui.screens.form import buttons
from llmfit_tui.screens.part_choices import Choice
from llmfit_tui.screens.reading import ReadingForm
from llmfit_tui.storage.catalogs import Catalog

NAME_WIDTH = 36
HELP = "Enter takes or leaves one; Tab to name a file or a draft model that is not listed."


class PartsForm(ReadingForm[tuple[Part, ...]]):
    """Answers with the parts chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Done", show=False, id="parts.done"),
    ]

    def __init__(self, name: str, rows: Sequence[Choice], catalog: Catalog) -> None:
        super().__init__()
        self._model_name, self._catalog = name, catalog
        self._rows = list(rows)
        self._chosen: dict[int, Part] = {i: row.chosen for i, row in enumerate(rows) if row.chosen}
        self._asked: int | None = None
        """The row that is being read; None: what was typed."""

    def compose(self) -> ComposeResult:
        """The list, a line for what is not in it, and what is going on."""
        with Vertical(id="form") as form:
            form.border_title = f"Beside {printable(self._model_name)}"
            form.border_subtitle = "Enter: take or leave   Escape: done"
            yield OptionList(*map(self._shown, range(len(self._rows))), id="parts", compact=True)
            entry = Input(placeholder=".gguf of a projector, adapter or draft", id="part-what", compact=True)
            entry.cursor_blink = False
            yield entry
            said = HELP if self._rows else f"Nothing is known to go beside it. {HELP}"
            yield Static(said, id="said", markup=False)
            yield buttons("Take in", "Done")

    def on_mount(self) -> None:
        """The keys go to the list, or to the line where there is none."""
        (self.query_one(OptionList) if self._rows else self.query_one(Input)).focus()

    def _shown(self, index: int) -> Content:
        row = self._rows[index]
        mark = "[x]" if index in self._chosen else "[ ]"
        kind = f"{PART_NAMES[row.kind]:<11}"
        return Content(f"{mark} {kind} {fitted(printable(row.name), NAME_WIDTH)} {row.where}")

    def _repaint(self) -> None:
        listed = self.query_one(OptionList)
        for index in range(len(self._rows)):
            listed.replace_option_prompt_at_index(index, self._shown(index))

    @on(OptionList.OptionSelected)
    def toggle(self, message: OptionList.OptionSelected) -> None:
        """Take the part under the cursor, or leave it."""
        index = message.option_index
        if self._chosen.pop(index, None) is not None:
            self.say(HELP)
            self._repaint()
            return
        self.give_up()
        self._asked = index
        self.read(lambda _: self._rows[index].read())

    @on(Input.Submitted)
    def take_text(self, message: Input.Submitted) -> None:
        """A part that is not in the list."""
        text = message.value.strip()
        if text:
            from llmfit_tui.storage.parts import open_part

            self.give_up()
            self._asked = None
            self.read(lambda _: open_part(text, self._catalog))

    def taken(self, found: object) -> None:
        """One more is chosen; of projectors and draft models there is one."""
        assert isinstance(found, Part)
        index = self._asked
        if index is None:
            index = len(self._rows)
            self._rows.append(Choice(found.kind, found.name, "named", lambda: found))
            self.query_one(OptionList).add_option(self._shown(index))
            self.query_one(Input).value = ""
        if found.kind is not PartKind.ADAPTER:
            self._chosen = {i: part for i, part in self._chosen.items() if part.kind is not found.kind}
        self._chosen[index] = found
        self.say(HELP)
        self._repaint()

    def action_leave(self) -> None:
        """Give up what is being read; else done."""
        if not self.give_up():
            self.dismiss(tuple(self._chosen[i] for i in sorted(self._chosen)))
