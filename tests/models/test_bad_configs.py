"""Whatever a configuration says, opening it ends in a model or in one clear sentence."""

import json
from pathlib import Path

import pytest
from bad_configs import bad_config

from llmfit_tui.cli.resolve import Resolver
from llmfit_tui.core.errors import LlmfitError
from scenes import run, shipped

SAMPLE, ALL = range(0, 1000, 45), range(1000)
LLAMA = {
    "model_type": "llama",
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "vocab_size": 32000,
}


RESOLVER = Resolver(shipped())


def said(path: Path, raw: bytes) -> str | None:
    """The sentence said about a configuration; None where it could be estimated."""
    path.write_bytes(raw)
    RESOLVER.model.cache_clear()
    try:
        RESOLVER.estimates(str(path), {"hardware": "RTX 4090", "quant": "Q4_K_M"})
    except LlmfitError as problem:
        return str(problem)
    return None


@pytest.mark.parametrize("seeds", [SAMPLE, pytest.param(ALL, marks=pytest.mark.soak)], ids=["sample", "all"])
def test_a_bad_configuration_is_told_in_one_sentence(seeds: range, tmp_path: Path) -> None:
    for seed in seeds:
        sentence = said(tmp_path / "config.json", bad_config(seed))
        if sentence is None:
            continue
        assert sentence.isprintable(), (seed, sentence)
        assert sentence.endswith("."), (seed, sentence)
        assert len(sentence) < 600, (seed, sentence)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"hidden_size": "large"}, 'hidden_size: a whole number was expected, not "large"'),
        ({"hidden_size": [4096]}, "hidden_size: a whole number was expected, not a list"),
        ({"num_hidden_layers": 1 << 40}, "num_hidden_layers: a number of 0 to"),
        ({"num_hidden_layers": 5000}, "num_hidden_layers: at most 1,024 layers were expected, not 5,000"),
        ({"num_hidden_layers": None}, "num_hidden_layers is missing"),
        ({"tie_word_embeddings": "yes"}, 'tie_word_embeddings: true or false was expected, not "yes"'),
        ({"num_key_value_heads": [8, 8]}, "one entry for each of 32 layers was expected, not 2"),
        ({"rope_scaling": 4}, 'rope_scaling: a table was expected, not "4"'),
    ],
)
def test_the_key_and_what_was_expected_are_named(
    change: dict[str, object], words: str, tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text(json.dumps({**LLAMA, **change}))
    answer = run("estimate", str(tmp_path))
    assert answer.code == 3
    assert words in answer.err
    assert "config.json" in answer.err


def test_a_huge_configuration_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "config.json").open("wb") as file:
        file.truncate(100_000_000)
    answer = run("estimate", str(tmp_path))
    assert answer.code == 3
    assert "has 100,000,000 bytes; a file of its kind has at most 8 MiB" in answer.err


def test_what_the_weights_say_is_told_where_the_configuration_does_not(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({**LLAMA, "num_hidden_layers": "many"}))
    index = {"metadata": {"total_size": 13_476_839_424}, "weight_map": {}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    answer = run("estimate", str(tmp_path))
    assert "what can be told: 13,476,839,424 bytes of weights" in answer.err


def test_an_unknown_architecture_is_named_with_what_its_shape_tells(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({**LLAMA, "model_type": "quokka"}))
    answer = run("estimate", str(tmp_path))
    assert answer.code == 3
    assert 'the tensors of "quokka" are not known here' in answer.err
    assert "32 layers of width 4,096, 131,072 keys and 131,072 values cached for each token" in answer.err
