"""Reading shapes from configurations."""

import pytest

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.memory.layers import Keeps
from llmfit_tui.core.memory.weights import active_parameters, weights_of
from llmfit_tui.core.models.architecture import Architecture
from llmfit_tui.core.models.shapes import architecture_of
from llmfit_tui.core.scenario import architecture
from scenes import LLAMA_8B, QWEN, QWEN_MOE, model, shipped

PLAIN = {
    "model_type": "llama",
    "num_hidden_layers": 4,
    "hidden_size": 64,
    "num_attention_heads": 8,
    "vocab_size": 100,
}


def shape(name: str) -> Architecture:
    return architecture(model(name))


def kinds(name: str, what: Keeps) -> int:
    return sum(kind is what for kind in shape(name).kinds)


@pytest.mark.parametrize(
    ("name", "gguf"),
    [
        (QWEN, "qwen2"),
        (LLAMA_8B, "llama"),
        (QWEN_MOE, "qwen3moe"),
        ("google/gemma-3-27b-it", "gemma3"),
        ("deepseek-ai/DeepSeek-V3", "deepseek2"),
        ("openai/gpt-oss-20b", "gpt-oss"),
        ("zai-org/GLM-4.5-Air", "glm4moe"),
        ("mistralai/Mixtral-8x7B-Instruct-v0.1", "llama"),
        ("nvidia/Llama-3_3-Nemotron-Super-49B-v1", "deci"),
        ("tiiuae/Falcon-H1-0.5B-Instruct", "falcon-h1"),
    ],
)
def test_a_model_has_the_name_llama_cpp_gives_its_architecture(name: str, gguf: str) -> None:
    assert shape(name).name == gguf


def test_qwen_shares_two_key_heads_among_fourteen() -> None:
    found = shape(QWEN)
    assert (found.layers, found.hidden, found.heads, found.kv_heads, found.head_dim) == (24, 896, 14, 2, 64)
    assert found.tied_embeddings
    assert set(found.key_widths) == set(found.value_widths) == {128}


def test_five_of_six_gemma_3_layers_see_a_window() -> None:
    found = shape("google/gemma-3-27b-it")
    assert found.window == 1024
    assert (kinds("google/gemma-3-27b-it", Keeps.WINDOW), kinds("google/gemma-3-27b-it", Keeps.FULL)) == (
        52,
        10,
    )
    assert found.kinds[5] is Keeps.FULL


def test_llama_cpp_ignores_the_window_of_phi_3() -> None:
    assert kinds("microsoft/Phi-3.5-mini-instruct", Keeps.WINDOW) == 0


def test_three_of_four_qwen3_next_layers_keep_a_state() -> None:
    assert kinds("Qwen/Qwen3-Next-80B-A3B-Instruct", Keeps.STATE) == 36
    assert kinds("Qwen/Qwen3-Next-80B-A3B-Instruct", Keeps.FULL) == 12


def test_deepseek_keeps_one_compressed_row_a_layer() -> None:
    found = shape("deepseek-ai/DeepSeek-V3")
    assert found.latent
    assert (set(found.key_widths), set(found.value_widths)) == ({576}, {0})
    assert (found.experts, found.experts_used, found.expert_layers) == (256, 8, 58)


@pytest.mark.parametrize("missing", ["num_hidden_layers", "hidden_size", "vocab_size"])
def test_a_missing_size_is_named(missing: str) -> None:
    with pytest.raises(BadValue, match=missing):
        architecture_of({key: value for key, value in PLAIN.items() if key != missing})


@pytest.mark.parametrize("junk", [None, "many", -3, True, {}, []])
def test_a_size_that_is_no_number_is_named(junk: object) -> None:
    with pytest.raises(BadValue, match="num_hidden_layers"):
        architecture_of({**PLAIN, "num_hidden_layers": junk})


def test_other_families_names_of_sizes_are_understood() -> None:
    old = {"model_type": "gpt2", "n_layer": 4, "n_embd": 64, "n_head": 8, "vocab_size": 100}
    found = architecture_of(old)
    assert (found.layers, found.hidden, found.heads, found.head_dim) == (4, 64, 8, 8)


def test_only_the_chosen_experts_count_as_active() -> None:
    dense, moe = model(LLAMA_8B), model(QWEN_MOE)
    assert active_parameters(dense, architecture(dense)) == dense.parameters
    assert moe.parameters is not None
    found = active_parameters(moe, architecture(moe))
    assert found is not None
    assert found / 1e9 == pytest.approx(3.3, abs=0.2)


def test_active_bytes_hold_eight_of_128_experts() -> None:
    one = model(QWEN_MOE)
    q4 = next(q for q in shipped().quants if q.name == "Q4_K_M")
    weights = weights_of(one, architecture(one), q4, imatrix=False)
    assert weights is not None
    assert weights.experts_read == pytest.approx(8 / 128)
    assert weights.active_bytes < weights.tensor_bytes / 6


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("deepseek-ai/DeepSeek-V4-Flash", "deepseek4"),
        ("MiniMaxAI/MiniMax-Text-01", "minimax-01"),
        ("inclusionAI/Ling-3.0-flash", "bailingmoe3"),
        ("moonshotai/Kimi-K3", "kimi-k3"),
        ("upstage/Solar-Open-100B", "glm4moe"),
    ],
)
def test_an_architecture_goes_by_the_name_its_file_bears(name: str, written: str) -> None:
    assert architecture(model(name)).name == written


def test_a_window_llama_cpp_ignores_is_none() -> None:
    assert architecture(model("microsoft/Phi-4-mini-reasoning")).window is None
