"""What people come for, each done in few keys: no more than twenty, letters that are typed included."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from stage import MEDIUM, Stage, on_stage

from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.places import places

MOST_KEYS = 20


class Keys:
    """Presses keys and counts them."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.count = 0

    async def __call__(self, *keys: str) -> str:
        """Press keys, a text letter by letter; returns what is on screen then."""
        for key in keys:
            letters = [key] if key in {"enter", "escape", "down"} else list(key)
            self.count += len(letters)
            await self.stage.press(*(NAMES.get(letter, letter) for letter in letters))
        return self.stage.text


NAMES = {
    " ": "space",
    ":": "colon",
    "/": "slash",
    "+": "plus",
    "=": "equals_sign",
    "}": "right_curly_bracket",
    "]": "right_square_bracket",
    ">": "greater_than_sign",
    "?": "question_mark",
}


@asynccontextmanager
async def _within_twenty(stage: Stage) -> AsyncGenerator[Keys]:
    keys = Keys(stage)
    yield keys
    assert keys.count <= MOST_KEYS
    while stage.app.screen is not stage.explorer:
        await stage.press("escape")


@pytest.mark.soak
async def test_what_people_come_for_takes_twenty_keys_at_most(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with on_stage(catalog, MEDIUM, where=places(str(tmp_path / "config"))) as stage:
        async with _within_twenty(stage) as keys:  # the best coding model for a 3060 12 GB at 32k
            text = await keys(":", "3060 12", "enter", "]]", "r", "u")
            assert "use coding" in text
            assert "32,768 tokens" in text
            assert "RTX 3060 12 GB" in text
            await keys("enter")
            assert stage.scenario.model.capability["coding"].value > 60
        async with _within_twenty(stage) as keys:  # what a q8_0 cache buys
            text = await keys("+", "k", "+", "=")
            assert "q8_0" in text
            assert "KV cache" in text
        async with _within_twenty(stage) as keys:  # another card, over all models
            text = await keys(":", "5090", "enter", "+", "=", "h")
            assert "RTX 5090" in text
            assert "all models" in text
        async with _within_twenty(stage) as keys:  # the list as a file
            assert "written to llmfit-" in await keys("E", "enter")
        async with _within_twenty(stage) as keys:  # the most context on a Mac
            text = await keys(":", "qwen3 8", "enter", ":", "m2max32", "enter", "}")
            assert stage.scenario.model.name == "Qwen3 8B"
            assert "M2 Max" in stage.scenario.machine.name
            assert stage.settings.context > 32768
        async with _within_twenty(stage) as keys:  # which quantizations fit and stay good
            await keys("2", "/", "fits agree>95", "enter")
            pane = stage.explorer.quants
            found = [pane.estimate_of(i) for i in pane.shown]
            assert found
            assert all(one is not None and one.quality is not None for one in found)
        async with _within_twenty(stage) as keys:  # where the speed comes from
            assert "tok/s" in await keys("D")
        async with _within_twenty(stage) as keys:  # what hardware runs it
            assert "Plan" in await keys("P")
        async with _within_twenty(stage) as keys:  # the line that launches it
            text = await keys("c", "enter")
            assert "llama-server -m" in text
            assert "sent to the clipboard" in text
        async with _within_twenty(stage) as keys:  # a machine of one's own
            await keys("3", "p")
            assert "my M2" in stage.cursor_row("hardware")
        async with _within_twenty(stage) as keys:  # a scenario to come back to
            marked = stage.settings.context
            await keys("F", "0")
            assert "8,192" in await keys("R", "escape")
            stage.explorer.reopen = lambda _: (stage.scenario.with_settings(context=marked), "")
            await keys("R", "enter")
            assert stage.settings.context == marked
        async with _within_twenty(stage) as keys:  # colours one can read
            await keys("T", "hi", "enter")
            assert stage.app.theme == "llmfit-contrast"
