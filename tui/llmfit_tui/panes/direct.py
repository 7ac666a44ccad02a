"""What changed in several panes, written to the terminal as one frame, past Textual's compositor.

Textual renders every line of a dirty region anew, lays it out among its neighbours, and cuts it out again:
three quarters of what a key costs. A pane that keeps its lines knows what changed, and nothing lies above it
on the screen in front, so that text can go out as it is. Where that does not hold (another screen in front, a
layout that waits, a Textual without what this rests on), Textual paints the same lines as it always does:
it asks the pane for them.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from llmfit_tui.panes.painted import Painted

try:
    from textual._compositor import CompositorUpdate
except ImportError:  # a Textual built otherwise
    CompositorUpdate = None

Run = tuple[int, int, Sequence[tuple[str, str]]]
"""Line and column where it begins, and its spans."""


class Frames:
    """Panes of one screen that wait for the next frame."""

    def __init__(self, screen: Screen[Any]) -> None:
        self._screen = screen
        self._waiting: dict[Painted, None] = {}

    def wait_for(self, pane: "Painted") -> None:
        """Paint the pane once the present message is worked off, with all others that wait by then."""
        if not self._waiting and is_seen(self._screen):
            self._screen.call_next(self.paint)
        self._waiting[pane] = None

    def paint(self) -> None:
        """One frame of what changed in all panes that wait; behind another screen they go on waiting."""
        if not is_seen(self._screen):
            return
        waiting, self._waiting = self._waiting, {}
        direct = self._is_direct()
        written: list[str] = []
        for pane in waiting:
            runs = pane.renewed()
            if runs is None:
                pane.refresh()
                continue
            if not runs:
                continue
            corner = _corner(pane) if direct else None
            if corner is None:
                for y, x, spans in runs:
                    pane.refresh(Region(x, y, sum(cell_len(text) for text, _ in spans), 1))
            else:
                written.append(_sequence(pane, runs, corner))
        if written:
            _display(self._screen, "".join(written))

    def catch_up(self) -> None:
        """The screen is seen again and painted by Textual, which asks the panes that wait for new lines."""
        waiting, self._waiting = self._waiting, {}
        for pane in waiting:
            pane.outdate()
            pane.refresh()

    def _is_direct(self) -> bool:
        """Whether the screen is in front, and Textual can be passed by."""
        app = cast("Any", self._screen.app)  # pyright: ignore[reportUnknownMemberType]
        if CompositorUpdate is None or not hasattr(app, "_display"):
            return False
        return app.screen is self._screen and not getattr(app, "_batch_count", 1)


def is_seen(screen: Screen[Any]) -> bool:
    """Whether no other screen covers it whole."""
    for one in reversed(screen.app.screen_stack):  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        if one is screen:
            return True
        if not one.is_modal:
            break
    return False


FRAMES = "_llmfit_frames"


def frames_of(screen: Screen[Any]) -> Frames:
    """The frames of a screen, kept on it: they know the screen, and elsewhere would keep it alive."""
    return vars(screen).get(FRAMES) or vars(screen).setdefault(FRAMES, Frames(screen))


def sequences(pane: Widget, style: Style) -> tuple[str, str]:
    """What the terminal gets before and after a text of this style in the pane, its ground laid below."""
    base, ground = pane.background_colors
    whole = Style(bgcolor=(base + ground).rich_color) + style
    strip = Strip([Segment("\0", whole)])
    for line_filter in pane.get_line_filters():
        strip = strip.apply_filter(line_filter, ground)
    before, _, after = strip.render(pane.app.console).partition("\0")  # pyright: ignore[reportUnknownMemberType]
    return before, after


def _corner(pane: Widget) -> tuple[int, int] | None:
    """Column and row of the content's corner on screen; None where not all of it can be seen."""
    place = pane.screen.find_widget(pane)
    if place.visible_region != place.region:
        return None
    content = pane.content_region
    return content.x, content.y


def _sequence(pane: "Painted", runs: Sequence[Run], corner: tuple[int, int]) -> str:
    left, top = corner
    written: list[str] = []
    for y, x, spans in runs:
        written.append(f"\x1b[{top + y + 1};{left + x + 1}H")
        for text, tone in spans:
            before, after = pane.ansi(tone)
            written.append(f"{before}{text}{after}")
    return "".join(written)


def _display(screen: Screen[Any], text: str) -> None:
    """As Textual displays an update: whole, and only where there is a terminal that runs."""
    cast("Any", screen.app)._display(screen, _written()(text))  # pyright: ignore[reportUnknownMemberType]


@cache
def _written() -> Callable[[str], Any]:
    """Makes an update of what the terminal is to get."""
    assert CompositorUpdate is not None

    class Written(CompositorUpdate):
        def __init__(self, text: str) -> None:
            self._text = text

        def render_segments(self, console: Any) -> str:
            del console
            return self._text

    return Written
