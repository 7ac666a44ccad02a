"""In the explorer: runs of one's own are taken in from a line, a paste or a file, listed and removed."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from kept import Folder
from textual import events
from textual.widgets import Input

from explorer.stage import CLASSIC, MEDIUM, OtherCatalog, Stage, on_stage
from llmfit_tui.core.hardware.ownrun import ReadRate
from llmfit_tui.core.profiles.profile import Profile
from llmfit_tui.core.speed import Basis
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.profile_edit import save_profile
from scenes import LLAMA_8B, QWEN, model, shipped

MARKDOWN = """
| model                  |     size | params | backend | ngl |  test |            t/s |
| ---------------------- | -------: | -----: | ------- | --: | ----: | -------------: |
| llama 8B Q4_K - Medium | 4.58 GiB | 8.03 B | CUDA    |  99 | tg128 | 121.50 ± 0.40 |
"""
OLLAMA = "total duration: 2.1s\nprompt eval count:    26 token(s)\neval rate:            {rate} tokens/s\n"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """Two models and a few cards."""
    few = OtherCatalog([model(QWEN), model(LLAMA_8B)])
    few.__dict__["devices"] = tuple(
        one for one in shipped().devices if "RTX 30" in one.name or "RTX 4090" in one.name
    )
    return few


@asynccontextmanager
async def explorer(
    folder: Folder, catalog: Catalog, size: tuple[int, int] = MEDIUM
) -> AsyncGenerator[Stage, None]:
    """The explorer with the cursor on a profile of a card."""
    save_profile(folder.places, Profile("box", ("RTX 3090",)))
    async with on_stage(catalog, size, where=folder.places) as stage:
        await stage.choose("hardware", "box")
        yield stage


async def until(stage: Stage, words: str) -> None:
    """Wait for a thread's message to reach the screen."""
    for _ in range(200):
        if words in " ".join(stage.text.split()):
            return
        await stage.pilot.pause(0.01)
    raise AssertionError(f"{words} is not on screen:\n{stage.text}")


async def give(stage: Stage, text: str) -> None:
    """Type a line into the form."""
    stage.app.screen.query_one(Input).value = text
    await stage.press("enter")


async def test_a_typed_speed_is_of_the_chosen_model_and_can_be_removed_again(
    folder: Folder, catalog: Catalog
) -> None:
    async with explorer(folder, catalog, CLASSIC) as stage:
        before = stage.explorer.found
        assert before is not None
        await stage.press("C")
        assert "Calibrate box" in stage.text
        await give(stage, "250")
        await until(stage, "250 tok/s measured")
        (run,) = folder.profile("box").calibrations
        assert (run.model, run.quant) == (QWEN, before.scenario.quant.name)
        await stage.press("escape")
        await stage.settle()
        after = stage.explorer.found
        assert after is not None
        assert after.speed.basis is Basis.CALIBRATED
        assert after.speed.decode_tok_s == pytest.approx(250, rel=0.02)
        await stage.press("D")
        await until(stage, "runs of your own on this machine")
        await stage.press("escape", "C")
        for key in ("tab", "down", "x"):
            await stage.press(key)
        await until(stage, "removed")
        await stage.press("escape")
        await stage.settle()
        assert folder.profile("box").calibrations == ()
        again = stage.explorer.found
        assert again is not None
        assert again.speed == before.speed


async def test_a_file_names_its_own_model_and_another_machines_is_asked_about(
    folder: Folder, catalog: Catalog, tmp_path: Path
) -> None:
    entry = {
        "model_filename": "Llama-3.1-8B-Instruct.gguf",
        "model_type": "llama 8B Q8_0",
        "gpu_info": "NVIDIA GeForce RTX 3060",
        "n_gen": 128,
        "avg_ts": 70.0,
    }
    path = tmp_path / "bench.json"
    path.write_text(json.dumps([entry]), encoding="utf-8")
    async with explorer(folder, catalog) as stage:
        await stage.press("C")
        await give(stage, str(path))
        await until(stage, "The same once more takes it")
        assert folder.profile("box").calibrations == ()
        await stage.press("enter")
        await until(stage, "70 tok/s measured")
        (run,) = folder.profile("box").calibrations
        assert (run.model, run.quant) == (LLAMA_8B, "Q8_0")


async def test_what_a_tool_printed_is_pasted_whole(folder: Folder, catalog: Catalog) -> None:
    async with explorer(folder, catalog) as stage:
        await stage.press("C")
        stage.app.screen.query_one(Input).post_message(events.Paste(OLLAMA.format(rate="301.5")))
        await until(stage, "300 tok/s measured")
        assert [one.tok_s for one in folder.profile("box").calibrations] == [301.5]
        assert stage.app.screen.query_one(Input).value == ""


async def test_what_cannot_be_true_is_refused_and_what_was_typed_stays(
    folder: Folder, catalog: Catalog
) -> None:
    async with explorer(folder, catalog) as stage:
        await stage.press("C")
        for given, said in (
            ("0", "tokens per second were expected"),
            ("90000", "memory allows"),
            ("0.5", "not this machine at work"),
            ("nowhere.json", "cannot be read"),
        ):
            await give(stage, given)
            await until(stage, said)
            assert stage.app.screen.query_one(Input).value == given
        stage.app.screen.query_one(Input).post_message(events.Paste(MARKDOWN))
        await until(stage, "put the cursor on the model")
        assert folder.profile("box").calibrations == ()


async def test_the_memorys_rate_is_listed_and_removed_too(folder: Folder, catalog: Catalog) -> None:
    async with explorer(folder, catalog) as stage:
        kept = folder.read().kept[0].profile
        rate = ReadRate(40_000_000_000, "2026-11-25", "memchr")
        save_profile(folder.places, Profile("box", kept.gpus, ram_measured=rate), kept)
        stage.explorer.profiles.read()
        await stage.press("C")
        await until(stage, "host memory read at 40 GB/s")
        for key in ("tab", "down", "delete"):
            await stage.press(key)
        await until(stage, "removed")
        assert folder.profile("box").ram_measured is None


async def test_hardware_of_the_catalog_is_kept_as_a_profile_first(folder: Folder, catalog: Catalog) -> None:
    async with explorer(folder, catalog) as stage:
        await stage.choose("hardware", "RTX 3060 12GB")
        await stage.press("C")
        assert "p keeps this hardware as one" in stage.text
