"""The help lists every key of the table; every colour resolves in the dark and in the light."""

import ast
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich._palettes import STANDARD_PALETTE as ANSI_COLOURS
from rich.color_triplet import ColorTriplet
from stage import CLASSIC, LEAST, WIDE, Stage, on_stage

import llmfit_tui
from llmfit_tui.cli.glyphs import in_ascii
from llmfit_tui.panes.painted import AT_CURSOR, AT_RESTING_CURSOR
from llmfit_tui.panes.tones import TONES
from llmfit_tui.screens.help import KeyTable
from llmfit_tui.screens.keys import KEYS, VIEWS
from llmfit_tui.screens.themes import CONTRAST, LIGHT, SIXTEEN, THEMES, theme_for
from llmfit_tui.storage.catalogs import Catalog

LEAST_CONTRAST, WELL = 4.5, 7.0
"""What WCAG 2 asks for of text, and at its highest level."""
GRAPHIC = 3.0
"""Of bars, and of red where there are sixteen colours."""
SIXTEEN_COLOURS = [ANSI_COLOURS[number] for number in range(16)]
BARS = {"weights", "cache", "compute", "driver", "beside", "over"}


@pytest.mark.parametrize("size", [WIDE, CLASSIC, LEAST])
async def test_the_help_tells_every_key_in_full(catalog: Catalog, size: tuple[int, int]) -> None:
    async with on_stage(catalog, size) as stage:
        await stage.press("question_mark")
        read = _all_of_the_help(stage)
        for key in (*KEYS, *(key for keys in VIEWS.values() for key in keys)):
            if key.shown:
                assert f"{key.shown} {key.does}" in read
        await stage.press("end")
        assert "Marks" in stage.text
        assert all(word in stage.text for word in ("great", "well", "usable", "slow", "crawls", "won't"))


def _all_of_the_help(stage: Stage) -> str:
    """Every line of the help, with single blanks."""
    table = stage.app.screen.query_one(KeyTable)
    lines = table.lines(table.content_size.width, 1000)
    return " ".join("".join(text for line in lines for text, _ in (*line, (" ", ""))).split())


@pytest.mark.parametrize(
    ("keys", "first"),
    [
        ((), "Here: Models"),
        (("3",), "Here: Hardware"),
        (("g",), "Here: Fit map"),
        (("enter",), "Here: Why"),
    ],
)
async def test_the_help_begins_with_the_keys_of_where_one_is(
    catalog: Catalog, keys: Sequence[str], first: str
) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        await stage.press(*keys)
        await stage.press("question_mark")
        assert first in stage.text.splitlines()[1]


async def test_the_help_is_as_high_as_the_window_and_says_how_to_see_the_rest(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        await stage.press("question_mark")
        lines = stage.text.splitlines()
        assert "─ Keys ─" in lines[0]
        assert "Escape: back" in lines[-1]


@pytest.mark.parametrize("key", ["escape", "question_mark", "q", "enter", "f1"])
async def test_any_usual_key_leaves_the_help(catalog: Catalog, key: str) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        before = stage.text
        await stage.press("question_mark")
        assert "Escape: back" in stage.text
        await stage.press(key)
        assert stage.text == before
        assert stage.app.is_running


async def test_keys_of_the_explorer_do_not_act_below_the_help(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        before = stage.scenario
        await stage.press("f1")
        await stage.press("k", "s", "right_square_bracket", "down", "2", "slash", "x")
        await stage.press("escape")
        assert stage.scenario == before
        assert stage.focused == "models"


@pytest.mark.parametrize("size", [CLASSIC, LEAST])
async def test_the_hints_are_whole_words(catalog: Catalog, size: tuple[int, int]) -> None:
    async with on_stage(catalog, size) as stage:
        hints = stage.shows("hints")
        assert "/ filter" in hints
        assert any(hints.endswith(key.hint) for key in KEYS if key.hint)


async def test_t_turns_the_light_on_and_off(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        before = stage.text
        dark = _colours(stage)
        await stage.press("t")
        light = _colours(stage)
        assert stage.text == before
        assert all(light[tone] != dark[tone] for tone in TONES)
        await stage.press("t")
        assert _colours(stage) == dark


async def test_every_tone_can_be_read_in_every_theme(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        for name in THEMES:
            stage.app.theme = name
            await stage.settle()
            for under in ("", AT_CURSOR, AT_RESTING_CURSOR):
                for tone, (ink, ground) in _colours(stage, under).items():
                    if tone == "free" or (tone in BARS and under):
                        continue
                    least = WELL if name == CONTRAST.name and not under else LEAST_CONTRAST
                    if tone in BARS or (name, tone) == (SIXTEEN.name, "level-1"):
                        least = GRAPHIC
                    assert _contrast(ink, ground) > least, (name, tone, under)


async def test_a_theme_is_chosen_from_a_list_and_is_what_will_be_remembered(catalog: Catalog) -> None:
    async with on_stage(catalog) as stage:
        await stage.press("T", *"high", "enter")
        assert stage.app.theme == stage.app.chosen_theme == CONTRAST.name
        await stage.press("t")
        assert stage.app.chosen_theme == LIGHT.name


async def test_a_terminal_of_sixteen_colours_gets_those_and_the_choice_is_kept(catalog: Catalog) -> None:
    assert theme_for(LIGHT.name, "standard") == SIXTEEN.name
    assert theme_for(LIGHT.name, "256") == theme_for(LIGHT.name, None) == LIGHT.name
    async with on_stage(catalog) as stage:
        stage.app.theme = SIXTEEN.name
        await stage.settle()
        for tone, both in _colours(stage).items():
            assert all(colour in SIXTEEN_COLOURS for colour in both), tone
        under = stage.pane("models").tone("text@cursor").bgcolor
        assert under is not None
        assert under.triplet in SIXTEEN_COLOURS


def test_every_glyph_of_the_program_has_a_stand_in_of_ascii() -> None:
    written: set[str] = set()
    top = Path(llmfit_tui.__file__).parent
    reads = top / "core" / "seen"  # words of other languages in what tools print; nothing there is shown
    for path in top.rglob("*.py"):
        if path.is_relative_to(reads):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                written |= {letter for letter in node.value if not letter.isascii()}
    assert {letter for letter in written if "?" in in_ascii(letter)} <= {"\ufeff"}


def _colours(stage: Stage, under: str = "") -> dict[str, tuple[ColorTriplet, ColorTriplet]]:
    """Text and background colour of every tone, by itself or on the ground of a cursor."""
    found: dict[str, tuple[ColorTriplet, ColorTriplet]] = {}
    for tone in TONES:
        style = stage.pane("models").tone(f"{tone}{under}")
        assert style.color is not None
        assert style.bgcolor is not None
        assert style.color.triplet is not None
        assert style.bgcolor.triplet is not None
        found[tone] = style.color.triplet, style.bgcolor.triplet
    return found


def _contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """The ratio WCAG 2 measures, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: ColorTriplet) -> float:
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
