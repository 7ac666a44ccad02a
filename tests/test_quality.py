"""Quality: agreement with the 16-bit model, by format, size and family."""

import math

import pytest

from llmfit_tui.core.quality import Quality, quality_of
from llmfit_tui.core.scenario import Settings, architecture, uses_imatrix
from scenes import LLAMA_8B, LLAMA_70B, QWEN, estimated, model, quant, shipped


def quality(name: str, type_name: str, *, imatrix: bool = False) -> Quality | None:
    one = model(name)
    return quality_of(one, architecture(one), quant(type_name), imatrix, shipped().quality_fit)


def agrees(name: str, type_name: str, *, imatrix: bool = False) -> float:
    found = quality(name, type_name, imatrix=imatrix)
    assert found is not None
    return found.agree_percent


def test_sixteen_bits_agree_with_themselves() -> None:
    for name in ("F32", "F16", "BF16"):
        found = quality(QWEN, name)
        assert found is not None
        assert (found.agree_percent, found.agree_low, found.agree_high) == (100, 100, 100)


@pytest.mark.parametrize("name", [QWEN, LLAMA_8B, LLAMA_70B])
def test_more_bits_of_one_family_agree_more(name: str) -> None:
    found = [agrees(name, one) for one in ("Q2_K", "Q3_K_M", "Q4_K_M", "Q5_K_M", "Q6_K")]
    assert found == sorted(found)
    assert agrees(name, "Q8_0") > found[2]


def test_small_models_lose_more() -> None:
    assert agrees(QWEN, "Q4_K_M") < agrees(LLAMA_8B, "Q4_K_M") - 2


def test_an_importance_matrix_helps() -> None:
    assert agrees(LLAMA_8B, "Q4_K_M", imatrix=True) > agrees(LLAMA_8B, "Q4_K_M")


def test_every_quality_is_a_percentage_within_its_band() -> None:
    settings = Settings()
    for one in shipped().models:
        arch = architecture(one)
        for type_ in shipped().quants:
            found = quality_of(one, arch, type_, uses_imatrix(settings, type_), shipped().quality_fit)
            if found:
                assert 0 < found.agree_low <= found.agree_percent <= found.agree_high <= 100, (
                    one.id,
                    type_.name,
                )


def test_a_format_nobody_measured_has_no_quality_rather_than_a_bad_one() -> None:
    unknown = [one.name for one in shipped().quants if one.quality_family is None]
    assert unknown
    assert all(quality(LLAMA_8B, name) is None for name in unknown if name not in {"F32", "F16", "BF16"})


def test_without_the_fit_quality_is_unknown() -> None:
    one = model(LLAMA_8B)
    assert quality_of(one, architecture(one), quant("Q4_K_M"), False, None) is None


def test_a_models_whole_estimate_carries_its_quality() -> None:
    found = estimated(LLAMA_8B, "Q4_K_M", "RTX 4090").quality
    assert found is not None
    assert math.isclose(found.agree_percent, agrees(LLAMA_8B, "Q4_K_M"))
