"""A GGUF file as MODEL: on the command line and in lines of scenarios."""

import json
import struct
from pathlib import Path
from typing import Any

import pytest
from hostile import METADATA, TENSORS

from ggufs import FILE_TYPE_NUMBERS, header, quantized_as, tensors_of, write, write_model
from llmfit_tui.storage.gguf import read_header
from llmfit_tui.storage.model_files import open_gguf
from scenes import LLAMA_8B, QWEN, model, run

SOME = "Qwen/Qwen3-32B"


def estimated(*words: str) -> dict[str, Any]:
    """The one estimate of a command line."""
    return run("estimate", *words, "--json", "--hardware", "RTX 4090").estimate


def test_a_file_is_estimated_in_the_quantization_it_is_in(tmp_path: Path) -> None:
    path = write_model(tmp_path / "mine.gguf", SOME, "Q5_K_M")
    found = estimated(str(path))
    assert found["quantization"]["name"] == "Q5_K_M"
    published = estimated(SOME, "--quant", "Q5_K_M")
    assert found["memory"] == published["memory"]
    for limit in ("max_context", "max_parallel", "max_context_anywhere"):
        assert found["limits"][limit] == published["limits"][limit]
    assert found["quantization"]["file_bytes"] == path.stat().st_size
    assert found["quantization"]["tensor_types"] == published["quantization"]["tensor_types"]
    assert str(path) in found["commands"]["llama_server"]


def test_the_parts_of_a_split_file_are_one_model(tmp_path: Path) -> None:
    tensors = tensors_of(quantized_as(model(SOME), "Q4_K_M"))
    whole = write_model(tmp_path / "whole.gguf", SOME)
    said = dict(read_header(whole).metadata)
    for number, part in enumerate((tensors[:100], tensors[100:400], tensors[400:]), start=1):
        metadata = {**(said if number == 1 else {}), "split.no": number - 1, "split.count": 3}
        write(tmp_path / f"m-{number:05}-of-00003.gguf", metadata, part)
    one = estimated(str(whole))
    split = estimated(str(tmp_path / "m-00002-of-00003.gguf"))
    assert split["memory"] == one["memory"]
    assert split["quantization"]["tensor_bytes"] == one["quantization"]["tensor_bytes"]
    (tmp_path / "m-00003-of-00003.gguf").unlink()
    answer = run("estimate", str(tmp_path / "m-00001-of-00003.gguf"))
    assert answer.code == 3
    assert "one of 3 parts, of which m-00003-of-00003.gguf are missing" in answer.err


