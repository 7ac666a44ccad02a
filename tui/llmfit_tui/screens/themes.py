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
    error="#f48b93",
    success="#8cc265",
    foreground="#d7dce2",
    background="#12161c",
    surface="#171c24",
    panel="#222a35",
    dark=True,
    variables={
        "text-muted": "#a9afb8",
        "level-4": "#bde68f",
        "level-2": "#e39a58",
        "level-0": "#a9afb8",
        "cursor-ground": "#1f4160",
        "resting-ground": "#1a2b3c",
    },
)
LIGHT = Theme(
    name="llmfit-light",
    primary="#1f6fb2",
    secondary="#8a4f96",
    accent="#08645f",
    warning="#7a5200",
    error="#a8231b",
    success="#1f6a24",
    foreground="#1f2328",
    background="#fbfbf9",
    surface="#f3f3ef",
    panel="#e4e4de",
    dark=False,
    variables={
        "text-muted": "#4d5157",
        "level-4": "#4a6500",
        "level-2": "#8f4500",
        "level-0": "#5c5f64",
        "cursor-ground": "#c4dcf0",
        "resting-ground": "#e2edf6",
    },
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
        "level-4": "#c6ffb8",
        "level-2": "#ffd9a0",
        "level-0": "#b8b8b8",
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
        # Neighbours share a colour: the darker one of the sixteen cannot be read on every ground.
        "level-4": "#55ff55",
        "level-2": "#ffff55",
        "level-0": "#aaaaaa",
        "cursor-ground": "#0000aa",
        "resting-ground": "#000000",
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
OWN_VARIABLES = {name: str(DARK.variables[name]) for name in DARK.variables if name != "text-muted"}
"""What our themes say beside Textual's variables, for a theme that does not: the ratings between green and
red, and the ground of the row under the cursor, with the keys and without."""
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
