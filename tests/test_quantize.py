"""The type of every tensor, held against llama-quantize."""

import gzip
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.tensors.ggml import BLOCKS, DEFAULT_TYPES
from llmfit_tui.core.tensors.header import file_bytes
from llmfit_tui.core.tensors.plan import TensorPlan, tensor_plan
from llmfit_tui.core.tensors.quantize import LARGE, NATIVE_EXPERTS, RULES_OF_2025, STORED_OUTPUT, quantize
from llmfit_tui.core.tensors.quantized import Piece, Practice, Reason
from llmfit_tui.core.tensors.sizes import active_bytes, weight_sizes
from scenes import FIXTURES, LLAMA_8B, QWEN, model, shipped


def truth() -> list[tuple[str, bool, list[list[Any]]]]:
    with gzip.open(FIXTURES / "tensors" / "quantized.jsonl.gz", "rt") as lines:
        next(lines)
        return [(name, bool(nextn), rows) for name, nextn, rows in map(json.loads, lines)]


def plan_of(name: str, nextn: bool = True) -> TensorPlan:
    plan = tensor_plan(model(name).config, nextn)
    assert plan is not None
    return plan


def types(pieces: tuple[Piece, ...]) -> dict[str, int]:
    return {piece.type: piece.count for piece in pieces}


@pytest.mark.parametrize(
    ("name", "nextn", "rows"),
    [pytest.param(*case, id=case[0] + ("" if case[1] else " without prediction")) for case in truth()],
)
def test_every_file_type_has_the_bytes_and_types_llama_quantize_reports(
    name: str, nextn: bool, rows: list[list[Any]]
) -> None:
    plan = plan_of(name, nextn)
    for file_type, imatrix, tensor_bytes, padded_bytes, histogram in rows:
        if tensor_bytes is None:
            with pytest.raises(BadValue, match="cannot write"):
                quantize(plan, file_type, bool(imatrix))
            continue
        made = quantize(plan, file_type, bool(imatrix))
        found = " ".join(f"{kind}:{count}" for kind, count in sorted(made.histogram.items()))
        assert (made.tensor_bytes, made.padded_bytes, found) == (tensor_bytes, padded_bytes, histogram), (
            file_type
        )


def test_the_truth_covers_every_file_type() -> None:
    assert {row[0] for _, _, rows in truth() for row in rows} == set(DEFAULT_TYPES)


def test_a_detail_view_can_say_where_which_type_is_and_why() -> None:
    made = quantize(plan_of(LLAMA_8B), "Q4_K_M")
    values = made.of("attn_v")
    assert {(piece.type, piece.count, piece.reason) for piece in values} == {
        ("Q6_K", 16, Reason.RULE),
        ("Q4_K", 16, Reason.DEFAULT),
    }
    assert values[0].blocks[:5] == (0, 1, 2, 3, 6)
    assert made.of("attn_norm")[0].reason is Reason.KEPT


def test_rows_that_do_not_divide_fall_back() -> None:
    made = quantize(plan_of(QWEN), "Q4_K_M")
    assert {(piece.type, piece.reason) for piece in made.of("attn_q")} == {("Q5_0", Reason.FALLBACK)}


def test_an_unknown_file_type_is_refused() -> None:
    with pytest.raises(BadValue, match="no file type"):
        quantize(plan_of(QWEN), "Q9_Z")


@pytest.mark.parametrize("name", [QWEN, LLAMA_8B, "openai/gpt-oss-20b", "zai-org/GLM-4.5-Air"])
@pytest.mark.parametrize("file_type", ["Q4_K_M", "IQ2_S", "Q8_0", "F16"])
def test_the_parts_add_up_to_the_whole(name: str, file_type: str) -> None:
    made = quantize(plan_of(name), file_type)
    sizes = weight_sizes(made)
    parts = sum(sizes.blocks) + sum(sizes.experts) + sizes.prediction + sizes.host_only + sizes.output_stored
    assert parts + sizes.other == made.tensor_bytes


def test_a_tied_output_is_loaded_twice_and_stored_once() -> None:
    sizes = weight_sizes(quantize(plan_of(QWEN), "Q4_K_M"))
    assert sizes.output_stored == 0
    assert sizes.output_loaded == sizes.token_embedding > 0


def test_a_token_reads_everything_but_unused_experts_and_other_rows() -> None:
    dense = quantize(plan_of(LLAMA_8B), "Q4_K_M")
    sizes, active = weight_sizes(dense), active_bytes(dense)
    assert active.dense + active.output == dense.tensor_bytes - sizes.token_embedding
    assert active.embedding == 4096 // 256 * 144
    mixture = quantize(plan_of("Qwen/Qwen3-30B-A3B"), "Q4_K_M")
    assert active_bytes(mixture).routed == sum(weight_sizes(mixture).experts) * 8 / 128


