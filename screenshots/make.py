"""Pictures of the explorer, made from the explorer: python screenshots/make.py

A PNG of each scene beside this file, and `views-LOOK.png` with every view at 80 x 24 in that look; where
rsvg-convert is not installed, an SVG of each scene instead. A third as large where pngquant is.
"""

import asyncio
import os
import re
import shutil
import subprocess
from html import escape, unescape
from pathlib import Path

from textual.events import Key
from textual.keys import key_to_character

from drawn import EVERY_VIEW, LOOKS, SCENES, Scene
from llmfit_tui.app import LlmfitApp
from llmfit_tui.cli.explore import first_scenario
from llmfit_tui.cli.glyphs import in_ascii
from llmfit_tui.storage.catalogs import Catalog

FOLDER = Path(__file__).parent
PNG_WIDTH = 1600
ACROSS, TILE, GAP = 3, 480, 8
"""A sheet: pictures in a row, and their width."""
CELL_WIDTH = 12.2
"""Of Rich's SVG, whose letters are 20 high."""
TEXT = re.compile(r'<text class="([^"]*)" x="([^"]*)"( y="[^"]*") textLength="[^"]*"[^>]*>([^<]*)</text>')
SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
ROUNDS = 24
"""A key travels from its pane to the screen, the panes, the estimate, and a frame later to the counts."""


async def pictures(scene: Scene, catalog: Catalog, themes: list[str]) -> list[str]:
    """The scene as SVG, in each of the themes; empty: the first one."""
    app = LlmfitApp(catalog, first_scenario(catalog))
    app.rests_after_s = 0  # with all that is shown once the cursor rests
    async with app.run_test(size=scene.size) as pilot:
        for key in ("", *scene.keys):
            if key:
                app.post_message(Key(key, key_to_character(key)))
            for _ in range(ROUNDS):
                await pilot.pause(0)
        drawn: list[str] = []
        for theme in themes:
            if theme:
                app.theme = theme
                for _ in range(ROUNDS):
                    await pilot.pause(0)
            drawn.append(app.export_screenshot(title=f"llmfit-tui: {scene.name}", simplify=True))
        return drawn


def letter_by_letter(svg: str, ascii_only: bool = False) -> str:
    """Every letter at its own place: converters ignore textLength, and letters drift out of their columns."""

    def spread(text: re.Match[str]) -> str:
        kind, x, rest, letters = text.groups()
        shown = in_ascii(unescape(letters)) if ascii_only else unescape(letters)
        return "".join(
            f'<text xml:space="preserve" class="{kind}" x="{float(x) + CELL_WIDTH * i:.1f}"{rest}>'
            f"{escape(letter)}</text>"
            for i, letter in enumerate(shown)
            if not letter.isspace()
        )

    return TEXT.sub(spread, svg)


def sheet(svgs: list[str]) -> str:
    """Pictures side by side, as one SVG."""
    placed: list[str] = []
    y = high = 0.0
    for number, svg in enumerate(svgs):
        size = SIZE.search(svg)
        assert size is not None
        width, height = map(float, size.groups())
        column = number % ACROSS
        if not column:
            y, high = y + high, 0.0
        high = max(high, TILE * height / width + GAP)
        inner = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
        # Names of styles are those of one picture, whichever others stand beside it.
        inner = inner.replace("terminal-", f"view{number}-terminal-")
        left, tall = column * (TILE + GAP), TILE * height / width
        placed.append(
            f'<svg x="{left}" y="{y:.0f}" width="{TILE}" height="{tall:.0f}" viewBox="0 0 {width} {height}">'
            f"{inner}</svg>"
        )
    across = ACROSS * (TILE + GAP)
    frame = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {y + high:.0f}">'
    return "".join((frame, *placed, "</svg>"))


def convert(svg: str, target: Path, converter: str, width: int) -> None:
    """A PNG of an SVG."""
    subprocess.run(
        [converter, "--unlimited", "--width", str(width), "--output", str(target)],
        input=svg.encode(),
        check=True,
    )
    if smaller := shutil.which("pngquant"):
        subprocess.run([smaller, "--force", "--ext", ".png", "48", str(target)], check=True)
    print(target.name)


def main() -> None:
    """All scenes, and the sheets."""
    os.environ.pop("NO_COLOR", None)
    os.environ["LLMFIT_TUI_DETECT"] = "off"
    catalog = Catalog()
    converter = shutil.which("rsvg-convert")
    for scene in SCENES:
        [svg] = asyncio.run(pictures(scene, catalog, [""]))
        if converter:
            convert(letter_by_letter(svg), FOLDER / f"{scene.name}.png", converter, PNG_WIDTH)
        else:
            (FOLDER / f"{scene.name}.svg").write_text(svg, encoding="utf-8")
    if not converter:
        print(
            "No PNGs: rsvg-convert is not installed (apt-get install librsvg2-bin pngquant fonts-firacode)."
        )
        return
    views = [asyncio.run(pictures(scene, catalog, list(LOOKS.values()))) for scene in EVERY_VIEW]
    for number, look in enumerate(LOOKS):
        drawn = [letter_by_letter(view[number], look == "ascii") for view in views]
        convert(sheet(drawn), FOLDER / f"views-{look}.png", converter, ACROSS * (TILE + GAP))


if __name__ == "__main__":
    main()
