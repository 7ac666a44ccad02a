"""A person's own models: kept in models.toml, read strictly, found by name like any other."""

from dataclasses import replace
from pathlib import Path

import pytest

from ggufs import write_model
from llmfit_tui.core.models.published import FileKind, PublishedFile
from llmfit_tui.storage.model_files import open_gguf
from llmfit_tui.storage.model_table import model_toml
from llmfit_tui.storage.own_models import OwnModelsError, keep_model, read_own_models
from llmfit_tui.storage.places import Places
from scenes import run, shipped

QWEN3 = "Qwen/Qwen3-32B"
TUNED = """\
# what I tuned in spring
schema = 1

[[models]]
id = "me/tuned"
context_max = 32768
parameters = 7241732096
[models.config]
model_type = "mistral"
hidden_size = 4096
intermediate_size = 14336
num_hidden_layers = 32
num_attention_heads = 32
num_key_value_heads = 8
vocab_size = 32000
"""


def places(folder: Path, text: str | None = None) -> Places:
    if text is not None:
        (folder / "models.toml").write_text(text)
    return Places(folder)


def problem(folder: Path, text: str) -> str:
    found = read_own_models(places(folder, text))
    assert len(found.problems) == 1, found.problems
    assert found.problems[0].isprintable()
    return found.problems[0]


def test_a_model_opened_from_a_file_is_kept_with_everything_its_estimate_rests_on(tmp_path: Path) -> None:
    path = write_model(tmp_path / "mine-Q4_K_M.gguf", QWEN3)
    before = run("estimate", str(path), "--keep", "--config", str(tmp_path), "--json")
    assert before.code == 0
    assert "is kept in" in before.err
    path.unlink()
    after = run("estimate", "mine-Q4_K_M.gguf", "--config", str(tmp_path), "--json")
    assert after.code == 3  # the words can only be a path
    after = run("estimate", "mine-q4_k_m", "--config", str(tmp_path), "--json")
    assert after.json["estimates"] == before.json["estimates"]


def test_every_model_of_the_catalog_can_be_kept_and_read_back(tmp_path: Path) -> None:
    models = shipped().models[::120]
    for one in models:
        keep_model(places(tmp_path), one)
    found = read_own_models(places(tmp_path))
    assert found.problems == ()
    assert [one.id for one in found.models] == [one.id for one in models]
    for mine, theirs in zip(found.models, models, strict=True):
        assert (mine.parameters, mine.context_max, mine.checkpoints, mine.trust) == (
            theirs.parameters,
            theirs.context_max,
            theirs.checkpoints,
            theirs.trust,
        )


def test_an_entry_written_by_hand_needs_an_id_and_a_configuration(tmp_path: Path) -> None:
    (only,) = read_own_models(places(tmp_path, TUNED)).models
    assert (only.name, only.publisher, only.family) == ("tuned", "me", "mistral")
    found = run("estimate", "tuned", "--config", str(tmp_path), "--quant", "Q4_K_M", "--json").estimate
    assert found["model"]["id"] == "me/tuned"
    assert found["model"]["context_max"] == 32768
    listed = run("models", "tuned", "--config", str(tmp_path), "--json").json["models"]
    assert [(row["id"], row["own"]) for row in listed] == [("me/tuned", True)]


def test_keeping_leaves_what_is_there_as_its_owner_wrote_it(tmp_path: Path) -> None:
    where = places(tmp_path, TUNED)
    keep_model(where, open_gguf(write_model(tmp_path / "other.gguf", QWEN3)))
    text = (tmp_path / "models.toml").read_text()
    assert text.startswith(TUNED.rstrip())
    assert len(read_own_models(where).models) == 2
    with pytest.raises(OwnModelsError, match="already"):
        keep_model(where, read_own_models(where).models[0])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "me/tuned"', "id = 7", ", line 5: id: a name was expected."),
        ("parameters = 7241732096", 'parameters = "lots"', ", line 7: parameters: expected"),
        (
            "hidden_size = 4096",
            'hidden_size = "wide"',
            ', line 10: hidden_size: a whole number was expected, not "wide".',
        ),
        ("num_hidden_layers = 32", "", ": The configuration has no num_hidden_layers"),
        (
            "context_max = 32768",
            "contxt_max = 32768",
            ", line 6: contxt_max is not a field; did you mean context_max.",
        ),
        ("[[models]]", "[models]", ": tables [[models]] were expected."),
        ("schema = 1", "schema = ", " is not TOML"),
    ],
)
def test_what_is_wrong_is_told_with_file_line_and_key(old: str, new: str, said: str, tmp_path: Path) -> None:
    told = problem(tmp_path, TUNED.replace(old, new))
    assert told.startswith(str(tmp_path / "models.toml"))
    assert said in told


def test_an_entry_that_cannot_be_used_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    text = TUNED + '\n[[models]]\nid = "me/broken"\n[models.file]\ntensors = ["a b c d"]\n'
    found = read_own_models(places(tmp_path, text))
    assert [one.id for one in found.models] == ["me/tuned"]
    assert len(found.problems) == 1
    answer = run("estimate", "tuned", "--config", str(tmp_path))
    assert answer.code == 0
    assert "models.toml, line 17" in answer.err


def test_an_entry_can_be_printed_to_hand_on(tmp_path: Path) -> None:
    printed = run("models", "--toml", "gemma-3-4b-it").out
    (tmp_path / "models.toml").write_text(printed)
    assert [one.id for one in read_own_models(places(tmp_path)).models] == ["google/gemma-3-4b-it"]
    assert run("models", "--toml").code == 2


def test_every_field_of_a_model_comes_back_from_its_entry(tmp_path: Path) -> None:
    opened = open_gguf(write_model(tmp_path / "other.gguf", QWEN3))
    files = (
        PublishedFile(
            "m-Q8_0", ("m-Q8_0-00001-of-00002.gguf", "m-Q8_0-00002-of-00002.gguf"), 9, quant="Q8_0"
        ),
        PublishedFile("mmproj-F16", ("mmproj-F16.gguf",), 7, FileKind.PROJECTOR, "F16"),
    )
    kept = replace(
        opened,
        license="mit",
        release_date="2026-01-02",
        capabilities=("tools",),
        languages=("en",),
        notes=("a note",),
        active_parameters=7,
        beside=("/models/mmproj.gguf",),
        repository="org/name",
        published=files,
    )
    text = model_toml(kept)
    (back,) = read_own_models(places(tmp_path, text)).models
    assert replace(back, config=kept.config) == kept
    assert model_toml(back) == text
