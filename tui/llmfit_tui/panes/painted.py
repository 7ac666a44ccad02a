"""A widget drawn line by line from spans of toned text, which sends only the columns that changed.

A frame is a list of lines, a line a tuple of spans, a span a text and the name of a tone. After `repaint` the
new frame is made, compared with the one on screen, and only the spans that differ are sent: over a slow line
that is most of what a key press costs.
"""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from llmfit_tui.core.errors import printable
from llmfit_tui.panes.direct import Run, frames_of, sequences
from llmfit_tui.panes.tones import style_of

Span = tuple[str, str]
Line = tuple[Span, ...]

AT_CURSOR, AT_RESTING_CURSOR = "@cursor", "@resting"


LONG_ENDING, SHORT_ENDING = " instruct", " Inst"
"""Nearly half of all models end so; what stands before it tells them apart."""
ELLIPSIS = "…"


def fitted(text: str, width: int, right: bool = False) -> str:
    """The text in exactly `width` cells: padded, or shortened in the middle with an ellipsis."""
    if not text.isprintable():
        text = printable(text)
    size = len(text) if text.isascii() else cell_len(text)
    if size > width and text.lower().endswith(LONG_ENDING):
        name = text[: -len(LONG_ENDING)]
        room = width - cell_len(name)
        text = name + (SHORT_ENDING if room >= len(SHORT_ENDING) else ELLIPSIS if room else "")
        size = cell_len(text)
    if size > width:
        return set_cell_size(shortened(text, width), width)
    return " " * (width - size) + text if right else text + " " * (width - size)


def shortened(text: str, width: int) -> str:
    """A long text with its middle left out."""
    if width <= 1 or len(text) <= width:
        return text[: max(width, 0)]
    head = (width - 1) * 2 // 3
    tail = width - 1 - head
    return f"{text[:head]}…{text[-tail:] if tail else ''}"


def sentence(parts: Sequence[str], width: int, joint: str = " · ") -> str:
    """As many parts as fit on one line, and a first one cut at its end where even that is too long."""
    line = printable(parts[0]) if parts else ""
    for part in map(printable, parts[1:]):
        if cell_len(line) + cell_len(joint) + cell_len(part) > width:
            break
        line += joint + part
    return line if cell_len(line) <= width else set_cell_size(line, max(width - 1, 0)).rstrip() + "…"


def width_of(line: Line) -> int:
    """Cells a line takes."""
    return sum([len(text) if text.isascii() else cell_len(text) for text, _ in line])


def cells(text: str) -> int:
    """Cells a text takes."""
    return len(text) if text.isascii() else cell_len(text)


def merged(line: Sequence[Span]) -> list[Span]:
    """The line with neighbours of one tone joined, and blanks taking a neighbour's: fewer colours to send."""
    joined: list[Span] = []
    for text, tone in line:
        if joined:
            before, tone_before = joined[-1]
            same_ground = _ground(tone_before) == _ground(tone)
            if tone_before == tone or (same_ground and text.isspace()):
                joined[-1] = (before + text, tone_before)
                continue
            if same_ground and before.isspace():
                joined[-1] = (before + text, tone)
                continue
        joined.append((text, tone))
    return joined


def _ground(tone: str) -> str:
    return tone.partition("@")[2]


def changed_runs(old: Line, new: Line) -> list[tuple[int, list[Span]]]:
    """What to write over a line that shows `old` to show `new`: the column of each run, and its spans.

    Both are of one width. Spans of one width are compared in pairs; from the first that is not, all the rest
    is sent.
    """
    runs: list[tuple[int, list[Span]]] = []
    x, end, pairs = 0, -1, len(old)
    for i, span in enumerate(new):
        size = cells(span[0])
        if i < pairs:
            before = old[i]
            if before == span:
                x += size
                continue
            if cells(before[0]) != size:
                pairs = i
        if end == x:
            runs[-1][1].append(span)
        else:
            runs.append((x, [span]))
        x = end = x + size
    return runs


