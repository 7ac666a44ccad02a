"""Which of the files that carry one name an estimate means, and what the others weigh."""

import pytest

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.memory.modeltensors import variant_sizes
from llmfit_tui.core.tensors.plan import tensor_plan
from llmfit_tui.core.tensors.variants import variant_named, variants_of
from scenes import LLAMA_8B, QWEN, ask, estimated, model, quant, run

PHI = "microsoft/phi-4"
OSS = "openai/gpt-oss-20b"


def names(name: str, file_type: str) -> list[str]:
    return [size.variant.name for size in variant_sizes(model(name), quant(file_type), imatrix=False)]


@pytest.mark.parametrize(
    ("name", "file_type", "others"),
    [
        (LLAMA_8B, "Q4_K_M", []),
        (LLAMA_8B, "Q4_0", ["imatrix"]),
        (LLAMA_8B, "Q2_K_L", ["q4_k-embedding"]),
        (QWEN, "Q4_K_M", ["stored-output"]),
        ("Qwen/Qwen3-4B", "Q2_K_L", ["as-q2_k", "stored-output"]),
        (PHI, "Q4_K_M", ["rules-of-2025"]),
        ("zai-org/GLM-4.5-Air", "Q4_K_M", ["no-mtp"]),
        ("google/gemma-3n-E2B-it", "Q4_K_M", ["stored-output", "rules-of-2025"]),
    ],
)
def test_an_estimate_knows_the_other_files_of_its_name(name: str, file_type: str, others: list[str]) -> None:
    assert names(name, file_type) == ["llama-quantize", *others]


def test_files_of_gpt_oss_keep_their_experts_unless_asked_otherwise() -> None:
    assert names(OSS, "F16") == ["native-experts", "llama-quantize"]
    usual, requantized = (
        ask(OSS, "--quant", "F16", *words)["quantization"] for words in ((), ("--variant", "llama-quantize"))
    )
    assert usual["tensor_types"]["MXFP4"] == 72
    assert requantized["tensor_types"] == {"F16": 170, "F32": 289}
    assert requantized["tensor_bytes"] > 3 * usual["tensor_bytes"] / 1.2


def test_everything_follows_the_variant() -> None:
    usual, older = (
        estimated(PHI, "Q4_K_M", "RTX 4090", variant=variant) for variant in (None, "rules-of-2025")
    )
    assert older.weights.variant == "rules-of-2025"
    assert older.weights.file_bytes < usual.weights.file_bytes
    assert older.total_bytes < usual.total_bytes


def test_the_importance_matrix_can_be_named_as_a_variant() -> None:
    without = ask(LLAMA_8B, "--quant", "Q4_0", "--variant", "no-imatrix")["quantization"]
    assert without == ask(LLAMA_8B, "--quant", "Q4_0", "--no-imatrix")["quantization"]
    assert without["imatrix"] is False


def test_a_variant_this_model_has_not_is_refused_with_those_it_has() -> None:
    answer = run("estimate", LLAMA_8B, "--quant", "Q4_K_M", "--variant", "no-mtp")
    assert answer.code == 2
    assert "it has llama-quantize" in answer.err


def test_variants_are_listed_with_their_sizes_and_types() -> None:
    found = ask(QWEN, "--quant", "Q8_0")["quantization"]
    assert found["variant"] == "llama-quantize"
    usual, stored = found["variants"]
    assert usual["tensor_bytes"] == found["tensor_bytes"]
    assert usual["tensor_types"] == found["tensor_types"]
    assert found["file_bytes"] == usual["file_bytes"]
    assert stored["name"] == "stored-output"
    assert stored["tensor_bytes"] - usual["tensor_bytes"] == 896 * 151_936 * 34 // 32


@pytest.mark.parametrize("file_type", ["UD-Q4_K_XL", "MLX-4bit", "EXL3-4.0bpw", "IQ4_KS"])
def test_what_is_made_in_one_way_only_has_no_variants(file_type: str) -> None:
    assert variant_sizes(model(QWEN), quant(file_type), imatrix=False) == ()


@pytest.mark.parametrize(
    ("name", "form", "others"),
    [
        (LLAMA_8B, "BNB-NF4", ["double-quantized", "plain-scales"]),
        (QWEN, "BNB-NF4", ["double-quantized", "plain-scales", "stored-output"]),
        (QWEN, "FP8", ["tied-output", "stored-output"]),
        (LLAMA_8B, "FP8", []),
    ],
)
def test_repositories_of_other_formats_differ_too(name: str, form: str, others: list[str]) -> None:
    assert names(name, form) == others


def test_a_published_nf4_without_double_quantization_has_the_size_we_say() -> None:
    """RichardErkhov/Qwen_-_Qwen2.5-7B-Instruct-4bits: 4.76 and 1.09 GB."""
    found = ask("Qwen/Qwen2.5-7B-Instruct", "--quant", "BNB-NF4", "--variant", "plain-scales")["quantization"]
    assert (found["variant"], found["header_bytes"]) == ("plain-scales", None)
    assert found["file_bytes"] == pytest.approx(5.85e9, abs=1e7)


def test_a_published_fp8_that_stores_the_tied_output_has_the_size_we_say() -> None:
    """Qwen/Qwen3-4B-FP8: 4.41 GB and 778 MB."""
    found = ask("Qwen/Qwen3-4B", "--quant", "FP8", "--variant", "stored-output")["quantization"]
    assert found["file_bytes"] == pytest.approx(5.188e9, abs=1e7)


def test_the_variant_assumed_comes_first() -> None:
    plan = tensor_plan(model(OSS).config)
    assert plan is not None
    known = variants_of(plan, "Q4_K_M")
    assert variant_named(None, known, "Q4_K_M") is known[0]
    with pytest.raises(BadValue, match="has no variant"):
        variant_named("nonsense", known, "Q4_K_M")
