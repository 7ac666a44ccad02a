"""A configuration, or the folder that holds one, as MODEL."""

import json
import struct
from pathlib import Path
from typing import Any

import pytest

from llmfit_tui.core.hf.config import language_config
from llmfit_tui.core.hf.quantization import stored_format
from llmfit_tui.core.models.shapes import architecture_of
from scenes import LLAMA_8B, QWEN_MOE, ask, model, run, shipped

GEMMA = "google/gemma-3-4b-it"
MISTRAL: dict[str, Any] = {
    "model_type": "mistral",
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "vocab_size": 32000,
    "sliding_window": None,
    "max_position_embeddings": 32768,
    "torch_dtype": "bfloat16",
    "time_step_limit": [0.0, float("inf")],
}
MISTRAL_PARAMETERS = 7_241_732_096


def folder(path: Path, config: dict[str, Any], total: int | None = None) -> str:
    """A folder with a configuration and, where a total is given, an index."""
    path.mkdir(exist_ok=True)
    (path / "config.json").write_text(json.dumps(config))
    if total is not None:
        index = {"metadata": {"total_size": total}, "weight_map": {"a": "model-00001-of-00001.safetensors"}}
        (path / "model.safetensors.index.json").write_text(json.dumps(index))
    return str(path)


@pytest.mark.parametrize("name", [LLAMA_8B, QWEN_MOE, GEMMA])
def test_a_published_configuration_is_estimated_as_the_catalog_model(name: str, tmp_path: Path) -> None:
    published = model(name)
    path = folder(tmp_path / "mine", {**published.config, "max_position_embeddings": published.context_max})
    opened, known = ask(path, "--quant", "Q4_K_M"), ask(name, "--quant", "Q4_K_M")
    for key in ("memory", "limits"):
        assert opened[key] == known[key]
    # llama.cpp's converter cuts Gemma 3's embedding to the rows its tokenizer uses.
    assert opened["model"]["parameters"] == pytest.approx(known["model"]["parameters"], rel=1e-4)


def test_what_a_saved_configuration_leaves_out_is_what_its_class_assumes(tmp_path: Path) -> None:
    whole = dict(model(GEMMA).config)
    brief = {
        "model_type": "gemma3",
        "torch_dtype": "bfloat16",
        "text_config": {
            "model_type": "gemma3_text",
            **{key: whole[key] for key in ("hidden_size", "intermediate_size", "num_hidden_layers")},
            "sliding_window": 1024,
        },
    }
    opened = ask(folder(tmp_path / "gemma", brief), "--quant", "Q4_K_M")
    known = ask(GEMMA, "--quant", "Q4_K_M")
    assert opened["memory"] == known["memory"]
    assert opened["model"]["context_max"] == 131072


def test_the_defaults_contradict_no_configuration_of_the_catalog() -> None:
    for one in shipped().models:
        if one.config.get("model_type") in {"deepseek_v2", "deepseek_v3", "kimi_k2", "deepseek_v32"}:
            continue  # published as null, which the catalog leaves out: q_lora_rank, head_dim
        filled = language_config(one.config, shipped().config_defaults)
        found, known = architecture_of(filled), architecture_of(one.config)
        assert (found.key_widths, found.value_widths, found.kinds) == (
            known.key_widths,
            known.value_widths,
            known.kinds,
        )
        assert (found.vocabulary, found.heads, found.experts_used) == (
            known.vocabulary,
            known.heads,
            known.experts_used,
        )


def test_a_quantized_folder_is_sized_as_it_is(tmp_path: Path) -> None:
    config = {**MISTRAL, "quantization_config": {"quant_method": "awq", "bits": 4, "group_size": 128}}
    found = ask(folder(tmp_path / "mistral-awq", config, 4_150_000_000))
    assert found["quantization"]["name"] == "AWQ-INT4-g128"
    assert found["quantization"]["tensor_bytes"] == 4_150_000_000
    assert found["model"]["parameters"] == MISTRAL_PARAMETERS
    assert found["quantization"]["bits_per_weight"] == pytest.approx(
        4_150_000_000 * 8 / MISTRAL_PARAMETERS, 1e-3
    )
    weights = sum(device["weights_bytes"] for device in found["memory"]["devices"])
    assert weights == pytest.approx(4_150_000_000, rel=2e-3)


def test_an_architecture_nobody_knows_is_counted_by_the_shapes_of_its_weights(tmp_path: Path) -> None:
    where = folder(tmp_path / "quokka", {**MISTRAL, "model_type": "quokka"})
    header = {
        "__metadata__": {"format": "pt"},
        "model.embed.weight": {"dtype": "BF16", "shape": [32000, 4096], "data_offsets": [0, 262_144_000]},
        "model.block.weight": {
            "dtype": "BF16",
            "shape": [1000, 4096],
            "data_offsets": [262_144_000, 270_336_000],
        },
    }
    raw = json.dumps(header).encode()
    with (Path(where) / "model.safetensors").open("wb") as file:
        file.write(struct.pack("<Q", len(raw)) + raw)
        file.truncate(8 + len(raw) + 270_336_000)
    found = ask(where, "--quant", "F16")
    assert found["model"]["parameters"] == 33_000 * 4096
    assert found["model"]["architecture"] == "quokka"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"quantization_config": {"quant_method": "awq", "bits": 4, "group_size": 128}}, "AWQ-INT4-g128"),
        ({"quantization_config": {"quant_method": "gptq", "bits": 4, "group_size": 32}}, "GPTQ-INT4-g32"),
        ({"quantization_config": {"quant_method": "gptq", "bits": 8, "group_size": 128}}, "GPTQ-INT8"),
        ({"quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 128]}}, "FP8"),
        ({"quantization_config": {"quant_method": "mxfp4"}}, "MXFP4-W4A4"),
        ({"quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": True}}, "BNB-NF4"),
        ({"quantization_config": {"quant_method": "exl2", "bits": 4.25}}, "EXL2-4.25bpw"),
        ({"quantization": {"group_size": 64, "bits": 4}}, "MLX-4bit"),
        ({"quantization": {"group_size": 32, "bits": 8}}, "MLX-8bit-gs32"),
        ({"quantization_config": {"quant_method": "modelopt", "quant_algo": "NVFP4"}}, "NVFP4-W4A4"),
        (
            {
                "quantization_config": {
                    "quant_method": "compressed-tensors",
                    "config_groups": {"group_0": {"weights": {"num_bits": 8, "type": "float"}}},
                }
            },
            "FP8",
        ),
        ({"torch_dtype": "bfloat16"}, "BF16"),
        ({}, None),
    ],
)
def test_the_format_of_a_checkpoint_is_known_by_its_configuration(
    given: dict[str, Any], name: str | None
) -> None:
    assert stored_format(given) == name


def test_a_folder_without_a_configuration_points_at_its_files(tmp_path: Path) -> None:
    (tmp_path / "some-Q4_K_M.gguf").write_bytes(b"GGUF")
    answer = run("estimate", f"{tmp_path}/")
    assert answer.code == 3
    assert 'holds no config.json; name one of its files, such as "some-Q4_K_M.gguf"' in answer.err


def test_the_hugging_face_cache_gives_a_model_its_own_id(tmp_path: Path) -> None:
    snapshot = tmp_path / "models--org--some-model" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    found = ask(folder(snapshot, MISTRAL), "--quant", "Q4_K_M")
    assert found["model"]["id"] == "org/some-model"
