"""A model's page: what it says is right, and its links move the selection."""

from dataclasses import replace
from pathlib import Path

import pytest
from kept_screens import reads_as_kept
from stage import CLASSIC, LEAST, MEDIUM, WIDE, Stage, on_stage

from llmfit_tui.core.answers.needs import needed_bytes, roomy
from llmfit_tui.core.models.related import relations_of
from llmfit_tui.core.scenario import architecture
from llmfit_tui.format.page.about import architecture_words, description
from llmfit_tui.storage.catalogs import Catalog
from llmfit_tui.storage.related import related
from scenes import LLAMA_8B, QWEN, estimated, machine, model, scenario, shipped

MAMBA, DEEPSEEK, GPT_OSS = "state-spaces/mamba-2.8b-hf", "deepseek-ai/DeepSeek-V3", "openai/gpt-oss-20b"


@pytest.mark.parametrize("size", [WIDE, MEDIUM, CLASSIC], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_page_reads_as_it_did(catalog: Catalog, size: tuple[int, int]) -> None:
    async with on_stage(catalog, size) as stage:
        await stage.press("I")
        reads_as_kept(f"page-{size[0]}x{size[1]}", stage.text)


async def _look_for(stage: Stage, text: str) -> None:
    """Move the cursor down to the row of this text."""
    for _ in range(30):
        if any(text in line and "▌" in line for line in stage.text.splitlines()):
            return
        await stage.press("down")
    raise AssertionError(f"{text} is not to be found")


async def test_links_move_the_selection_and_lead_back(catalog: Catalog) -> None:
    async with on_stage(catalog, CLASSIC) as stage:
        await stage.press("I")
        await stage.press(*["down"] * 31)
        await _look_for(stage, "Q6_K ")
        await stage.press("enter")
        assert stage.scenario.quant.name == "Q6_K"
        await stage.press("end")
        await stage.press("pageup")
        await _look_for(stage, "Qwen2.5 1.5B Instruct")
        await stage.press("enter")
        assert stage.scenario.model.name == "Qwen2.5 1.5B Instruct"
        assert "Qwen2.5 1.5B Instruct by Alibaba" in stage.text
        await stage.press("backspace")
        assert stage.scenario.model.id == QWEN
        await stage.press("escape")
        assert "Qwen2.5 0.5B" in stage.cursor_row("models")


async def test_a_click_on_hardware_takes_it(catalog: Catalog) -> None:
    async with on_stage(catalog, WIDE) as stage:
        await stage.press("I")
        await stage.press("end")
        lines = stage.text.splitlines()
        y = next(i for i, line in enumerate(lines) if "fastest" in line and "RTX 5090 " in line)
        await stage.pilot.click("#body", offset=(lines[y].index("RTX 5090 ") + 1, y - 1))
        await stage.settle()
        assert stage.scenario.machine.gpus[0].card == "NVIDIA GeForce RTX 5090"


async def test_keys_of_the_scenario_change_the_answers(catalog: Catalog) -> None:
    async with on_stage(catalog, LEAST, scenario(LLAMA_8B, "Q4_K_M", "RTX 3060 12GB")) as stage:
        await stage.press("I")
        assert "At Q4_K_M with 8,192 tokens, 5.8 GiB" in " ".join(stage.text.split())
        await stage.press("right_square_bracket")
        assert "At Q4_K_M with 16,384 tokens, 6.8 GiB" in " ".join(stage.text.split())


async def test_the_page_goes_to_a_file(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with on_stage(catalog, CLASSIC) as stage:
        await stage.press("I")
        await stage.press("E")
        await stage.press("enter")
        assert "written to" in stage.text
    written = (tmp_path / "llmfit-page.csv").read_text(encoding="utf-8")
    assert "Specifications,publisher,Alibaba (Qwen)" in written
    assert "Where to get it,Hugging Face,Qwen/Qwen2.5-0.5B-Instruct" in written


def test_what_a_model_needs_does_not_depend_on_what_the_gpu_has() -> None:
    small = scenario("meta-llama/Llama-3.3-70B-Instruct", "Q4_K_M", "RTX 3060 12GB")
    large = estimated("meta-llama/Llama-3.3-70B-Instruct", "Q4_K_M", "H100 SXM")
    assert needed_bytes(small, roomy(small.machine), shipped().evidence) == large.vram_bytes
    mac = scenario(LLAMA_8B, "Q4_K_M", "M3 Max 64GB")
    need = needed_bytes(mac, roomy(mac.machine), shipped().evidence)
    assert need == estimated(LLAMA_8B, "Q4_K_M", machine("M3 Max 64GB")).vram_bytes


def test_architectures_are_told_by_what_they_have() -> None:
    def words(name: str) -> str:
        return architecture_words(architecture(model(name))).rows[0].cells[0]

    assert "14 heads of 64 share 2 key/value heads" in words(QWEN)
    assert "takes 12 KiB of KV cache at f16." in words(QWEN)
    assert "Latent attention (MLA): 128 heads." in words(DEEPSEEK)
    assert "In 58 of the blocks a token is sent to 8 of 256 experts" in words(DEEPSEEK)
    assert "once its windows are full" in words(GPT_OSS)
    assert "does not grow with the context" in words(MAMBA)
    assert "feed-forward" not in words(MAMBA)
    bare = replace(model(QWEN), context_max=None, license=None, release_date=None, capabilities=(), notes=())
    said = description(bare, architecture(bare)).rows[0].cells[0]
    assert said.endswith("a dense language model of 494M parameters, of the family Qwen2.5.")


def test_every_repository_and_origin_is_of_a_model_of_the_catalog_and_has_a_source() -> None:
    ids = {checkpoint.id for one in shipped().models for checkpoint in one.checkpoints}
    file = related()
    assert {one.source for one in file.repositories} == file.sources.keys()
    assert len({one.id for one in file.repositories}) == len(file.repositories)
    for one in file.repositories:
        assert one.model in ids, one.id
        assert one.id.count("/") == 1
    for one in file.bases:
        assert one.model in ids
        assert one.base.count("/") == 1
        assert one.source


def test_a_model_is_beside_what_it_was_made_from_and_its_family() -> None:
    file, models = related(), shipped().models
    llama = relations_of(model(LLAMA_8B), models, file.repositories, file.bases)
    assert "DeepSeek R1 Distill Llama 8B" in [one.name for one in llama.derived]
    assert all(one.family == "Llama 3.1" and one.id != LLAMA_8B for one in llama.family)
    assert "bartowski/Meta-Llama-3.1-8B-Instruct-GGUF" in [one.id for one in llama.repositories]
    distilled = model("deepseek-ai/DeepSeek-R1-Distill-Llama-8B")
    made = relations_of(distilled, models, file.repositories, file.bases)
    assert made.base == "meta-llama/Llama-3.1-8B"
    assert made.base_model is model(LLAMA_8B)
