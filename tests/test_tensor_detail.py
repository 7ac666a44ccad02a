"""What a quantization is made of, in words and in JSON."""

import pytest

from llmfit_tui.core.estimate import Estimate
from llmfit_tui.format.tensors import TensorDetail, tensor_detail
from scenes import LLAMA_8B, QWEN, ask, estimated, run


def found(name: str, file_type: str, **settings: object) -> Estimate:
    return estimated(name, file_type, "RTX 4090", **settings)


def detail(name: str, file_type: str, **settings: object) -> TensorDetail:
    return tensor_detail(found(name, file_type, **settings))


def said(name: str, file_type: str, tensor: str) -> tuple[str, str]:
    """(types, why) of a tensor."""
    (row,) = (row for row in detail(name, file_type).tensors if row.name == tensor)
    return row.types, row.why


THIRDS = "the first and last eighth of the layers, and every third between"


@pytest.mark.parametrize(
    ("name", "file_type", "tensor", "types", "why"),
    [
        (LLAMA_8B, "Q4_K_M", "attn_v", "Q6_K in 16 layers, Q4_K in 16", f"Q6_K for {THIRDS}"),
        (LLAMA_8B, "Q4_K_M", "output", "Q6_K", "rule: the output matrix matters most"),
        (LLAMA_8B, "Q4_K_M", "attn_q", "Q4_K in 32 layers", ""),
        (LLAMA_8B, "Q4_K_S", "attn_v", "Q4_K in 28 layers, Q5_K in 4", "Q5_K for the first four layers"),
        (QWEN, "Q4_K_M", "attn_q", "Q5_0 in 24 layers", "rows of 896 do not divide into Q4_K blocks"),
        (
            QWEN,
            "Q4_K_M",
            "attn_v",
            "Q8_0 in 12 layers, Q5_0 in 12",
            "rows of 896 do not divide into Q6_K or Q4_K blocks",
        ),
        (QWEN, "Q4_K_M", "token_embd", "Q8_0", "the embedding is the output matrix too"),
        (LLAMA_8B, "Q4_K_L", "token_embd", "Q8_0", "the publisher's choice"),
        ("openai/gpt-oss-20b", "Q8_0", "ffn_up_exps", "MXFP4 in 24 layers", "the publisher's choice"),
        ("Qwen/Qwen3-30B-A3B", "IQ3_M", "attn_v", "Q4_K in 48 layers", "rule: values matter more than keys"),
        (LLAMA_8B, "AWQ-INT4-g128", "ffn_up", "int4 in 32 layers", ""),
    ],
)
def test_a_line_says_which_type_where_and_why(
    name: str, file_type: str, tensor: str, types: str, why: str
) -> None:
    assert said(name, file_type, tensor) == (types, why)


def test_norms_and_biases_share_a_line() -> None:
    last = detail(QWEN, "Q4_K_M").tensors[-1]
    assert last.name == "output_norm, attn_norm, attn_q.bias and 3 more"
    assert (last.types, last.why) == ("F32 in 121 tensors", "never quantized")


def test_a_format_says_what_stays_in_16_bits() -> None:
    last = detail(LLAMA_8B, "AWQ-INT4-g128").tensors[-1]
    assert (last.types, last.why) == ("F16 in 67 tensors", "stays in 16 bits")


@pytest.mark.parametrize("file_type", ["Q4_K_M", "IQ2_M", "F16", "MLX-4bit"])
@pytest.mark.parametrize("name", [QWEN, "Qwen/Qwen3.5-35B-A3B", "openai/gpt-oss-20b"])
def test_the_lines_add_up_to_the_file(name: str, file_type: str) -> None:
    estimate = found(name, file_type)
    assert sum(row.bytes for row in tensor_detail(estimate).tensors) == estimate.weights.tensor_bytes


def test_the_head_names_the_file_meant_and_the_others() -> None:
    about = detail(QWEN, "Q4_K_M").about
    assert about[0].endswith("exact, and a header of about 6.0 MB")
    assert about[1] == "this is the file llama-quantize, made as llama-quantize chooses today"
    assert about[2].startswith("stored-output would be 491 MB, made from a repository that stores")


def test_what_is_approximate_says_so_and_lists_nothing() -> None:
    for name, file_type in ((LLAMA_8B, "UD-Q4_K_XL"), ("facebook/opt-6.7b", "Q4_K_M")):
        shown = detail(name, file_type)
        assert shown.about[0].startswith("about ")
        assert shown.tensors == ()
    assert detail(LLAMA_8B, "Q4_K_M", by_bits=True).tensors == ()


def test_json_lists_every_tensor_on_request_only() -> None:
    assert "tensors" not in ask(QWEN, "--quant", "Q4_K_M")["quantization"]
    listed = ask(QWEN, "--quant", "Q4_K_M", "--tensors")["quantization"]
    assert sum(row["bytes"] for row in listed["tensors"]) == listed["tensor_bytes"]
    assert sum(sum(row["types"].values()) for row in listed["tensors"]) == sum(
        listed["tensor_types"].values()
    )
    by_name = {row["name"]: row for row in listed["tensors"]}
    assert by_name["attn_v"]["types"] == {"Q8_0": 12, "Q5_0": 12}
    assert by_name["attn_norm"]["why"] is None or "quantized" in by_name["attn_norm"]["why"]
    rough = ask(LLAMA_8B, "--quant", "UD-Q4_K_XL", "--tensors")["quantization"]
    assert (rough["tensors"], rough["exact"]) == (None, False)


def test_the_table_follows_the_estimate_on_request() -> None:
    shown = run("estimate", LLAMA_8B, "--quant", "Q4_K_M", "--tensors").out
    assert "why" in shown
    assert "Q6_K in 16" in shown


def test_active_bytes_are_told_by_kind() -> None:
    active = ask("Qwen/Qwen3-30B-A3B", "--quant", "Q4_K_M")["quantization"]["active_bytes"]
    kinds = ("dense", "shared_experts", "routed_experts", "output", "embedding_rows")
    assert sum(active[kind] for kind in kinds) == pytest.approx(active["total"], abs=2)
    assert active["shared_experts"] == 0
    assert active["embedding_rows"] == 2048 // 256 * 144
    rough = ask("facebook/opt-6.7b", "--quant", "Q4_K_M")["quantization"]
    assert rough["active_bytes"]["total"] > 0.9 * rough["tensor_bytes"]
