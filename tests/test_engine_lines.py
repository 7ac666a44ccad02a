"""The same scenario in other engines' words, and nothing where an engine cannot run it so."""

import re
from typing import Any

import pytest

from engines.options import parsed
from llmfit_tui.core.engines.engine import Engine
from llmfit_tui.core.estimate import Estimate
from llmfit_tui.core.memory.kvcache import KVType
from llmfit_tui.format.commands import commands
from llmfit_tui.format.launch.vllm import vllm_notes
from scenes import LLAMA_8B, LLAMA_70B, QWEN, QWEN_MOE, estimated, run

MODELFILE = re.compile(
    r"(#[^\n]*\n)*FROM [^\n]+\n(PARAMETER (num_ctx|num_gpu|num_batch) [0-9]+\n)*", re.MULTILINE
)
"""The part of Ollama's grammar used here: comments, one FROM, parameters with a number."""


TWO_MACS = ("--hardware", "2x(M3 Ultra 512GB)", "--link", "Thunderbolt 5")


def lines(found: Estimate) -> dict[str, Any]:
    return commands(found)


def test_a_modelfile_says_what_one_slot_has_and_how_many_layers_the_gpu() -> None:
    found = estimated(LLAMA_8B, "Q4_K_M", "RTX 4090", context=16_384, parallel=2, ubatch=256)
    said = lines(found)
    assert said["ollama"] == (
        "# OLLAMA_FLASH_ATTENTION=1 OLLAMA_KV_CACHE_TYPE=f16 OLLAMA_NUM_PARALLEL=2 ollama serve\n"
        "FROM ./Llama-3.1-8B-Instruct-Q4_K_M.gguf\n"
        "PARAMETER num_ctx 8192\n"
        "PARAMETER num_gpu 33\n"
        "PARAMETER num_batch 256\n"
    )
    assert MODELFILE.fullmatch(said["ollama"])
    assert said["ollama_environment"]["OLLAMA_NUM_PARALLEL"] == "2"


def test_ollama_spreads_over_several_cards_only_when_told() -> None:
    found = estimated(LLAMA_70B, "Q4_K_M", "2x RTX 3090")
    assert lines(found)["ollama_environment"]["OLLAMA_SCHED_SPREAD"] == "1"


@pytest.mark.parametrize(
    "settings",
    [
        {"kv_type_k": KVType.Q8_0},
        {"kv_type_k": KVType.Q5_1, "kv_type_v": KVType.Q5_1},
        {"unified_kv": True},
        {"swa_full": True},
        {"kv_offload": False},
        {"cpu_moe_layers": 10},
    ],
    ids=str,
)
def test_what_ollama_has_no_setting_for_it_is_not_asked(settings: dict[str, Any]) -> None:
    assert lines(estimated(QWEN_MOE, "Q4_K_M", "RTX 4090", **settings))["ollama"] is None


def test_vllm_gets_whole_models_of_its_own_formats_on_equal_gpus() -> None:
    line = lines(estimated(LLAMA_70B, "BF16", "8x H100 SXM", context=32_768, parallel=4))["vllm"]
    assert line == (
        "vllm serve meta-llama/Llama-3.3-70B-Instruct --max-model-len 8192 --max-num-seqs 4 "
        "--gpu-memory-utilization 0.92 --dtype bfloat16 --tensor-parallel-size 8"
    )
    assert "--quantization fp8" in lines(estimated(LLAMA_70B, "FP8", "2x H100 SXM"))["vllm"]
    assert lines(estimated(LLAMA_70B, "Q4_K_M", "8x H100 SXM"))["vllm"] is None
    assert lines(estimated(LLAMA_70B, "BF16", "RTX 4090"))["vllm"] is None
    assert lines(estimated(LLAMA_8B, "BF16", "M3 Max 40-core 64GB"))["vllm"] is None


def test_heads_that_do_not_divide_leave_the_rest_to_the_pipeline() -> None:
    line = lines(estimated(QWEN, "BF16", "4x RTX 4090"))["vllm"]
    assert line.endswith("--tensor-parallel-size 2 --pipeline-parallel-size 2")


def test_mlx_makes_a_quantized_model_first_and_serves_it() -> None:
    line = lines(estimated(LLAMA_8B, "MLX-4bit", "M3 Max 40-core 64GB", parallel=2))["mlx"]
    make, serve = line.split(" && ")
    made = parsed(make)
    assert (made["hf_path"], made["q_bits"], made["quantize"]) == (LLAMA_8B, 4, True)
    assert parsed(serve)["model"] == made["mlx_path"]
    assert lines(estimated(LLAMA_8B, "MLX-4bit", "RTX 4090"))["mlx"] is None


def test_llama_server_is_told_of_its_prompt_cache() -> None:
    assert "--cache-ram" in lines(estimated(QWEN, "Q4_K_M", "RTX 4090"))["notes"][0]
    assert lines(estimated(LLAMA_8B, "MLX-4bit", "M3 Max 40-core 64GB"))["notes"] == []


def test_bitsandbytes_in_vllm_names_the_plugin_it_needs() -> None:
    said = lines(estimated(LLAMA_8B, "BNB-NF4", "RTX 4090"))
    assert "--quantization bitsandbytes" in said["vllm"]
    assert "vllm-bnb-plugin" in " ".join(said["notes"])


def test_several_macs_are_started_together_and_keep_a_rounded_cache() -> None:
    macs = {"engine": Engine.MLX, "kv_type_k": KVType.Q8_0, "kv_type_v": KVType.Q8_0}
    line = lines(estimated(LLAMA_8B, "MLX-4bit", "M3 Max 40-core 64GB", **macs))["mlx"]
    assert parsed(line.split(" && ")[1])["kv_bits"] == 8
    pair = run("estimate", LLAMA_8B, "--engine", "mlx", "--quant", "MLX-4bit", "--json", *TWO_MACS)
    launch, serve = pair.estimate["commands"]["mlx"].split(" && ")[1].split(" -- ")
    assert parsed(launch)["backend"] == "jaccl"
    assert not parsed(serve)["pipeline"]


def test_a_cache_of_vllm_s_own_is_asked_of_vllm_alone() -> None:
    fp8 = {"kv_type_k": KVType.FP8, "kv_type_v": KVType.FP8}
    said = lines(estimated(LLAMA_8B, "BF16", "RTX 4090", **fp8))
    assert parsed(said["vllm"])["kv_cache_dtype"] == "fp8"
    assert said["llama_server"] is said["ollama"] is said["mlx"] is None


def test_a_latent_cache_on_every_gpu_is_said_with_what_serves_many_requests() -> None:
    def notes(name: str, type_name: str) -> str:
        return " ".join(vllm_notes(estimated(name, type_name, "8x H200 SXM", engine=Engine.VLLM)))

    assert "--data-parallel-size 8 --enable-expert-parallel" in notes("deepseek-ai/DeepSeek-V3", "FP8")
    assert notes("Qwen/Qwen3-235B-A22B", "FP8") == ""
