"""Options of `estimate`: llama.cpp's spellings, placement by hand, and the line that reproduces it."""

import pytest

from scenes import LLAMA_8B, QWEN, QWEN_MOE, ask

GIB = 2**30
SAME = [
    (("--context", "4096"), ("-c", "4096"), ("--ctx-size", "4096"), ("--context", "4k")),
    (("--parallel", "4"), ("-np", "4")),
    (("--batch", "256"), ("-b", "256"), ("--batch-size", "256")),
    (("--ubatch", "128"), ("-ub", "128"), ("--ubatch-size", "128")),
    (("--kv-type", "q8_0,f16"), ("-ctk", "q8_0", "-ctv", "f16"), ("--cache-type-k", "q8_0")),
    (("--kv-type", "q8_0"), ("-ctk", "q8_0", "-ctv", "q8_0")),
    (("--flash-attention", "off"), ("-fa", "off"), ("--flash-attn", "off")),
    (("--gpu-layers", "7"), ("-ngl", "7"), ("--n-gpu-layers", "7")),
    (("--unified-kv", "-np", "2"), ("--kv-unified", "--parallel", "2")),
    (("--no-kv-offload",), ("-nkvo",)),
]


@pytest.mark.parametrize("spellings", SAME, ids=lambda value: " ".join(value[0]))
def test_llama_cpps_spellings_mean_the_same(spellings: tuple[tuple[str, ...], ...]) -> None:
    plain = ask(QWEN, "--quant", "Q4_K_M")
    first, *others = [ask(QWEN, "--quant", "Q4_K_M", *words) for words in spellings]
    assert first != plain
    assert all(other == first for other in others)


def test_options_and_their_values_can_be_joined_by_an_equals_sign() -> None:
    assert ask(QWEN, "--quant=Q4_K_M", "--context=4096")["settings"]["context"] == 4096


def test_all_layers_and_automatic_layers() -> None:
    words = ("--hardware", "RTX 3060 8GB", "--quant", "F16")
    assert ask(LLAMA_8B, *words, "-ngl", "auto")["placement"]["mode"] == "split"
    every = ask(LLAMA_8B, *words, "-ngl", "all")
    assert (every["placement"]["gpu_layers"], every["rating"]["level"]) == (33, 0)
    assert ask(LLAMA_8B, *words, "-ngl", "0")["placement"]["mode"] == "cpu"


def test_experts_can_be_kept_on_the_host() -> None:
    found = ask(QWEN_MOE, "--quant", "Q4_K_M", "--n-cpu-moe", "20")
    assert (found["placement"]["mode"], found["placement"]["cpu_moe_layers"]) == ("moe-offload", 20)
    assert "--n-cpu-moe 20" in found["commands"]["llama_server"]


def test_a_split_between_cards_is_as_asked() -> None:
    found = ask(LLAMA_8B, "--hardware", "2x RTX 3090", "--quant", "Q4_K_M", "-ts", "3,1")
    first, second, _ = found["memory"]["devices"]
    assert first["weights_bytes"] > 2 * second["weights_bytes"]
    assert found["placement"]["tensor_split"] == [3, 1]


def test_slots_share_the_context_and_the_document_says_how() -> None:
    found = ask(LLAMA_8B, "--quant", "Q4_K_M", "-c", "5000", "-np", "3")["settings"]
    assert (found["context"], found["cells_per_slot"], found["context_allocated"]) == (5000, 1792, 5376)


def test_batches_are_no_larger_than_the_context() -> None:
    found = ask(QWEN, "--quant", "Q4_K_M", "-c", "256")["settings"]
    assert (found["batch"], found["ubatch"]) == (256, 256)


def test_a_margin_is_taken_off_every_card() -> None:
    plain, asked = ask(QWEN, "--quant", "Q8_0"), ask(QWEN, "--quant", "Q8_0", "--margin", "2GiB")
    capacity = [found["memory"]["devices"][0]["capacity_bytes"] for found in (plain, asked)]
    assert capacity[0] - capacity[1] == 2 * GIB


def test_a_macs_limit_can_be_raised_but_not_beyond_its_memory() -> None:
    words = ("--hardware", "M2 Max 38-core 64GB", "--quant", "Q8_0")
    found = ask(LLAMA_8B, *words, "--gpu-limit", "60GiB")
    assert found["memory"]["devices"][0]["capacity_bytes"] == 60 * GIB


def test_what_was_assumed_is_said() -> None:
    found = ask(QWEN, "--hardware", "RTX 3060", "--quant", "Q8_0")
    assert "the 12 GB version, of 2 sold" in found["hardware"]["assumed"]
    assert any("32 GiB" in note for note in found["hardware"]["assumed"])
    asked = ask(QWEN, "--hardware", "RTX 3060", "--quant", "Q8_0", "--ram", "64GiB")
    assert not any("32 GiB" in note for note in asked["hardware"]["assumed"])


def test_an_importance_matrix_is_assumed_where_publishers_use_one() -> None:
    assert ask(QWEN, "--quant", "IQ4_XS")["quantization"]["imatrix"]
    assert not ask(QWEN, "--quant", "Q4_K_M")["quantization"]["imatrix"]
    asked = ask(LLAMA_8B, "--quant", "IQ2_XXS", "--no-imatrix")
    assert any("importance matrix" in warning for warning in asked["warnings"])


def test_the_llama_server_line_says_every_setting_that_differs_from_its_default() -> None:
    words = ("-c", "8192", "-np", "2", "-ctk", "q8_0", "-ctv", "q8_0", "-fa", "on", "-ub", "256")
    line = ask(LLAMA_8B, "--quant", "Q4_K_M", *words)["commands"]["llama_server"]
    assert line.startswith("llama-server -m Llama-3.1-8B-Instruct-Q4_K_M.gguf ")
    for flag in ("-c 8192", "-np 2", "-ctk q8_0", "-ctv q8_0", "-fa on", "-ub 256", "-ngl 33"):
        assert flag in line


def test_library_users_pay_for_logits_of_the_whole_batch() -> None:
    server, library = (
        ask(QWEN, "--quant", "Q8_0", "--outputs", which)["memory"] for which in ("server", "all")
    )
    assert server["compute_bytes"] * 3 < library["compute_bytes"]


def test_a_checkpoint_keeps_its_own_id_and_context() -> None:
    found = ask("google/gemma-4-31B", "--quant", "Q4_K_M")
    assert found["model"]["id"] == "google/gemma-4-31B"
    assert found["model"]["context_max"] is None
    assert any("context length is not known" in warning for warning in found["warnings"])


def test_a_host_without_memory_runs_nothing() -> None:
    assert ask(QWEN, "--hardware", "cpu", "--ram", "0")["rating"]["level"] == 0
