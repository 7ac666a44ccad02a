"""Pictures of the explorer, made from the explorer: python screenshots/make.py

Writes an SVG for each scene beside this file, byte for byte the same from run to run, and a PNG of each
where rsvg-convert is installed, a third as large where pngquant is.
"""

import asyncio
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path

from textual.events import Key
from textual.keys import key_to_character

from llmfit_tui.app import LlmfitApp
from llmfit_tui.cli.explore import first_scenario
from llmfit_tui.storage.catalogs import Catalog

FOLDER = Path(__file__).parent
PNG_WIDTH = 1600
CELL_WIDTH = 12.2
"""Of Rich's SVG, whose letters are 20 high."""
TEXT = re.compile(r'<text class="([^"]*)" x="([^"]*)"( y="[^"]*") textLength="[^"]*"[^>]*>([^<]*)</text>')
ROUNDS = 24
"""A key travels from its pane to the screen, the panes, the estimate, and a frame later to the counts."""
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
    Scene(
        "choosing-a-quantization",
        (120, 36),
        (*FIND_27B, "2", "asterisk"),
    ),
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


async def picture(scene: Scene, catalog: Catalog) -> str:
    """The scene as SVG."""
    app = LlmfitApp(catalog, first_scenario(catalog))
    app.rests_after_s = 0  # with all that is shown once the cursor rests
    async with app.run_test(size=scene.size) as pilot:
        for key in ("", *scene.keys):
            if key:
                app.post_message(Key(key, key_to_character(key)))
            for _ in range(ROUNDS):
                await pilot.pause(0)
        return app.export_screenshot(title="llmfit-tui", simplify=True)


def letter_by_letter(svg: str) -> str:
    """Every letter at its own place: converters ignore textLength, and letters drift out of their columns."""

    def spread(text: re.Match[str]) -> str:
        kind, x, rest, letters = text.groups()
        return "".join(
            f'<text xml:space="preserve" class="{kind}" x="{float(x) + CELL_WIDTH * i:.1f}"{rest}>'
            f"{escape(letter)}</text>"
            for i, letter in enumerate(unescape(letters))
            if not letter.isspace()
        )

    return TEXT.sub(spread, svg)


def convert(svg: Path, converter: str) -> None:
    """A PNG beside an SVG."""
    subprocess.run(
        [converter, "--width", str(PNG_WIDTH), "--output", str(svg.with_suffix(".png"))],
        input=letter_by_letter(svg.read_text(encoding="utf-8")).encode(),
        check=True,
    )
    if smaller := shutil.which("pngquant"):
        subprocess.run([smaller, "--force", "--ext", ".png", "128", str(svg.with_suffix(".png"))], check=True)


def main() -> None:
    """All scenes."""
    os.environ.pop("NO_COLOR", None)
    os.environ["LLMFIT_TUI_DETECT"] = "off"
    catalog = Catalog()
    converter = shutil.which("rsvg-convert")
    for scene in SCENES:
        svg = FOLDER / f"{scene.name}.svg"
        svg.write_text(asyncio.run(picture(scene, catalog)), encoding="utf-8")
        if converter:
            convert(svg, converter)
        print(svg.name, "and its PNG" if converter else "")
    if not converter:
        print(
            "No PNGs: rsvg-convert is not installed (apt-get install librsvg2-bin pngquant fonts-firacode)."
        )


if __name__ == "__main__":
    main()