def test_a_file_still_downloading_is_estimated_and_said_to_be_incomplete(tmp_path: Path) -> None:
    path = write_model(tmp_path / "half.gguf", SOME)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(size // 2)
    found = estimated(str(path))
    assert found["quantization"]["file_bytes"] == size
    assert any("the file is not whole" in text for text in found["warnings"])


def test_an_architecture_without_a_table_is_sized_by_its_own_tensors(tmp_path: Path) -> None:
    metadata = {key.replace("llama", "quokka"): value for key, value in METADATA.items()}
    metadata["general.architecture"] = "quokka"
    found = estimated(str(write(tmp_path / "quokka.gguf", metadata, TENSORS)))
    assert found["model"]["architecture"] == "quokka"
    assert found["quantization"]["tensor_bytes"] == sum(size for *_, size in TENSORS)
    assert found["memory"]["kv_cache_bytes"] == 4096 * 2 * 2 * 128 * 2


def test_a_mix_nobody_named_goes_by_its_commonest_type(tmp_path: Path) -> None:
    metadata = {key: value for key, value in METADATA.items() if key != "general.file_type"}
    opened = open_gguf(write(tmp_path / "unnamed.gguf", metadata, TENSORS))
    assert opened.file is not None
    assert opened.file.mix == "Q4_K_M"


def test_every_other_quantization_is_worked_out_from_the_file(tmp_path: Path) -> None:
    path = write_model(tmp_path / "mine.gguf", SOME, "Q8_0")
    answer = run("estimate", str(path), "--quant", "Q4_K_M", "--json", "--hardware", "RTX 4090")
    (found,) = json.loads(answer.out)["estimates"]
    published = estimated(SOME, "--quant", "Q4_K_M")
    assert found["quantization"]["tensor_bytes"] == published["quantization"]["tensor_bytes"]
    assert any("the file itself is Q8_0" in text for text in found["warnings"])


def test_a_line_of_scenarios_may_name_a_file(tmp_path: Path) -> None:
    path = write_model(tmp_path / "mine.gguf", SOME)
    lines = tmp_path / "lines.jsonl"
    lines.write_text(json.dumps({"id": 7, "model": str(path), "vram": "24GiB"}) + "\n")
    answer = run("estimate", "--scenarios", str(lines))
    found = json.loads(answer.out)
    assert found["id"] == 7
    assert found["quantization"]["name"] == "Q4_K_M"


def test_a_projector_and_an_adapter_are_named_for_what_they_are(tmp_path: Path) -> None:
    for metadata, words in (
        ({"general.architecture": "clip", "general.type": "mmproj"}, "--mmproj"),
        ({"general.architecture": "llama", "general.type": "adapter"}, "--lora"),
    ):
        answer = run("estimate", str(write(tmp_path / "part.gguf", metadata, TENSORS)))
        assert answer.code == 3
        assert words in answer.err


def test_nothing_on_a_path_is_read_when_a_catalog_name_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(QWEN).mkdir(parents=True)
    assert run("estimate", QWEN).code == 0
    assert run("estimate", f"./{QWEN}").code == 3


def test_files_written_by_the_gguf_package_read_the_same(tmp_path: Path) -> None:
    gguf = pytest.importorskip("gguf")
    numpy = pytest.importorskip("numpy")
    path = tmp_path / "theirs.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(32)
    writer.add_embedding_length(4096)
    writer.add_feed_forward_length(14336)
    writer.add_head_count(32)
    writer.add_head_count_kv(8)
    writer.add_context_length(131072)
    writer.add_file_type(1)
    writer.add_token_list([f"token{n}" for n in range(1000)])
    for name, shape, kind, size in tensors_of(quantized_as(model(LLAMA_8B), "F16")):
        dtype = numpy.dtype("float32" if kind == 0 else "float16")
        writer.add_tensor_info(name, shape[::-1], dtype, size)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    writer.close()
    theirs = estimated(str(path))
    ours = estimated(LLAMA_8B, "--quant", "F16")
    assert theirs["memory"] == ours["memory"]
    assert theirs["quantization"]["tensor_types"] == ours["quantization"]["tensor_types"]


def test_a_header_for_a_big_endian_machine_reads_the_same(tmp_path: Path) -> None:
    assert FILE_TYPE_NUMBERS["Q4_K_M"] == METADATA["general.file_type"]
    little = header({"general.architecture": "llama"}, [])
    big = b"GGUF" + struct.pack(">IQQ", 3, 0, 1)
    for words in ("general.architecture", 8, "llama"):
        big += (
            struct.pack(">I", words)
            if isinstance(words, int)
            else struct.pack(">Q", len(words)) + words.encode()
        )
    (tmp_path / "little.gguf").write_bytes(little)
    (tmp_path / "big.gguf").write_bytes(big)
    found = [read_header(tmp_path / name).metadata for name in ("little.gguf", "big.gguf")]
    assert found[0] == found[1] == {"general.architecture": "llama"}


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("expert_used_count", 1 << 20, "1 to 128 of the experts were expected, not 1,048,576"),
        ("expert_used_count", 0, "1 to 128 of the experts were expected, not 0"),
    ],
)
def test_experts_that_cannot_be_chosen_are_told(key: str, value: int, words: str, tmp_path: Path) -> None:
    extra: dict[str, Any] = {f"qwen3moe.{key}": value}
    path = write_model(tmp_path / "m.gguf", "Qwen/Qwen3-30B-A3B-Instruct-2507", **extra)
    answer = run("estimate", str(path))
    assert answer.code == 3
    assert words in answer.err


def test_layers_that_image_features_join_are_no_more_than_there_are(tmp_path: Path) -> None:
    extra: dict[str, Any] = {"qwen3vl.n_deepstack_layers": (1 << 32) - 1}
    model_read = open_gguf(write_model(tmp_path / "m.gguf", "Qwen/Qwen3-VL-32B-Instruct", **extra))
    assert len(model_read.config["vision_config"]["deepstack_visual_indexes"]) == 64
