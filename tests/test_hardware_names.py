"""Names of hardware: whole words, the right option, and nothing assumed in silence."""

from collections import defaultdict

import pytest

from llmfit_tui.core.errors import AmbiguousName, BadValue, LlmfitError, UnknownName
from llmfit_tui.core.names import words
from scenes import hardware, shipped


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("RTX 4090", "NVIDIA GeForce RTX 4090"),
        ("rtx4090", "NVIDIA GeForce RTX 4090"),
        ("  geforce   rtx 4090 ", "NVIDIA GeForce RTX 4090"),
        ("RTX 3060 8GB", "NVIDIA GeForce RTX 3060 8 GB"),
        ("3060 12 gb", "NVIDIA GeForce RTX 3060 12 GB"),
        ("T400", "NVIDIA T400 2 GB"),
        ("T4", "NVIDIA Tesla T4"),
        ("RTX A1000", "NVIDIA RTX A1000"),
        ("P1000", "NVIDIA Quadro P1000"),
        ("7900 XTX", "AMD Radeon RX 7900 XTX"),
        ("2x RTX 3090", "2x NVIDIA GeForce RTX 3090"),
        ("2xRTX 3090", "2x NVIDIA GeForce RTX 3090"),
        ("2 × RTX 3090", "2x NVIDIA GeForce RTX 3090"),
        ("RTX 3090 x2", "2x NVIDIA GeForce RTX 3090"),
        ("RTX 4090 + RTX 3090 x 2", "NVIDIA GeForce RTX 4090 + 2x NVIDIA GeForce RTX 3090"),
        ("RTX 4090 + RTX 3060 12GB", "NVIDIA GeForce RTX 4090 + NVIDIA GeForce RTX 3060 12 GB"),
        ("H100 PCIe", "NVIDIA H100 PCIe 80 GB"),
        ("H100 SXM", "NVIDIA H100 SXM5 80 GB"),
        ("DGX H100", "DGX H100"),
        ("2x DGX H100", "2x DGX H100"),
        ("M4 Max 128GB", "Apple M4 Max (40-core GPU) 128 GB"),
    ],
)
def test_a_name_finds_its_card(text: str, name: str) -> None:
    assert hardware(text).name == name


def test_words_match_whole_words() -> None:
    assert hardware("T400").devices[0].card == "NVIDIA T400"
    assert "A100" not in hardware("RTX A1000").name.split()
    apu = hardware("6800H").devices[0]
    assert apu.unified
    assert "RX 6800" not in apu.name


def test_a_count_makes_so_many_devices_and_a_number_in_a_name_does_not() -> None:
    assert len(hardware("2x RTX 3090").devices) == 2
    assert len(hardware("7900 XTX").devices) == 1
    assert len(hardware("DGX H100").devices) == 8
    assert len(hardware("2x DGX H100 + RTX 4090").devices) == 17


def test_a_list_of_cards_with_commas_is_told_how_cards_are_joined() -> None:
    with pytest.raises(BadValue, match=r'joined by " \+ "'):
        hardware("RTX 4090, RTX 3090")


def test_the_plus_of_a_name_is_not_the_plus_between_cards() -> None:
    found = hardware("Ryzen AI Max+ 395")
    assert len(found.devices) == 1
    assert "395" in found.name
    assert any("128 GB" in note for note in found.assumed)


def test_a_card_sold_with_several_memories_says_which_was_taken() -> None:
    found = hardware("RTX 3060")
    assert found.name == "NVIDIA GeForce RTX 3060 12 GB"
    assert found.assumed == ("the 12 GB version, of 2 sold",)
    assert hardware("RTX 3060 8GB").assumed == ()


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("H100", {"NVIDIA H100 NVL 94 GB", "NVIDIA H100 PCIe 80 GB", "NVIDIA H100 SXM5 80 GB"}),
        ("A800", {"NVIDIA A800 PCIe 80 GB", "NVIDIA A800 SXM4 80 GB"}),
    ],
)
def test_different_cards_under_one_name_are_listed(text: str, candidates: set[str]) -> None:
    with pytest.raises(AmbiguousName) as problem:
        hardware(text)
    assert set(problem.value.candidates) == candidates
    assert all(name in str(problem.value) for name in candidates)


