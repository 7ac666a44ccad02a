"""In the explorer: what is loaded beside the model is chosen from a list and shown with its memory."""

from pathlib import Path

from stage import CLASSIC, Stage
from test_models_of_ones_own import explorer, until

from ggufs import Tensor, write, write_model
from llmfit_tui.core.memory.parts import PartKind

LARGE = "Qwen/Qwen3-32B"
VISION: list[Tensor] = [("v.blk.0.attn_q.weight", (1024, 1024), 1, 1 << 21)]
TUNED: list[Tensor] = [("blk.0.attn_q.weight.lora_a", (4096, 16), 1, 4096 * 32)]


def beside(folder: Path) -> Path:
    """A model with a projector and an adapter beside it."""
    write(folder / "mmproj-F16.gguf", {"general.architecture": "clip", "general.type": "mmproj"}, VISION)
    write(folder / "tone-lora.gguf", {"general.architecture": "qwen3", "general.type": "adapter"}, TUNED)
    return write_model(folder / "large-Q4_K_M.gguf", LARGE)


async def opened(stage: Stage, path: Path) -> None:
    """Open a file by its path."""
    await stage.press("o")
    await stage.type(str(path))
    await stage.press("enter")
    await until(stage, "a keeps it among your own")
    await stage.settle()


async def test_files_beside_a_model_are_listed_taken_and_left(tmp_path: Path) -> None:
    async with explorer(tmp_path / "config") as stage:
        await opened(stage, beside(tmp_path))
        plain = stage.explorer.found
        assert plain is not None
        await stage.press("j")
        assert "[ ] projector   mmproj-F16.gguf" in stage.text
        assert "[ ] adapter     tone-lora.gguf" in stage.text
        assert "[ ] draft model" in stage.text
        await stage.press("enter")
        await until(stage, "[x] projector")
        await stage.press("escape")
        await stage.settle()
        found = stage.explorer.found
        assert found is not None
        assert [part.part.kind for part in found.parts] == [PartKind.PROJECTOR]
        assert found.total_bytes == plain.total_bytes + (1 << 21)
        assert "+ mmproj" in stage.text
        assert "projector mmproj-F16.gguf: " in stage.text
        await stage.press("j", "enter")
        await until(stage, "[ ] projector")
        await stage.press("escape")
        await stage.settle()
        assert stage.settings.parts == ()


async def test_a_draft_model_shows_its_weights_its_cache_and_its_scratch(tmp_path: Path) -> None:
    path = write_model(tmp_path / "large-Q4_K_M.gguf", LARGE)
    async with explorer(tmp_path / "config") as stage:
        await opened(stage, path)
        await stage.press("j", "enter")
        await until(stage, "[x] draft model")
        await stage.press("escape")
        await stage.settle()
        found = stage.explorer.found
        assert found is not None
        (draft,) = found.parts
        assert draft.cache_bytes > 0
        assert "beside" in stage.text
        assert f"draft model {draft.part.name}" in stage.text
        assert "(weights" in stage.text


async def test_a_part_that_is_not_listed_is_named_and_one_that_is_none_is_refused(tmp_path: Path) -> None:
    beside(tmp_path)
    async with explorer(tmp_path / "config", size=CLASSIC) as stage:
        await stage.press("j", "tab")
        await stage.type(str(tmp_path / "nowhere.gguf"))
        await stage.press("enter")
        await until(stage, "✗")
        await stage.press("ctrl+u")
        await stage.type(str(tmp_path / "tone-lora.gguf"))
        await stage.press("enter")
        await until(stage, "[x] adapter")
        await stage.press("escape")
        assert [part.kind for part in stage.settings.parts] == [PartKind.ADAPTER]
