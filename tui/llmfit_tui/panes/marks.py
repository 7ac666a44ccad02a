"""Marks that tell ratings and memory apart by shape as well as by colour, and their ASCII stand-ins."""

from llmfit_tui.core.record import record


@record
class Marks:
    """Glyphs of the explorer."""

    levels: tuple[str, str, str, str, str, str]
    """By rating level, 0 to 5."""
    other_engine: str
    star: str
    own: str
    """A person's own machine or model."""
    cursor: str
    bar: tuple[str, str, str, str, str, str]
    """Weights, cache, compute, driver, what is loaded beside the model, free."""
    caret: str
    """Where the next letter of a filter goes."""
    dash: str
    more: str
    """There is more below."""

    def quoted(self, text: str) -> str:
        """A text in quotation marks."""
        return f"“{text}”"


UNICODE = Marks(
    ("○", "◌", "◔", "◑", "◕", "●"), "·", "★", "⌂", "▌", ("█", "▓", "▒", "░", "▞", "·"), "▏", "–", "▼"
)

SHORT_LABELS = ("won't", "crawls", "slow", "usable", "well", "great")
ENGINE_LABELS = {
    "llama.cpp": "llama",
    "ik_llama.cpp": "ik",
    "exllamav2": "exl2",
    "exllamav3": "exl3",
    "transformers": "hf",
}
