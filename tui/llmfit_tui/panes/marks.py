"""Marks that tell ratings and memory apart by shape as well as by colour, and their ASCII stand-ins."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Marks:
    """Glyphs of the explorer."""

    levels: tuple[str, str, str, str, str, str]
    """By rating level, 0 to 5."""
    other_engine: str
    star: str
    own: str
    """A person's own machine."""
    cursor: str
    bar: tuple[str, str, str, str, str]
    """Weights, cache, compute, driver, free."""
    more: str
    dash: str
    middot: str


UNICODE = Marks(("○", "◌", "◔", "◑", "◕", "●"), "·", "★", "⌂", "▌", ("█", "▓", "▒", "░", "·"), "…", "–", "·")
ASCII = Marks((".", "x", "o", "c", "O", "@"), "-", "*", "~", ">", ("#", "=", "+", "-", "."), "~", "-", "-")

SHORT_LABELS = ("won't", "crawls", "slow", "usable", "well", "great")
ENGINE_LABELS = {"ik_llama.cpp": "ik", "exllamav2": "exl2", "exllamav3": "exl3", "transformers": "hf"}