def test_prediction_blocks_are_in_the_file_and_never_read() -> None:
    made = quantize(plan_of("zai-org/GLM-4.5-Air"), "Q4_K_M")
    without = quantize(plan_of("zai-org/GLM-4.5-Air", nextn=False), "Q4_K_M")
    assert weight_sizes(made).prediction > 2e9
    assert len(weight_sizes(made).blocks) == len(weight_sizes(without).blocks) == 46


def test_large_variants_force_eight_bits_on_both_ends() -> None:
    plan = plan_of(LLAMA_8B)
    named, asked = quantize(plan, "Q4_K_L"), quantize(plan, "Q4_K_M", practice=LARGE)
    assert named.pieces == asked.pieces
    assert types(named.of("output")) == types(named.of("token_embd")) == {"Q8_0": 1}
    assert named.tensor_bytes > quantize(plan, "Q4_K_M").tensor_bytes


def test_native_experts_stay_in_every_file_type() -> None:
    plan = plan_of("openai/gpt-oss-20b")
    for file_type in ("F16", "Q8_0", "Q4_K_M", "Q2_K"):
        made = quantize(plan, file_type, practice=NATIVE_EXPERTS)
        assert types(made.of("ffn_up_exps")) == {"MXFP4": 24}
        assert types(made.of("ffn_up_exps.bias")) == {"F32": 24}


def test_fused_attention_had_another_rule_until_2025() -> None:
    plan = plan_of("microsoft/phi-4")
    assert types(quantize(plan, "Q4_K_M", practice=RULES_OF_2025).of("attn_qkv")) == {"Q5_K": 40}
    assert set(types(quantize(plan, "Q4_K_M").of("attn_qkv"))) == {"Q6_K", "Q4_K"}


def test_a_stored_output_is_quantized_like_any_untied_model() -> None:
    plan = plan_of(QWEN)
    made = quantize(plan, "Q4_K_M", practice=STORED_OUTPUT)
    assert made.of("output")
    assert made.tensor_bytes > quantize(plan, "Q4_K_M").tensor_bytes


PRACTICES = {
    "": Practice(),
    "stored output": STORED_OUTPUT,
    "rules of 2025": RULES_OF_2025,
    "native experts": NATIVE_EXPERTS,
}


@pytest.mark.parametrize(
    ("repository", "name", "file_type", "imatrix", "published", "practice"),
    json.loads((FIXTURES / "tensors" / "published.json").read_text(encoding="utf-8"))["files"],
)
def test_published_files_have_the_size_we_say(
    repository: str, name: str, file_type: str, imatrix: int, published: int, practice: str
) -> None:
    made = quantize(plan_of(name), file_type, bool(imatrix), PRACTICES[practice])
    assert file_bytes(made) == pytest.approx(published, rel=1e-3), repository
    # The tensors are exact; only the header is measured.
    assert 0 < published - made.padded_bytes < 16e6


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_invented_models_quantize_by_the_same_rules(data: st.DataObject) -> None:
    config = {
        "model_type": data.draw(st.sampled_from(["llama", "qwen2", "qwen3", "gemma2", "falcon", "phi3"])),
        "hidden_size": 32 * data.draw(st.integers(1, 40)),
        "intermediate_size": 32 * data.draw(st.integers(1, 90)),
        "num_hidden_layers": data.draw(st.integers(1, 90)),
        "num_attention_heads": 8,
        "num_key_value_heads": data.draw(st.sampled_from([1, 2, 8])),
        "head_dim": 32,
        "vocab_size": data.draw(st.integers(100, 3000)),
        "tie_word_embeddings": data.draw(st.booleans()),
    }
    plan = tensor_plan(config)
    assert plan is not None
    name = data.draw(st.sampled_from(sorted(set(DEFAULT_TYPES) - {"Q1_0"})))
    made = quantize(plan, name, data.draw(st.booleans()))
    assert sum(made.histogram.values()) == plan.tensors
    for piece in made.pieces:
        assert piece.group.shape[0] % BLOCKS[piece.type][0] == 0
        assert piece.each % BLOCKS[piece.type][1] == 0
    assert made.tensor_bytes <= made.padded_bytes < made.tensor_bytes + 32 * plan.tensors


def test_more_bits_never_make_a_smaller_file() -> None:
    for one in shipped().models[::20]:
        plan = tensor_plan(one.config)
        if plan is None:
            continue
        order = [
            quantize(plan, name).tensor_bytes
            for name in ("Q2_K", "Q3_K_M", "Q4_K_M", "Q5_K_M", "Q6_K", "F16")
        ]
        assert order == sorted(order), one.id
