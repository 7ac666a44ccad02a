"""Amounts as people type them, and steps through values."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmfit_tui.cli.options import OPTIONS, read_all
from llmfit_tui.core.answers.steps import context_step, step_through
from llmfit_tui.core.errors import BadValue, LlmfitError
from llmfit_tui.core.sizes import memory_bytes, token_count, whole_number

GIB = 2**30


@pytest.mark.parametrize(
    "text", ["24GiB", "24G", "24GB", "24 gb", "24576MiB", "24576m", "25769803776", " 24gib "]
)
def test_gb_and_gib_of_memory_are_the_same(text: str) -> None:
    assert memory_bytes(text, "--vram") == 24 * GIB


@pytest.mark.parametrize(("text", "size"), [("0.5GiB", GIB // 2), ("1.5k", 1536), ("2TB", 2 << 40), ("0", 0)])
def test_fractions_and_other_units(text: str, size: int) -> None:
    assert memory_bytes(text, "--ram") == size


@pytest.mark.parametrize(
    "text", ["", "lots", "-1GiB", "1e9", "inf", "nan", "24XB", "24 G B", "٢٤GiB", "1_000", "9" * 400, "0x10"]
)
def test_what_is_no_size_is_refused_with_the_options_name(text: str) -> None:
    with pytest.raises(BadValue, match=r"^--ram: "):
        memory_bytes(text, "--ram")


def test_a_bare_number_too_small_for_bytes_is_not_taken_for_them() -> None:
    with pytest.raises(BadValue, match="24GiB"):
        memory_bytes("24", "--vram")


@pytest.mark.parametrize(
    ("text", "count"), [("8192", 8192), ("32k", 32_768), ("1m", 1 << 20), ("8,192", 8192), ("1.5k", 1536)]
)
def test_tokens_may_be_counted_in_thousands(text: str, count: int) -> None:
    assert token_count(text, "--context") == count


@pytest.mark.parametrize("text", ["0", "-1", "", "ten", "0.5", "1e400", "nan", "9" * 30, "32kb"])
def test_what_is_no_number_of_tokens_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match=r"^--context: "):
        token_count(text, "--context")


def test_whole_numbers_keep_their_bounds() -> None:
    assert whole_number(" 4 ", "-np", 1, 256) == 4
    for text, hint in (
        ("0", "at least 1"),
        ("257", "at most 256"),
        ("2.5", "whole number"),
        ("4x", "whole number"),
    ):
        with pytest.raises(BadValue, match=hint):
            whole_number(text, "-np", 1, 256)


def test_a_step_in_context_doubles_or_halves_within_the_models_own() -> None:
    assert context_step(8192, 32_768, 1) == 16_384
    assert context_step(8192, 32_768, -1) == 4096
    assert context_step(32_768, 32_768, 1) == 32_768
    assert context_step(10_000, 32_768, 1) == 16_384
    assert context_step(10_000, 32_768, -1) == 8192
    assert context_step(512, 32_768, -1) == 512
    assert context_step(128, 128, -1) == 128


def test_a_step_through_a_list_goes_around_and_recovers_from_a_stranger() -> None:
    assert [step_through("abc", one, 1) for one in "abc"] == ["b", "c", "a"]
    assert step_through("abc", "a", -1) == "c"
    assert step_through("abc", "z", 1) == "a"


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    text=st.text(max_size=30)
    | st.from_regex(r"[-+0-9.,kKmMgGiBb ]{1,12}", fullmatch=True)
    | st.floats().map(str)
)
@pytest.mark.parametrize("option", [one for one in OPTIONS if one.read], ids=lambda one: one.key)
def test_any_text_for_any_option_is_read_or_refused(option: object, text: str) -> None:
    key: str = getattr(option, "key")  # noqa: B009
    try:
        read_all({key: text}, lambda one: one.flags[0])
    except LlmfitError as problem:
        assert str(problem).isprintable()  # noqa: PT017


@settings(max_examples=200, derandomize=True, deadline=None)
@given(
    key=st.sampled_from([one.key for one in OPTIONS]),
    value=st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.lists(st.integers(), max_size=3)
    | st.dictionaries(st.text(max_size=3), st.none(), max_size=2),
)
def test_any_json_value_for_any_option_is_read_or_refused(key: str, value: object) -> None:
    try:
        read_all({key: value}, lambda one: one.key)
    except LlmfitError as problem:
        assert str(problem).isprintable()  # noqa: PT017