def exactly(line: Line, width: int) -> Line:
    """The line cut at its end, or with blanks behind it."""
    size = width_of(line)
    if size < width:
        return (*line, (" " * (width - size), "text"))
    if size == width:
        return line
    kept: list[Span] = []
    for text, tone in line:
        kept.append((set_cell_size(text, min(cells(text), width)), tone))
        width -= cells(text)
        if width <= 0:
            break
    return tuple(kept)


def rule(width: int, title: str, tallies: Sequence[str], tone: str, beside: str = "") -> Line:
    """The line above a pane: its name on the left, and on the right the first tally that fits.

    `beside`: panes that could stand here instead.
    """
    left, others = f"{printable(title)} ", f"{beside} " if beside else ""
    room = width - cell_len(left) - cell_len(others) - 5
    tally = next((f" {one} " for one in tallies if one and cell_len(one) + 3 <= room), "")
    gap = max(room - cell_len(tally), 0)
    return (
        ("── ", "free"),
        (left, tone),
        (others, "dim"),
        ("─" * gap, "free"),
        (tally, "dim"),
        ("──", "free"),
    )


class Painted(Widget):
    """Base of every pane: subclasses say what is on each line."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._frame: list[Line] = []
        self._frame_size = Size(0, 0)
        self._renews = False
        """Whether the frame is older than what it shows."""
        self._styles: dict[str, Style] = {}
        self._ansi: dict[str, tuple[str, str]] = {}

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """The content, top to bottom; fewer lines than `height` leave the rest empty."""
        raise NotImplementedError

    def repaint(self) -> None:
        """Bring the screen up to date with the next frame, sending only what changed."""
        if self._renews or not self.is_attached:
            return
        self._renews = True
        frames_of(self.screen).wait_for(self)

    def renewed(self) -> list[Run] | None:
        """The runs of the new frame that differ from the last one; None where all of it does."""
        self._renews = False
        size = self.content_size
        if not size or not self.is_on_screen:
            self.outdate()  # made anew when it comes up
            return []
        old, old_size = self._frame, self._frame_size
        self._make_frame()
        if old_size != size:
            return None
        runs: list[Run] = []
        for y, (before, after) in enumerate(zip(old, self._frame, strict=True)):
            if before is not after:
                runs += [(y, x, merged(spans)) for x, spans in changed_runs(before, after)]
        if runs:
            self._styles_cache.clear()  # what Textual keeps of these lines, for when it paints them
        return runs

    def outdate(self) -> None:
        """The frame shows what is no longer so; the next time a line is asked for it is made anew."""
        self._renews = False
        self._frame_size = Size(0, 0)

    @property
    def is_on_screen(self) -> bool:
        """False for a pane that another one hides."""
        return self.display and self.is_attached

    def _make_frame(self) -> None:
        size, width = self.content_size, self.content_size.width
        old = self._frame if self._frame_size.width == width else []
        self._frame_size = size
        made = [*self.lines(width, size.height)][: size.height]
        made += [()] * (size.height - len(made))
        for y, line in enumerate(made):
            # A line already on screen is that very object: nothing to compare.
            made[y] = old[y] if y < len(old) and old[y] == line else exactly(line, width)
        self._frame = made

    def render_line(self, y: int) -> Strip:
        """One line of the frame, as Textual asks for it."""
        if self._frame_size != self.content_size:
            self._make_frame()
        line = self._frame[y] if 0 <= y < len(self._frame) else ()
        strip = Strip([Segment(text, self.tone(tone)) for text, tone in merged(line)])
        return strip.adjust_cell_length(self.content_size.width, self.tone("text"))

    def tone(self, name: str) -> Style:
        """The style of a tone, resolved once for each theme."""
        found = self._styles.get(name)
        if found is None:
            found = self._styles[name] = style_of(self, name)
        return found

    def ansi(self, tone: str) -> tuple[str, str]:
        """What the terminal gets before and after a text of this tone."""
        found = self._ansi.get(tone)
        if found is None:
            found = self._ansi[tone] = sequences(self, self.tone(tone))
        return found

    def notify_style_update(self) -> None:
        """The theme changed: every resolved style is stale."""
        self._styles.clear()
        self._ansi.clear()
        super().notify_style_update()
