"""Whatever a header claims, opening it ends in a model or in one clear sentence."""

import tracemalloc
from pathlib import Path

import pytest
from hostile import damaged, whole

from llmfit_tui.cli.resolve import Resolver
from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.storage.gguf import UnreadableModel
from llmfit_tui.storage.model_files import open_gguf
from scenes import shipped

SAMPLE, ALL = range(0, 1000, 16), range(1000)
MOST_BYTES = 24 << 20


def opened(path: Path, raw: bytes) -> str | None:
    """The sentence said about a file; None where it could be estimated."""
    path.write_bytes(raw)
    try:
        Resolver(shipped()).estimates(str(path), {"hardware": "RTX 4090"})
    except LlmfitError as problem:
        return str(problem)
    return None


def test_the_file_all_others_are_made_from_is_fine(tmp_path: Path) -> None:
    assert opened(tmp_path / "whole.gguf", whole()) is None


@pytest.mark.parametrize("seeds", [SAMPLE, pytest.param(ALL, marks=pytest.mark.soak)], ids=["sample", "all"])
def test_a_damaged_header_is_told_in_one_sentence(seeds: range, tmp_path: Path) -> None:
    said = [opened(tmp_path / f"damaged-{seed}.gguf", damaged(seed)) for seed in seeds]
    told = [sentence for sentence in said if sentence is not None]
    assert len(told) > len(said) / 2
    for sentence in told:
        assert sentence.isprintable(), sentence
        assert sentence.endswith("."), sentence
        assert len(sentence) < 600, sentence
        assert "damaged-" in sentence, sentence


def test_a_lying_header_costs_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "lying.gguf"
    tracemalloc.start()
    for seed in range(0, 300, 6):
        path.write_bytes(damaged(seed))
        try:
            open_gguf(path)
        except UnreadableModel:
            continue
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MOST_BYTES


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "it has 0 bytes, a GGUF header has at least 24"),
        (b"lmgg" + b"\0" * 100, "GGML file from before August 2023"),
        (b"<!DOCTYPE html><html><body>404</body>", "it is a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "`git lfs pull` fetches the file"),
        (b"GGUF\x01\0\0\0" + b"\0" * 100, "GGUF version 1"),
        (b"GGUF\x09\0\0\0" + b"\0" * 100, "versions 2 and 3 are known"),
    ],
)
def test_a_file_that_is_no_gguf_file_is_named_for_what_it_is(raw: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.gguf"
    path.write_bytes(raw)
    with pytest.raises(UnreadableModel, match=words):
        open_gguf(path)


def test_an_unknown_tensor_type_is_named_with_what_can_still_be_told(tmp_path: Path) -> None:
    path = tmp_path / "future.gguf"
    raw = bytearray(whole())
    at = raw.index(b"blk.1.ffn_down.weight") + len("blk.1.ffn_down.weight") + 4 + 16
    raw[at : at + 4] = (99).to_bytes(4, "little")
    path.write_bytes(raw)
    with pytest.raises(UnreadableModel) as caught:
        open_gguf(path)
    assert '"blk.1.ffn_down.weight"' in str(caught.value)
    assert "type 99 (unknown)" in str(caught.value)
    assert "architecture llama, 2 blocks, 1,082,624 parameters in the first 20 tensors" in str(caught.value)
