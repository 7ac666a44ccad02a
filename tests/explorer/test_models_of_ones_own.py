"""In the explorer: models of this machine join the list, others are opened and kept by keys."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from stage import CLASSIC, MEDIUM, WIDE, Stage, screen_text

from ggufs import write_model
from llmfit_tui.app import LlmfitApp
from llmfit_tui.cli.explore import first_scenario
from llmfit_tui.storage.home import Home
from llmfit_tui.storage.own_models import read_own_models
from llmfit_tui.storage.places import Places
from scenes import QWEN, shipped

QWEN3 = "Qwen/Qwen3-32B"


@asynccontextmanager
async def explorer(
    where: Path, home: Path | None = None, size: tuple[int, int] = MEDIUM
) -> AsyncGenerator[Stage]:
    """An explorer that keeps its files in `where` and looks for models below `home`."""
    found = Home(home, {}, "linux") if home is not None else None
    places = Places(where)
    app = LlmfitApp(shipped(), first_scenario(shipped(), places), places, home=found)
    async with app.run_test(size=size) as pilot:
        stage = Stage(app, pilot)
        await stage.settle()
        yield stage


async def until(stage: Stage, words: str) -> None:
    """Wait for a thread's message to reach the screen."""
    for _ in range(200):
        if words in screen_text(stage.app):
            return
        await stage.pilot.pause(0.01)
    raise AssertionError(f"{words} is not on screen:\n{screen_text(stage.app)}")


async def test_models_of_this_machine_join_the_list_and_nothing_moves(own_home: Path, tmp_path: Path) -> None:
    store = own_home / ".lmstudio/models/pub/repo"
    store.mkdir(parents=True)
    write_model(store / "local-Q8_0.gguf", QWEN3, "Q8_0")
    async with explorer(tmp_path, own_home) as stage:
        before = stage.cursor_row("models")
        await until(stage, "1 of yours")
        assert stage.cursor_row("models") == before
        assert stage.scenario.model.id == QWEN
        await stage.press("home")
        assert "⌂ local-Q8_0" in stage.cursor_row("models")
        assert stage.scenario.quant.name == "Q8_0"
        assert stage.explorer.found is not None
        assert stage.explorer.found.weights.file_bytes == (store / "local-Q8_0.gguf").stat().st_size
        await stage.press("down")
        assert stage.scenario.quant.name == "Q4_K_M"


async def test_a_file_is_opened_for_the_visit_and_kept_by_a_key(tmp_path: Path) -> None:
    path = write_model(tmp_path / "mine-Q5_K_M.gguf", QWEN3, "Q5_K_M")
    async with explorer(tmp_path / "config") as stage:
        await stage.press("o")
        await stage.type(str(path))
        await stage.press("enter")
        await until(stage, "a keeps it among your own")
        await stage.settle()
        assert stage.scenario.model.id == "mine-Q5_K_M.gguf"
        assert stage.scenario.quant.name == "Q5_K_M"
        await stage.press("a")
        await until(stage, "is kept in")
    kept = read_own_models(Places(tmp_path / "config"))
    assert [model.id for model in kept.models] == ["mine-Q5_K_M.gguf"]
    async with explorer(tmp_path / "config") as stage:
        assert "1 of yours" in stage.text


async def test_what_cannot_be_opened_is_told_and_the_scenario_stays(tmp_path: Path) -> None:
    async with explorer(tmp_path, size=CLASSIC) as stage:
        before = stage.scenario
        await stage.press("o")
        assert "Open a model" in stage.text
        await stage.press("escape")
        assert "Open a model" not in stage.text
        for typed, said in (
            ("./nowhere.gguf", "is not a file or folder that is there"),
            ("just words", "is no file or folder that is there"),
        ):
            await stage.press("o")
            await stage.type(typed)
            await stage.press("enter")
            await until(stage, said)
            assert "Open a model" in stage.text  # what was typed can be mended
            await stage.press("escape")
        assert stage.scenario is before


async def test_a_broken_file_of_own_models_is_told(tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_text("[[models]]\nid = 7\n")
    async with explorer(tmp_path, size=WIDE) as stage:
        assert "models.toml, line 2: id: a name was expected" in stage.text
