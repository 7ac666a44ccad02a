"""Names of models and quantizations."""

import pytest

from llmfit_tui.core.errors import AmbiguousName, LlmfitError, UnknownName, or_list, quoted
from llmfit_tui.core.names import find_model, find_quant, nearest, words
from scenes import LLAMA_8B, QWEN, shipped


def found(text: str) -> str:
    return find_model(text, shipped().models)[1].id


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        (QWEN, QWEN),
        ("qwen2.5-0.5b-instruct", QWEN),
        ("  QWEN/QWEN2.5-0.5B-INSTRUCT ", QWEN),
        ("Qwen2.5 0.5B Instruct", QWEN),
        ("llama-3.1-8b-instruct", LLAMA_8B),
        ("gpt-oss-20b", "openai/gpt-oss-20b"),
    ],
)
def test_a_model_is_found_by_id_tail_or_name_in_any_case(text: str, id_: str) -> None:
    assert found(text) == id_


def test_every_checkpoint_and_alias_finds_itself() -> None:
    for model in shipped().models:
        for checkpoint in model.checkpoints:
            assert found(checkpoint.id) == checkpoint.id
            for alias in checkpoint.aliases:
                assert found(alias) == checkpoint.id, alias


def test_an_unknown_model_offers_the_three_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean") as problem:
        found("qwen2.5-0.5b-instrct")
    assert len(problem.value.nearest) == 3
    assert problem.value.nearest[0] == QWEN


def test_words_that_fit_several_models_list_them() -> None:
    with pytest.raises(AmbiguousName) as problem:
        found("qwen instruct")
    assert len(problem.value.candidates) > 8
    assert "more" in str(problem.value)


@pytest.mark.parametrize(
    ("text", "id_"), [("r1", "deepseek-ai/DeepSeek-R1"), ("qwen3 30b", "Qwen/Qwen3-30B-A3B")]
)
def test_the_plainest_of_several_is_taken_where_the_words_are_half_its_name(text: str, id_: str) -> None:
    assert found(text) == id_


def test_the_word_of_a_family_asks_which_model_is_meant() -> None:
    with pytest.raises(AmbiguousName):
        found("llama")


def test_part_of_a_word_finds_nothing() -> None:
    with pytest.raises(LlmfitError):
        found("lama")


@pytest.mark.parametrize("text", ["", " ", "\x1b[2J", "x" * 10_000, "../../etc/passwd", "\ud800", "–"])
def test_hostile_names_are_refused_in_one_printable_sentence(text: str) -> None:
    for look in (lambda: find_model(text, shipped().models), lambda: find_quant(text, shipped().quants)):
        with pytest.raises(LlmfitError) as problem:
            look()
        assert str(problem.value).isprintable()
        assert len(str(problem.value)) < 400


@pytest.mark.parametrize("text", ["Q4_K_M", "q4_k_m", " Q4_k_M "])
def test_a_quantization_is_found_in_any_case(text: str) -> None:
    assert find_quant(text, shipped().quants).name == "Q4_K_M"


def test_every_quantization_and_its_aliases_are_found() -> None:
    for one in shipped().quants:
        for name in (one.name, *one.aliases):
            assert find_quant(name, shipped().quants) is one, name


def test_an_unknown_quantization_offers_the_three_nearest() -> None:
    with pytest.raises(UnknownName, match="Q4_K_M") as problem:
        find_quant("Q4KM", shipped().quants)
    assert len(problem.value.nearest) == 3


def test_words_keep_points_inside_numbers_only() -> None:
    assert words("Qwen2.5-0.5B, (Instruct).") == ["qwen2.5", "0.5b", "instruct"]


def test_the_nearest_names_come_best_first_and_once() -> None:
    assert nearest("rtx 4090", ["RTX 3090", "RTX 4090", "RTX 4080"])[0] == "RTX 4090"
    assert nearest("b", ["a/b", "A/B"]) == ["a/b"]
    assert nearest("anything", []) == []


def test_names_in_errors_are_quoted_shortened_and_harmless() -> None:
    assert quoted("\x1b[31m") == r'"\x1b[31m"'
    assert len(quoted("x" * 1000)) == 62
    assert or_list(["a", "b", "c"]) == "a, b or c"
