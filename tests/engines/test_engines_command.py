"""`--engine`, and several machines at once, from the command line."""

from typing import Any

import pytest

from scenes import LLAMA_8B, QWEN, run

H100 = "8x H100 SXM"
LLAMA_405B = "meta-llama/Llama-3.1-405B-Instruct"
DEEPSEEK = "deepseek-ai/DeepSeek-V3"
QWEN_235B = "Qwen/Qwen3-235B-A22B"
GEMMA = "google/gemma-3-27b-it"
THREE_MACS = ("--hardware", "3x(M3 Ultra 512GB)", "--link", "TB5")


def asked(*words: str) -> dict[str, Any]:
    """The one estimate of a command."""
    return run("estimate", *words, "--json").estimate


def refused(*words: str) -> str:
    """What the command says where it cannot."""
    found = run("estimate", *words, "--json")
    assert found.code == 2
    assert found.err.count("\n") == 1
    return found.err


def test_vllm_answers_in_the_shape_of_any_estimate_and_adds_its_own_figures() -> None:
    found = asked(LLAMA_8B, "--engine", "vllm", "--hardware", "RTX 4090", "--quant", "BF16")
    assert found["settings"]["engine"] == "vllm"
    assert set(found) >= {"memory", "placement", "rating", "speed", "limits", "commands", "vllm"}
    said = found["vllm"]
    assert said["kv_cache_tokens_low"] <= said["kv_cache_tokens"] <= said["kv_cache_tokens_high"]
    assert said["max_concurrency"] == pytest.approx(said["kv_cache_tokens"] / 8192, abs=0.02)
    assert "--max-model-len 8192" in found["commands"]["vllm"]


def test_people_read_the_engine_s_own_figures_and_how_to_start_it() -> None:
    words = ("estimate", LLAMA_8B, "--engine", "vllm", "--quant", "BF16")
    one = run(*words, "--hardware", "RTX 4090").out
    assert "GPU KV cache size: " in one
    assert "Maximum concurrency for 8,192 tokens per request: " in one
    assert "vllm serve meta-llama/Llama-3.1-8B-Instruct" in one
    assert "llama-server" not in one
    two = run(*words, "--hardware", f"2x({H100})", "--link", "100 GbE").out
    assert two.index("ray start --head") < two.index("ray start --address") < two.index("vllm serve")
    assert "FROM ./" in run("estimate", QWEN, "--engine", "ollama", "--quant", "Q4_K_M").out


def test_more_of_the_card_makes_more_room_for_the_cache() -> None:
    words = (LLAMA_8B, "--engine", "vllm", "--hardware", "RTX 4090", "--quant", "BF16")
    few = asked(*words, "--gpu-memory-utilization", "0.8")
    many = asked(*words, "--gpu-memory-utilization", "0.95")
    assert few["vllm"]["kv_cache_tokens"] < many["vllm"]["kv_cache_tokens"]
    assert "--gpu-memory-utilization 0.95" in many["commands"]["vllm"]


@pytest.mark.parametrize(
    ("name", "quant", "hardware", "fits", "tensor", "pipeline"),
    [
        (DEEPSEEK, "FP8", H100, False, 8, 1),
        (DEEPSEEK, "FP8", f"2x({H100})", True, 8, 2),
        (DEEPSEEK, "FP8", f"4x({H100})", True, 8, 4),
        (LLAMA_405B, "BF16", H100, False, 8, 1),
        (LLAMA_405B, "FP8", H100, True, 8, 1),
        (LLAMA_405B, "BF16", f"2x({H100})", True, 8, 2),
        (QWEN_235B, "BF16", "DGX H100", True, 8, 1),
        (QWEN_235B, "BF16", f"2x({H100})", True, 8, 2),
    ],
)
def test_large_models_are_planned_as_an_operator_would(
    name: str, quant: str, hardware: str, fits: bool, tensor: int, pipeline: int
) -> None:
    words = ("--quant", quant, "--hardware", hardware, "--context", "32768")
    link = ("--link", "InfiniBand NDR") if "(" in hardware else ()
    found = asked(name, "--engine", "vllm", *words, *link)
    assert (found["rating"]["level"] > 0) == fits
    assert (found["vllm"]["tensor_parallel"], found["vllm"]["pipeline_parallel"]) == (tensor, pipeline)
    gpus = [device for device in found["memory"]["devices"] if device["kind"] == "gpu"]
    assert len(gpus) == tensor * pipeline
    assert found["speed"]["decode_tok_s"] > 1


