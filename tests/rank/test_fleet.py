"""Where can I run this: every machine of one's own, the best place first, and why the others do not do."""

import json
from pathlib import Path

import pytest

from llmfit_tui.core.profiles.profile import OwnGpu, Profile
from llmfit_tui.storage.places import places
from llmfit_tui.storage.profile_edit import save_profile
from scenes import Answer, run


@pytest.fixture
def config(tmp_path: Path) -> str:
    """Three machines, one of them without a known speed."""
    where = places(str(tmp_path))
    save_profile(where, Profile("lab", ("2x RTX 3090",)))
    save_profile(where, Profile("attic", ("GTX 1060 6 GB",), ram_bytes=8 << 30))
    save_profile(where, Profile("odd", (OwnGpu("Quux 9000", 48 << 30),)))
    return str(tmp_path)


def mine(config: str, *words: str) -> Answer:
    return run("--config", config, "plan", "llama-3.3-70b-instruct", "--mine", "--quant", "Q4_K_M", *words)


def test_every_machine_is_rated_at_the_model_and_quantization_the_best_first(config: str) -> None:
    found = json.loads(mine(config, "--json").out)
    rows = {row["name"]: row for row in found["hardware"]}
    assert [row["name"] for row in found["hardware"]][-1] == "attic"
    assert rows["lab"]["machine"] == "2x NVIDIA GeForce RTX 3090"
    assert {row["quantization"]["name"] for row in rows.values()} == {"Q4_K_M"}
    assert rows["lab"]["missing"] is None
    assert rows["attic"]["missing"] == "does not fit"
    assert rows["odd"]["speed"]["decode_tok_s"] is None


def test_the_table_names_hardware_and_rating_of_each(config: str) -> None:
    said = mine(config)
    assert said.code == 0
    assert "2x NVIDIA GeForce RTX 3090" in said.out
    assert "Won't run" in said.out
    assert len(mine(config, "--csv").out.splitlines()) == 4


def test_where_none_of_them_does_it_the_exit_code_says_so(config: str) -> None:
    said = mine(config, "--min-speed", "5000")
    assert said.code == 1
    assert "None of your machines does that" in said.out


@pytest.mark.parametrize("word", [("--hardware", "lab"), ("--ram", "64GiB")])
def test_a_word_about_one_machine_is_refused_beside_all_of_them(config: str, word: tuple[str, str]) -> None:
    assert f"{word[0]} is about one of them" in mine(config, *word).err


def test_without_a_machine_it_says_how_to_keep_one(tmp_path: Path) -> None:
    assert "profile save NAME" in mine(str(tmp_path)).err