def test_an_m3_max_may_be_either_chip() -> None:
    with pytest.raises(AmbiguousName, match=r"30-core.*40-core"):
        hardware("M3 Max")


def test_an_unknown_name_offers_three_near_ones() -> None:
    with pytest.raises(UnknownName) as problem:
        hardware("RTX 4909")
    assert len(problem.value.nearest) == 3
    assert "RTX 4090" in str(problem.value)


def test_every_device_is_found_by_its_own_name() -> None:
    for device in shipped().devices:
        assert hardware(device.name).devices == (device,), device.name


LOST = {"gh200 480gb", "nvidia gh200 480gb", "2x epyc 9334", "2x epyc 9654", "2x xeon e5 2690 v3"}


def aliases() -> dict[str, set[str]]:
    """Aliases that name one card and no system, with that card."""
    cards: dict[str, set[str]] = defaultdict(set)
    for device in shipped().devices:
        for name in (device.card, *device.aliases):
            cards[" ".join(words(name))].add(device.card)
    for system in shipped().systems:
        for name in (system.name, *system.aliases):
            cards[" ".join(words(name))].add(system.name)
    return {name: found for name, found in cards.items() if len(found) == 1}


def test_every_unambiguous_alias_lands_on_its_own_card() -> None:
    by_alias = aliases()
    checked = 0
    for device in shipped().devices:
        for alias in device.aliases:
            key = " ".join(words(alias))
            if key in by_alias and key not in LOST:
                assert hardware(alias).devices[0].card == device.card, (device.name, alias)
                checked += 1
    assert checked > 1500


@pytest.mark.parametrize("alias", ["GH200 480GB", "2x EPYC 9654"])
def test_an_alias_with_a_count_or_another_memory_in_it_is_found(alias: str) -> None:
    assert hardware(alias).devices


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "+",
        "RTX 4090 +",
        "0x RTX 3090",
        "99999x RTX 3090",
        "1024x DGX H100",
        "x",
        "2x",
        "()",
        "-1x RTX 3090",
        "²x RTX 3090",
        "RTX 3060 0GB",
        "RTX 3060 7GB",
        "M2 Ultra 192GB + RTX 4090",
        "2x M3 Max 40-core",
        "EPYC 9654 + RTX 3090",
        "2x(8x H100 SXM",
        "2x(2x(H100 SXM))",
        "0x(H100 SXM)",
        "2x(EPYC 9654)",
        "\x1b[31mRTX\x07",
        "RTX\x00 9999",
        "A" * 10_000,
        "RTX 3090 + " * 900,
        "9" * 5000 + "x RTX 3090",
    ],
    ids=lambda text: repr(text[:20]),
)
def test_hostile_text_is_refused_in_one_printable_sentence(text: str) -> None:
    with pytest.raises(LlmfitError) as problem:
        hardware(text)
    said = str(problem.value)
    assert said.isprintable()
    assert len(said) < 400


def test_digits_of_other_scripts_are_no_count() -> None:
    with pytest.raises(LlmfitError):
        hardware("\N{ARABIC-INDIC DIGIT TWO}x RTX 3090")


def test_a_memory_size_of_400_digits_is_refused() -> None:
    with pytest.raises(LlmfitError):
        hardware("RTX 3060 " + "9" * 400 + "GB")


def test_machines_alike_are_named_with_what_is_in_each() -> None:
    found = hardware("2x(8x H100 SXM)")
    assert (found.nodes, len(found.devices)) == (2, 16)
    assert found.name == "2x(8x NVIDIA H100 SXM5 80 GB)"
    assert hardware("3x(DGX H100)").nodes == 3
    assert hardware("1x(RTX 4090)").nodes == 1
