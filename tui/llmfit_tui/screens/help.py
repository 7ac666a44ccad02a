"""All keys on one screen, those of where one is first."""

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from llmfit_tui.messages.views import Picked
from llmfit_tui.panes.marks import SHORT_LABELS
from llmfit_tui.panes.painted import Line, fitted
from llmfit_tui.panes.scrolled import Scrolled
from llmfit_tui.screens.keys import EXPLORER, VIEWS, Key, passed_on
from llmfit_tui.screens.keys.keymap import Keymap
from llmfit_tui.screens.modal import Modal

OF_PANE = {
    "models": ("Models", "Models"),
    "quants": ("Quantization", "Scenario"),
    "hardware": ("Hardware", "Profiles"),
}
"""By its id, what a pane is called, and the group of what is done most there, beside choosing."""
UNITS = "Memory is in GiB, files are in GB. A tilde: approximate; a dash: not known."
KEY_WIDTH = 10
Section = tuple[str, Sequence[Key]]


def sections(here: str) -> list[Section]:
    """Headings and rows of the table, beginning with where one is: a view, or the pane that has the keys."""
    groups, views = dict(EXPLORER), dict(VIEWS)
    if here in views:
        first: list[Section] = [(f"Here: {here}", views.pop(here)), ("Here too", passed_on(here))]
        return [*first, *(_named("In the explorer", groups)), *_named("In a view", views)]
    name, own = OF_PANE.get(here, OF_PANE["quants"])
    rows = (*groups.pop("Lists"), *groups.pop(own))
    return [(f"Here: {name}", rows), *groups.items(), *_named("In a view", views)]


def _named(where: str, groups: dict[str, tuple[Key, ...]]) -> Iterator[Section]:
    return ((f"{where}: {name}", keys) for name, keys in groups.items())


class KeyTable(Scrolled):
    """The keys by section, and what the marks mean."""

    def __init__(self, keymap: Keymap, here: str) -> None:
        super().__init__(id="keys")
        self.keymap, self.sections = keymap, sections(here)
        self._rows: list[str] = []
        """The id of the key in each line, empty in other lines."""

    def scroll(self, rows: int) -> None:
        """Move the view, where not all of it fits."""
        width, height = self.content_size
        total = len(self.all_lines(width))
        self.top = max(0, min(self.top + rows, total - height))
        last = min(self.top + height, total)
        part = f"{self.top + 1}-{last} of {total}   ↑ ↓ scroll   " if height < total else ""
        self.border_subtitle = f"{part}Escape: back"
        self.repaint()

    def on_resize(self) -> None:
        """The frame says which part is seen."""
        self.scroll(0)

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """As much as fits; the frame says which part that is."""
        return self.all_lines(width)[self.top : self.top + height]

    def all_lines(self, width: int) -> list[Line]:
        """Sections one below the other; what does not fit beside its key goes on below."""
        made: list[Line] = []
        self._rows = []
        for title, keys in self.sections:
            made.append(((title, "title"),))
            for key in keys:
                self._rows += [""] * (len(made) - len(self._rows))
                if key.shown:
                    made += self._row(self.keymap.shown(key), key.does, width)
                    self._rows += [key.id] * (len(made) - len(self._rows))
        marks = [
            span
            for level in range(5, -1, -1)
            for span in (
                (f"{self.marks.levels[level]} ", f"level-{level}"),
                (f"{SHORT_LABELS[level]}  ", "dim"),
            )
        ]
        units: list[Line] = [((f"  {line}", "dim"),) for line in wrap(UNITS, max(width - 2, 20))]
        return [*made, (("Marks", "title"),), (("  ", "text"), *marks), *units]

    @staticmethod
    def _row(shown: str, does: str, width: int) -> Iterator[Line]:
        column = max(KEY_WIDTH, len(shown) + 1)
        for n, part in enumerate(wrap(does, max(width - column - 2, 12))):
            yield (f"  {fitted(shown if n == 0 else '', column)}", "key"), (part, "text")

    def on_click(self, event: events.Click) -> None:
        """A click on a key presses it."""
        offset = event.get_content_offset(self)
        place = self.top + offset.y if offset else -1
        if 0 <= place < len(self._rows) and self._rows[place]:
            self.post_message(Picked(place))

    def key_at(self, place: int) -> str:
        """The id of the key in a line."""
        return self._rows[place]


class HelpScreen(Modal[str | None]):
    """Shown by ?, left by any of the usual keys; answers with the id of a key that was clicked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter,f1,ctrl+c", "dismiss", "Back", show=False, id="help.back"),
        Binding("down", "scroll_keys(1)", "Down", show=False, id="help.down"),
        Binding("up", "scroll_keys(-1)", "Up", show=False, id="help.up"),
        Binding("pagedown,space", "scroll_keys(15)", "Page down", show=False, id="help.page_down"),
        Binding("pageup", "scroll_keys(-15)", "Page up", show=False, id="help.page_up"),
        Binding("home", "scroll_keys(-1000)", "First", show=False, id="help.first"),
        Binding("end", "scroll_keys(1000)", "Last", show=False, id="help.last"),
    ]

    def __init__(self, keymap: Keymap, here: str) -> None:
        super().__init__()
        self.keymap, self.here = keymap, here

    def compose(self) -> ComposeResult:
        """The table in a frame."""
        table = KeyTable(self.keymap, self.here)
        table.border_title = "Keys"
        yield table

    def on_click(self, event: events.Click) -> None:
        """A click beside the table leaves it."""
        if not self.query_one(KeyTable).region.contains_point(event.screen_offset):
            self.dismiss()

    @on(Picked)
    def take_picked(self, message: Picked) -> None:
        """A click on a key."""
        self.dismiss(self.query_one(KeyTable).key_at(message.place))

    def action_scroll_keys(self, rows: int) -> None:
        """Move through the table in a low terminal."""
        self.query_one(KeyTable).scroll(rows)
