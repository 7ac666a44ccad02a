"""What all screens above the explorer are: left once, however often and fast somebody asks for it."""

from collections.abc import Sequence
from typing import Self

from rich.segment import Segment
from rich.style import Style
from textual.await_complete import AwaitComplete
from textual.color import Color
from textual.geometry import Region, Size
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.strip import Strip


class Above(Screen[ScreenResultType]):
    """A screen above another."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Leave it. A second click or Escape on its way would take away the screen below as well."""
        return super().dismiss(result) if self.is_active else AwaitComplete()


class Modal(Above[ScreenResultType], ModalScreen[ScreenResultType]):
    """A screen through which the one below is seen, faint.

    Textual mixes the colours of every segment below anew for each paint, which is half of what it takes to
    open one. There are few styles on a screen: each is mixed once, and lines are kept while nothing changes.
    """

    _behind: tuple[Size, list[Strip]] | None = None

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Also asked for where the screen below has changed."""
        self._behind = None
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def notify_style_update(self) -> None:
        """The theme changed."""
        self._behind = None
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The screen below, its colours nearer to the background."""
        stack = self.app.screen_stack  # pyright: ignore[reportUnknownMemberType]
        place = stack.index(self) if self in stack else 0
        if not place:
            return super().render_lines(crop)
        if self._behind is None or self._behind[0] != self.size:
            below = stack[place - 1]._compositor.render_strips()  # pyright: ignore[reportPrivateUsage]
            self._behind = self.size, _sized(_faint(below, self.styles.background), self.size)
        lines = self._behind[1]
        # While the window grows, the screen below is still of its old size.
        return [
            (lines[y] if y < len(lines) else Strip.blank(0)).crop_extend(crop.x, crop.right, None)
            for y in range(crop.y, crop.bottom)
        ]


def _sized(lines: list[Strip], size: Size) -> list[Strip]:
    """So many lines of this width: while the window changes, the screen below still has its former size."""
    sized = [line.adjust_cell_length(size.width) for line in lines[: size.height]]
    return sized + [Strip.blank(size.width)] * (size.height - len(sized))


def _faint(strips: Sequence[Strip], cover: Color) -> list[Strip]:
    """The strips with a colour of some transparence laid over them."""
    made: dict[Style | None, Style] = {None: Style()}
    lines: list[Strip] = []
    for strip in strips:
        segments: list[Segment] = []
        for text, style, _ in strip:
            if style is not None and style not in made:
                made[style] = _covered(style, cover)
            segments.append(Segment(text, made[style]))
        lines.append(Strip(segments, strip.cell_length))
    return lines


def _covered(style: Style, cover: Color) -> Style:
    """The style with a colour of some transparence laid over it, and nothing to click."""
    ink, ground = (
        (Color.from_rich_color(colour) + cover).rich_color if colour is not None else None
        for colour in (style.color, style.bgcolor)
    )
    return style.clear_meta_and_links() + Style.from_color(ink, ground)
