"""Projectors, adapters and draft models: their files and their memory, in JSON and in words."""

from pathlib import Path

import pytest

from ggufs import Tensor, write, write_model
from scenes import LLAMA_8B, QWEN, ask, run

F16 = 1
PROJECTOR: list[Tensor] = [(f"v.blk.{n}.attn_q.weight", (1024, 1024), F16, 1 << 21) for n in range(24)]
ADAPTER: list[Tensor] = [("blk.0.attn_q.weight.lora_a", (4096, 16), F16, 4096 * 32)]
CARD = ("--hardware", "RTX 4090")


def projector(path: Path) -> str:
    return str(write(path, {"general.architecture": "clip", "general.type": "mmproj"}, PROJECTOR))


def adapter(path: Path) -> str:
    return str(write(path, {"general.architecture": "llama", "general.type": "adapter"}, ADAPTER))


def test_a_projector_and_adapters_take_the_memory_of_their_tensors(tmp_path: Path) -> None:
    vision, tuned = projector(tmp_path / "mmproj.gguf"), adapter(tmp_path / "tuned.gguf")
    plain = ask(LLAMA_8B, "--quant", "Q4_K_M", *CARD)
    found = ask(LLAMA_8B, "--quant", "Q4_K_M", *CARD, "--mmproj", vision, "--lora", f"{tuned},{tuned}")
    wanted = 24 * (1 << 21) + 2 * 4096 * 32
    assert [part["kind"] for part in found["parts"]] == ["mmproj", "lora", "lora"]
    assert found["parts"][0]["file_bytes"] == Path(vision).stat().st_size
    assert found["memory"]["parts_bytes"] == wanted
    assert found["memory"]["total_bytes"] == plain["memory"]["total_bytes"] + wanted
    assert found["memory"]["devices"][0]["parts_bytes"] == wanted
    assert f"--mmproj {vision} --lora {tuned}" in found["commands"]["llama_server"]
    assert any("while it reads an image is not counted" in text for text in found["warnings"])


def test_a_draft_model_brings_its_weights_its_cache_and_its_scratch() -> None:
    plain = ask(LLAMA_8B, "--quant", "Q4_K_M", *CARD)
    found = ask(LLAMA_8B, "--quant", "Q4_K_M", *CARD, "--model-draft", QWEN)
    (part,) = found["parts"]
    alone = ask(QWEN, "--quant", "Q8_0", *CARD)
    assert part["kv_cache_bytes"] == alone["memory"]["kv_cache_bytes"]
    assert part["weights_bytes"] == alone["memory"]["devices"][0]["weights_bytes"]
    taken = sum(part[key] for key in ("weights_bytes", "kv_cache_bytes", "compute_bytes", "host_bytes"))
    assert found["memory"]["total_bytes"] == plain["memory"]["total_bytes"] + taken


def test_a_part_can_push_layers_off_the_card(tmp_path: Path) -> None:
    draft = str(write_model(tmp_path / "draft.gguf", "Qwen/Qwen3-32B"))
    words = ("--quant", "Q8_0", "--vram", "24GiB", "--ram", "256GiB")
    assert ask(LLAMA_8B, *words)["placement"]["mode"] == "gpu"
    found = ask(LLAMA_8B, *words, "-md", draft)
    assert found["placement"]["mode"] != "gpu"
    assert found["parts"][0]["path"] == draft


def test_without_a_gpu_parts_lie_in_main_memory(tmp_path: Path) -> None:
    vision = projector(tmp_path / "mmproj.gguf")
    found = ask(LLAMA_8B, "--quant", "Q4_K_M", "--hardware", "cpu", "--mmproj", vision)
    assert [device["parts_bytes"] for device in found["memory"]["devices"]] == [24 * (1 << 21)]


def test_parts_are_named_in_the_readable_answer(tmp_path: Path) -> None:
    vision = projector(tmp_path / "mmproj.gguf")
    out = run("estimate", LLAMA_8B, "--quant", "Q4_K_M", *CARD, "--mmproj", vision).out
    assert "mmproj: mmproj.gguf" in out


@pytest.mark.parametrize(
    ("option", "words"),
    [("--mmproj", "a projector (mmproj) was expected"), ("--lora", "an adapter (LoRA) was expected")],
)
def test_another_kind_of_file_is_refused_by_what_its_header_says(
    option: str, words: str, tmp_path: Path
) -> None:
    path = write_model(tmp_path / "model.gguf", "Qwen/Qwen3-32B")
    answer = run("estimate", LLAMA_8B, option, str(path))
    assert answer.code == 3
    assert words in answer.err
    assert "its header says qwen3, model" in answer.err
