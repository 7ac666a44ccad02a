"""`estimate --json`: every key the contract names, and sums that add up."""

from typing import Any

import pytest

from scenes import LLAMA_8B, QWEN, QWEN_MOE, ask, run, shipped, spelled

GIB = 2**30
NUMBER = (int, float)
SHAPE: dict[str, dict[str, tuple[type, ...]]] = {
    "model": {
        "id": (str,),
        "name": (str,),
        "architecture": (str,),
        "parameters": (int,),
        "active_parameters": (int,),
        "layers": (int,),
        "context_max": (int, type(None)),
        "trust": (str,),
    },
    "quantization": {
        "name": (str,),
        "imatrix": (bool,),
        "bits_per_weight": NUMBER,
        "tensor_bytes": (int,),
        "file_bytes": (int,),
        "tensor_types": (dict, type(None)),
    },
    "settings": {
        "context": (int,),
        "context_allocated": (int,),
        "cells_per_slot": (int,),
        "parallel": (int,),
        "unified_kv": (bool,),
        "batch": (int,),
        "ubatch": (int,),
        "kv_type_k": (str,),
        "kv_type_v": (str,),
        "flash_attention": (bool,),
        "outputs": (str,),
        "engine": (str,),
        "backend": (str,),
    },
    "hardware": {
        "name": (str,),
        "kind": (str,),
        "memory_bytes": (int,),
        "bandwidth_bytes_per_s": (int, type(None)),
        "assumed": (list,),
    },
    "memory": {
        "weights_bytes": (int,),
        "kv_cache_bytes": (int,),
        "recurrent_state_bytes": (int,),
        "compute_bytes": (int,),
        "output_bytes": (int,),
        "overhead_bytes": (int,),
        "total_bytes": (int,),
        "devices": (list,),
    },
    "placement": {
        "mode": (str,),
        "gpu_layers": (int,),
        "layers_total": (int,),
        "cpu_moe_layers": (int,),
        "tensor_split": (list,),
    },
    "rating": {"label": (str,), "level": (int,), "headroom_fraction": (float,), "reason": (str,)},
    "speed": {
        **dict.fromkeys(("decode_tok_s", "decode_low", "decode_high"), (*NUMBER, type(None))),
        **dict.fromkeys(("prefill_tok_s", "prefill_low", "prefill_high"), (*NUMBER, type(None))),
        "time_to_first_token_s": (*NUMBER, type(None)),
        "basis": (str,),
        "source": (str,),
    },
    "quality": dict.fromkeys(("agree_percent", "agree_low", "agree_high"), (*NUMBER, type(None))),
    "limits": dict.fromkeys(("max_context", "max_parallel"), (int, type(None))),
    "rule_of_thumb": dict.fromkeys(
        ("weights_gb", "vram_gb", "vram_full_context_gb", "decode_tok_s"), (*NUMBER, type(None))
    ),
    "commands": dict.fromkeys(("llama_server", "ollama", "vllm"), (str, type(None))),
}
DEVICE: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "kind": (str,),
    **dict.fromkeys(
        ("weights_bytes", "kv_cache_bytes", "compute_bytes", "overhead_bytes", "total_bytes"), (int,)
    ),
    **dict.fromkeys(("capacity_bytes", "headroom_bytes"), (int, type(None))),
}
CASES = [
    (QWEN, ("--hardware", "RTX 4090")),
    (LLAMA_8B, ("--hardware", "2x RTX 3060 12GB", "-np", "4", "--ram", "64GiB")),
    (LLAMA_8B, ("--vram", "24GiB,12GiB", "--quant", "Q8_0")),
    (LLAMA_8B, ("--vram", "4GiB", "--quant", "Q8_0")),
    (QWEN_MOE, ("--hardware", "RTX 3060 12GB", "--quant", "Q4_K_M")),
    (QWEN, ("--hardware", "cpu")),
    ("Qwen/Qwen3-Next-80B-A3B-Instruct", ("--hardware", "M2 Ultra 76-core", "--quant", "Q4_K_M")),
    ("deepseek-ai/DeepSeek-V3", ("--hardware", "RTX 4090", "--quant", "Q8_0")),
]


@pytest.mark.parametrize(("name", "words"), CASES, ids=spelled)
def test_every_key_of_the_contract_is_there_with_its_type(name: str, words: tuple[str, ...]) -> None:
    found = ask(name, *words)
    for part, keys in SHAPE.items():
        for key, kinds in keys.items():
            value: Any = found[part][key]
            assert type(value) in kinds, (part, key, value)
    for device in found["memory"]["devices"]:
        for key, kinds in DEVICE.items():
            assert type(device[key]) in kinds, (key, device)
    assert all(isinstance(text, str) for text in found["warnings"])
    assert all(value != 0 for value in found["speed"].values())


