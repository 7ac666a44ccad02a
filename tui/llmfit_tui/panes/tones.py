"""What the tones of painted text look like: colours of the theme by name, found when they are first used.

Component classes of CSS would do the same for three times the work: a rule for each, which every pane
matches whether it shows the tone or not, at the start, with every view and with every window size.
"""

from collections.abc import Mapping
from typing import NamedTuple

from rich.style import Style
from textual.color import Color
from textual.widget import Widget


class Tone(NamedTuple):
    """Names of theme colours; empty: the pane's own."""

    ink: str = ""
    bold: bool | None = None
    italic: bool | None = None


class Under(NamedTuple):
    """What is laid below the text of a row."""

    ground: str = ""
    bold: bool | None = None


RATINGS = {
    "level-5": Tone("success"),
    "level-4": Tone("level-4"),
    "level-3": Tone("warning"),
    "level-2": Tone("level-2"),
    "level-1": Tone("error"),
    "level-0": Tone("level-0"),
}
PARTS = {
    "weights": Tone("primary"),
    "cache": Tone("secondary"),
    "compute": Tone("warning"),
    "driver": Tone("text-muted"),
    "beside": Tone("accent"),
    "free": Tone("text-disabled"),
    "over": Tone("error", bold=True),
}
TONES = {
    "text": Tone("text"),
    "dim": Tone("text-muted"),
    "head": Tone("text-muted", italic=True),
    "title": Tone("accent", bold=True),
    "bold": Tone(bold=True),
    "accent": Tone("accent"),
    "key": Tone("accent", bold=True),
    **RATINGS,
    **PARTS,
}
UNDER = {
    "cursor": Under("cursor-ground", bold=True),
    "resting": Under("resting-ground"),
    "strong": Under(bold=True),
}


def style_of(pane: Widget, name: str) -> Style:
    """The style of a tone, or of `tone@what is under it`, on the ground of a pane."""
    name, _, under = name.partition("@")
    ground, colours = pane.background_colors[1], pane.app.theme_variables  # pyright: ignore[reportUnknownMemberType]
    tone = TONES[name]
    style = pane.rich_style + Style(bold=tone.bold, italic=tone.italic)
    if tone.ink:
        style += Style(color=_laid(ground, tone.ink, colours).rich_color)
    if under:
        below = UNDER[under]
        laid = _laid(ground, below.ground, colours) if below.ground else ground
        style += Style(bgcolor=laid.rich_color, bold=below.bold)
    return style


def _laid(ground: Color, name: str, colours: Mapping[str, str]) -> Color:
    """A colour of the theme over the ground; `auto` is what can be read on it."""
    colour, _, share = colours[name].partition(" ")
    alpha = float(share.rstrip("%")) / 100 if share else 1.0
    if colour == "auto":
        return ground + ground.get_contrast_text(alpha)
    return ground + Color.parse(colour).multiply_alpha(alpha)
