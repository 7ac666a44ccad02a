"""A card described by hand in one line, in the form and after --gpu."""

import pytest

from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.hardware.device import GIB, Backend
from llmfit_tui.core.profiles.gpu import own_gpus_text, read_own_gpus
from llmfit_tui.core.profiles.profile import OwnGpu

CARD = OwnGpu("My Card", 24 * GIB, 1_800_000_000_000, 71 * 10**12, Backend.VULKAN)
READ = [
    ("24GiB", OwnGpu("own GPU", 24 * GIB)),
    ("24 GB", OwnGpu("own GPU", 24 * GIB)),
    ("24576MiB", OwnGpu("own GPU", 24 * GIB)),
    ("2x 24GiB", OwnGpu("own GPU", 24 * GIB, count=2)),
    ("My Card 24GiB 936GB/s", OwnGpu("My Card", 24 * GIB, 936_000_000_000)),
    ("My Card 24 GiB 1.8 TB/s 71 TFLOPS vulkan", CARD),
    ("My Card 24GiB vulkan 71tflops 1800GB/s", CARD),
    ("RTX 4090 48GB 48GiB", OwnGpu("RTX 4090 48GB", 48 * GIB)),
]


@pytest.mark.parametrize(("text", "gpu"), READ, ids=[text for text, _ in READ])
def test_a_line_describes_a_card(text: str, gpu: OwnGpu) -> None:
    assert read_own_gpus(text, "Card") == (gpu,)
    assert read_own_gpus(own_gpus_text((gpu,)), "Card") == (gpu,)


def test_several_cards_are_joined_and_none_is_none() -> None:
    both = read_own_gpus("2x A 24GiB + B 12GiB 360GB/s", "Card")
    assert [gpu.name for gpu in both] == ["A", "B"]
    assert read_own_gpus(own_gpus_text(both), "Card") == both
    assert read_own_gpus("  ", "Card") == ()


OFF = [
    "my card",
    "0x 24GiB",
    "65x 24GiB",
    "24GiB fast",
    "24GiB 0GB/s",
    "24GiB 0TFLOPS",
    "-24GiB",
    "24GiB +",
    "nanGiB",
    "24GiB 24GB/s 24GB/s",
    "0GiB",
    "99999999999TiB",
]


@pytest.mark.parametrize("text", OFF)
def test_what_is_off_is_named_with_an_example(text: str) -> None:
    with pytest.raises(BadValue) as problem:
        read_own_gpus(text, "Card")
    assert str(problem.value).startswith("Card: ")
    assert str(problem.value).isprintable()