@pytest.mark.parametrize(("name", "words"), CASES, ids=spelled)
def test_the_sums_add_up(name: str, words: tuple[str, ...]) -> None:
    memory = ask(name, *words)["memory"]
    devices = memory["devices"]
    assert [device["kind"] for device in devices][-1] == "host"
    assert all(device["kind"] == "gpu" for device in devices[:-1])
    for key in ("weights_bytes", "compute_bytes", "overhead_bytes", "total_bytes"):
        assert memory[key] == sum(device[key] for device in devices), key
    cached = memory["kv_cache_bytes"] + memory["recurrent_state_bytes"]
    assert cached == sum(device["kv_cache_bytes"] for device in devices)
    parts = ("weights_bytes", "compute_bytes", "output_bytes", "overhead_bytes")
    assert memory["total_bytes"] == cached + sum(memory[key] for key in parts)
    for device in devices:
        assert device["headroom_bytes"] == device["capacity_bytes"] - device["total_bytes"]


def test_a_document_is_a_schema_and_a_list() -> None:
    document = run("estimate", QWEN, "--json").json
    assert document["schema"] == 1
    assert len(document["estimates"]) == 1


def test_without_a_quantization_the_recommended_one_is_taken() -> None:
    assert ask(QWEN, "--hardware", "RTX 4090")["quantization"]["name"] in {"BF16", "F16"}
    tight = ask("meta-llama/Llama-3.3-70B-Instruct", "--hardware", "RTX 4090")["quantization"]["name"]
    assert tight not in {"F16", "BF16", "Q8_0"}


def test_all_quantizations_are_those_llama_cpp_loads() -> None:
    answer = run("estimate", LLAMA_8B, "--quant", "all", "--json")
    names = [found["quantization"]["name"] for found in answer.json["estimates"]]
    assert names == [one.name for one in shipped().quants if one.is_gguf]
    assert {"Q4_K_M", "IQ2_XXS", "F16", "Q8_0"} <= set(names)


def test_the_default_context_is_8192_or_the_models_own() -> None:
    assert ask(LLAMA_8B)["settings"]["context"] == 8192
    assert ask("allenai/OLMo-2-0325-32B-Instruct")["settings"]["context"] == 4096


def test_max_context_is_the_most_that_fits() -> None:
    words = ("--hardware", "RTX 3060 8GB", "--quant", "Q4_K_M")
    found = ask(LLAMA_8B, *words, "--context", "max")
    most = found["settings"]["context"]
    assert found["limits"]["max_context"] == most
    assert found["placement"]["mode"] == "gpu"
    assert ask(LLAMA_8B, *words, "--context", str(most + 256))["placement"]["mode"] == "split"


def test_more_context_than_the_models_own_is_computed_with_a_warning() -> None:
    found = ask(QWEN, "--context", "65536", "--quant", "Q8_0")
    assert found["memory"]["kv_cache_bytes"] == 2 * 402_653_184
    assert any("32,768" in warning for warning in found["warnings"])


def test_nameless_cards_have_exactly_the_memory_that_was_said() -> None:
    found = ask(LLAMA_8B, "--vram", "24GiB,12GiB", "--quant", "Q8_0")
    first, second, host = found["memory"]["devices"]
    assert (first["capacity_bytes"], second["capacity_bytes"]) == (24 * GIB, 12 * GIB)
    assert (found["memory"]["overhead_bytes"], host["kind"]) == (0, "host")
    assert found["speed"]["decode_tok_s"] is None
    assert found["hardware"]["bandwidth_bytes_per_s"] is None
    assert found["rule_of_thumb"]["decode_tok_s"] is None


def test_a_cpu_has_no_driver_overhead_and_its_memory_is_assumed_in_words() -> None:
    found = ask(QWEN, "--hardware", "cpu")
    assert found["memory"]["overhead_bytes"] == 0
    assert (found["placement"]["mode"], found["settings"]["backend"]) == ("cpu", "cpu")
    assert found["memory"]["devices"][-1]["capacity_bytes"] == 32 * GIB
    assert any("32 GiB" in note for note in found["hardware"]["assumed"])
    asked = ask(QWEN, "--hardware", "cpu", "--ram", "64GiB")
    assert asked["memory"]["devices"][-1]["capacity_bytes"] == 64 * GIB


def test_what_does_not_fit_is_still_described() -> None:
    found = ask("deepseek-ai/DeepSeek-V3", "--hardware", "RTX 4090", "--quant", "Q8_0")
    assert (found["rating"]["level"], found["rating"]["label"]) == (0, "Won't run")
    assert found["placement"]["mode"] == "none"
    assert found["memory"]["total_bytes"] > 600 * GIB
    assert found["commands"]["llama_server"] is None


def test_check_answers_with_the_exit_code() -> None:
    assert run("estimate", QWEN, "--check").code == 0
    assert run("estimate", "deepseek-ai/DeepSeek-V3", "--quant", "Q8_0", "--check").code == 1
    assert run("estimate", "deepseek-ai/DeepSeek-V3", "--quant", "Q8_0").code == 0
    assert run("estimate", QWEN, "--check", "--json").json["schema"] == 1
