"""Colours: dark, light, high contrast, one for terminals of sixteen colours, and none at all."""

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

DARK = Theme(
    name="llmfit-dark",
    primary="#4c9ed9",
    secondary="#b48ead",
    accent="#7fd1c7",
    warning="#e0b155",
    error="#e06c75",
    success="#8cc265",
    foreground="#d7dce2",
    background="#12161c",
    surface="#171c24",
    panel="#222a35",
    dark=True,
)
LIGHT = Theme(
    name="llmfit-light",
    primary="#1f6fb2",
    secondary="#8a4f96",
    accent="#0b7a75",
    warning="#9a6700",
    error="#b3261e",
    success="#2f7d32",
    foreground="#1f2328",
    background="#fbfbf9",
    surface="#f3f3ef",
    panel="#e4e4de",
    dark=False,
    variables={"cursor-ground": "#1f6fb2 45%", "resting-ground": "#1f6fb2 18%"},
)
CONTRAST = Theme(
    name="llmfit-contrast",
    primary="#6cb6ff",
    secondary="#ff9de0",
    accent="#ffe600",
    warning="#ffc400",
    error="#ff9a91",
    success="#7dff7a",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1c1c1c",
    dark=True,
    variables={
        "text": "#ffffff",
        "text-muted": "#e6e6e6",
        "text-disabled": "#b8b8b8",
        "success-lighten-2": "#c6ffb8",
        "warning-darken-1": "#ffd9a0",
        "cursor-ground": "#003e9c",
        "resting-ground": "#333333",
    },
)
SIXTEEN = Theme(
    name="llmfit-16",
    primary="#5555ff",
    secondary="#ff55ff",
    accent="#55ffff",
    warning="#ffff55",
    error="#ff5555",
    success="#55ff55",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    dark=True,
    variables={
        "text": "#ffffff",
        "text-muted": "#aaaaaa",
        "text-disabled": "#555555",
        # As above once more: Textual's way through other colour spaces rounds them.
        "primary": "#5555ff",
        "secondary": "#ff55ff",
        "accent": "#55ffff",
        "warning": "#ffff55",
        "error": "#ff5555",
        "success": "#55ff55",
        "success-lighten-2": "#00aa00",
        "warning-darken-1": "#aa5500",
        "cursor-ground": "#0000aa",
        "resting-ground": "#555555",
    },
)
"""Exactly the colours such a terminal has, so that none is rounded to another."""
THEMES = {DARK.name: DARK, LIGHT.name: LIGHT, CONTRAST.name: CONTRAST, SIXTEEN.name: SIXTEEN}
SAID = {
    DARK.name: "dark",
    LIGHT.name: "light",
    CONTRAST.name: "high contrast",
    SIXTEEN.name: "sixteen colours",
}
GROUNDS = {"cursor-ground": "#4c9ed9 45%", "resting-ground": "#4c9ed9 18%"}
"""Of the row under the cursor, with the keys and without, where a theme says nothing."""
FEW_COLOURS = frozenset({"standard", "windows"})
"""Rich's words for a terminal that has sixteen colours or fewer."""


def theme_for(wanted: str, colour_system: str | None) -> str:
    """The theme wanted, or the one of sixteen colours where the terminal has no more."""
    return SIXTEEN.name if colour_system in FEW_COLOURS else wanted


class NoColour(LineFilter):
    """NO_COLOR: weight, slant and reverse are left. Textual's own answer is shades of grey."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with no colour in them."""
        del background
        return [
            Segment(text, style.without_color if style else style, control)
            for text, style, control in segments
        ]