def test_each_node_gets_its_line() -> None:
    found = asked(QWEN_235B, "--engine", "vllm", "--hardware", f"2x({H100})", "--quant", "BF16")
    assert found["commands"]["ray"] == [
        "ray start --head --port=6379",
        "ray start --address=HEAD_IP:6379",
    ]
    assert "--pipeline-parallel-size 2" in found["commands"]["vllm"]
    rpc = asked(QWEN_235B, "--hardware", f"2x({H100})", "--quant", "Q4_K_M", "--link", "100GbE")
    assert "--rpc NODE2_IP:50052" in rpc["commands"]["llama_server"]
    assert rpc["commands"]["rpc_server"] == ["rpc-server -H 0.0.0.0 -p 50052 -c"]


def test_a_slower_link_is_slower_and_an_unknown_one_has_no_speed() -> None:
    words = (QWEN, "--engine", "vllm", "--hardware", "2x(RTX 3090)", "--quant", "BF16")
    fast = asked(*words, "--link", "InfiniBand NDR")["speed"]["decode_tok_s"]
    slow = asked(*words, "--link", "10 GbE")["speed"]["decode_tok_s"]
    assert slow <= fast
    nothing = asked(*words)
    assert nothing["speed"]["decode_tok_s"] is None
    assert any("--link" in said for said in nothing["warnings"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((QWEN, "--engine", "vllm", "--hardware", "M3 Max 64GB"), "--engine llama.cpp runs there"),
        ((QWEN, "--engine", "mlx", "--hardware", "RTX 4090"), "is for Apple silicon"),
        ((QWEN_235B, "--engine", "vllm", "--hardware", H100, "--tensor-parallel", "3"), "1, 2, 4 or 8 would"),
        (
            (QWEN, "--engine", "vllm", "--hardware", H100, "--tensor-parallel", "2", "-pp", "8"),
            "takes 16 GPUs; there are 8: --pipeline-parallel 4 would do",
        ),
        (
            (QWEN_235B, "--engine", "vllm", "--hardware", H100, "-tp", "16"),
            "there are 8: 1, 2, 4 or 8 would do",
        ),
        ((QWEN, "--engine", "mlx", "--hardware", "M3 Max 64GB", "-tp", "2"), "--hardware '2x(Apple M3 Max"),
        (
            (QWEN, "--engine", "ollama", "--hardware", "2x(RTX 3090)"),
            "one machine, not 2; --engine llama.cpp",
        ),
        ((QWEN, "--engine", "vllm", "--hardware", "RTX 4090", "-ctk", "q8_0"), "f16, bf16 or fp8 would work"),
        ((GEMMA, "--engine", "mlx", *THREE_MACS), "one machine or --engine llama.cpp would do"),
        ((LLAMA_8B, "--engine", "mlx", *THREE_MACS), "32 attention heads do not divide by 3; 2 machines"),
        ((QWEN, "--engine", "mlx", *THREE_MACS, "-pp", "2"), "--tensor-parallel 3 or --pipeline-parallel 3"),
        ((GEMMA, "--engine", "mlx", "--hardware", "M3 Max 64GB", "-ctk", "q8_0", "-ctv", "q8_0"), "window"),
        ((QWEN, "--hardware", "RTX 4090", "--link", "100GbE"), "connects machines"),
        ((QWEN, "--hardware", "2x(RTX 4090)", "--link", "carrier pigeon"), "link"),
        ((QWEN, "--hardware", "2x(cpu)"), "machines with GPUs were expected"),
        ((QWEN, "--engine", "vllm", "--gpu-memory-utilization", "2"), "such as 0.9"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence_with_what_would(words: tuple[str, ...], said: str) -> None:
    assert said in refused(*words)


@pytest.mark.parametrize(
    ("engine", "hardware"), [("vllm", "cpu"), ("mlx", "RTX 4090"), ("ollama", "2x(RTX 3090)")]
)
def test_a_ranking_says_that_the_engine_is_not_for_the_machine(engine: str, hardware: str) -> None:
    answer = run("rank", "--engine", engine, "--hardware", hardware)
    assert (answer.code, answer.out) == (2, "")
    assert "--engine llama.cpp" in answer.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--engine", "vllm", "-ngl", "9", "-ncmoe", "1"), "--gpu-layers and --n-cpu-moe change nothing"),
        (("-tp", "2"), "--tensor-parallel changes nothing under --engine llama.cpp"),
        (
            ("--engine", "ollama", "--gpu-memory-utilization", "0.8"),
            "--gpu-memory-utilization changes nothing",
        ),
    ],
)
def test_an_option_the_engine_has_nothing_like_is_said(words: tuple[str, ...], said: str) -> None:
    assert any(said in one for one in asked(QWEN, "--hardware", "2x RTX 4090", *words)["warnings"])


def test_ollama_starts_from_its_own_context_and_batch() -> None:
    small = asked(LLAMA_8B, "--engine", "ollama", "--hardware", "RTX 3060 12GB", "--quant", "Q4_K_M")
    assert small["settings"]["context"] == 4096
    assert small["settings"]["batch"] == small["settings"]["ubatch"] == 512
    longer = asked(LLAMA_8B, "--engine", "ollama", "--hardware", "RTX 3090", "-c", "16384")
    assert longer["settings"]["batch"] == longer["settings"]["ubatch"] == 1024
    large = asked(LLAMA_8B, "--engine", "ollama", "--hardware", "RTX 3090", "--quant", "Q4_K_M")
    assert large["settings"]["context"] == 32_768


def test_mlx_rounds_its_cache_to_steps_of_256_tokens() -> None:
    words = (QWEN, "--engine", "mlx", "--hardware", "M3 Max 64GB", "--quant", "MLX-4bit")
    just = asked(*words, "--context", "4096")["memory"]["kv_cache_bytes"]
    over = asked(*words, "--context", "4097")["memory"]["kv_cache_bytes"]
    assert over - just == 24 * 256 * (128 + 128) * 2


def test_macs_split_layers_or_hold_them_in_turn_each_with_the_embedding_whole() -> None:
    words = (LLAMA_8B, "--engine", "mlx", "--quant", "MLX-4bit", "--context", "8192")
    one = asked(*words, "--hardware", "M3 Ultra 512GB")["memory"]
    two = asked(*words, "--hardware", "2x(M3 Ultra 512GB)", "--link", "TB5")["memory"]
    each = two["devices"][0]
    ends = 2 * 128_256 * 4096 * 4.5 / 8
    assert 2 * each["weights_bytes"] == pytest.approx(one["weights_bytes"] + ends, rel=0.01)
    assert 2 * each["kv_cache_bytes"] == one["kv_cache_bytes"]
    whole = asked(QWEN, "--engine", "mlx", "--hardware", "3x(M3 Ultra 512GB)", "-pp", "3")["memory"]
    assert [device["kind"] for device in whole["devices"]] == ["gpu", "gpu", "gpu", "host"]


def test_an_8_bit_cache_holds_twice_the_tokens_in_vllm() -> None:
    words = (LLAMA_8B, "--engine", "vllm", "--hardware", "RTX 4090", "--quant", "BF16")
    half, whole = asked(*words, "--kv-type", "fp8")["vllm"], asked(*words)["vllm"]
    assert half["kv_cache_tokens"] == pytest.approx(2 * whole["kv_cache_tokens"], rel=0.001)


def test_layers_of_llama_cpp_spread_over_machines_that_share_memory() -> None:
    found = asked(
        QWEN_235B, "--quant", "Q8_0", "--hardware", "2x(M3 Ultra 80-core 256GB)", "--link", "10 GbE"
    )
    assert found["rating"]["level"] > 0
    held = [device["weights_bytes"] for device in found["memory"]["devices"] if device["kind"] == "gpu"]
    assert min(held) > 100 << 30
    assert "--rpc NODE2_IP:50052" in found["commands"]["llama_server"]
