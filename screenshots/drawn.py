"""What is drawn: scenes by themselves, and every view once for the sheets."""

from collections.abc import Sequence
from dataclasses import dataclass

FIND_27B = ("slash", *"qwen3", "full_stop", *"6", "space", *"27b", "escape")


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture: keys pressed one by one at a size."""

    name: str
    size: tuple[int, int]
    keys: Sequence[str] = ()


SCENES = (
    Scene("explorer", (160, 45)),
    Scene("explorer-light", (160, 45), ("t",)),
    Scene("explorer-80x24", (80, 24)),
    Scene("choosing-a-quantization", (120, 36), (*FIND_27B, "2", "asterisk")),
    Scene("why", (120, 36), ("3", "enter")),
    Scene("fit-map", (120, 36), (*FIND_27B, "g")),
    Scene("chart-memory", (120, 36), (*FIND_27B, "G")),
    Scene("chart-models", (120, 36), (*FIND_27B, "G", "4", "up")),
    Scene("model-page", (160, 45), (*FIND_27B, "I")),
    Scene("ranking", (160, 45), ("r", "u", "a", "a", "a")),
    Scene("plan", (160, 45), (*FIND_27B, "P", "down")),
    Scene("compare", (120, 36), ("plus", "3", "down", "plus", "2", "down", "equals_sign")),
    Scene("take-away", (120, 36), ("c",)),
    Scene("help", (120, 36), ("question_mark",)),
)
SMALL = (80, 24)
EVERY_VIEW = tuple(
    Scene(name, SMALL, keys)
    for name, keys in {
        "models": (),
        "quantizations": (*FIND_27B, "2"),
        "hardware": ("3",),
        "filter": ("slash", *"coder", "space", "less_than_sign", *"15B"),
        "filter-error": ("slash", *"ctx", "greater_than_sign", *"lots"),
        "why": ("3", "enter"),
        "tensors": ("v",),
        "map": (*FIND_27B, "g"),
        "map-hardware": (*FIND_27B, "g", "tab"),
        "map-models": (*FIND_27B, "g", "tab", "tab"),
        "chart-memory": (*FIND_27B, "G"),
        "chart-speed": (*FIND_27B, "G", "2"),
        "chart-quality": (*FIND_27B, "G", "3"),
        "chart-models": (*FIND_27B, "G", "4"),
        "compare": ("plus", "3", "down", "plus", "2", "down", "equals_sign"),
        "two-machines": ("plus", "3", "down", "plus", "equals_sign", "h"),
        "plan": (*FIND_27B, "P", "down"),
        "ranking": ("r",),
        "page": (*FIND_27B, "I"),
        "take-away": ("c",),
        "palette": ("colon", *"qwen3", "space", "8"),
        "recent": ("F", "R"),
        "themes": ("T",),
        "help": ("question_mark",),
        "profile": ("n",),
        "export": ("E",),
        "open": ("o",),
    }.items()
)
"""At the size of an old terminal."""
LOOKS = {
    "dark": "llmfit-dark",
    "light": "llmfit-light",
    "contrast": "llmfit-contrast",
    "16": "llmfit-16",
    "ascii": "llmfit-dark",
}
"""Sheets, and their themes; the last in a locale without UTF-8."""
