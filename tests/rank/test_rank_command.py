"""`llmfit-tui rank` as a program or a person reads it."""

import csv
import io

import pytest

from scenes import Answer, run

ASKED = (
    "--hardware",
    "RTX 4090",
    "--for",
    "coding",
    "--min-agree",
    "90",
    "--max-params",
    "9B",
    "--top",
    "12",
)


@pytest.fixture(scope="module")
def answer() -> Answer:
    return run("rank", *ASKED, "--json")


def test_json_has_estimates_with_a_place_and_a_reason(answer: Answer) -> None:
    found = answer.json
    assert answer.code == 0
    assert len(found["ranked"]) == 12
    first = found["ranked"][0]
    assert first["rank"] == 1
    assert first["score"] > 50
    assert first["score_error"] > 0
    assert "coding" in first["why"]
    assert {"model", "quantization", "memory", "placement", "rating", "speed", "quality"} <= set(first)
    assert first["limits"] == {"max_context": None, "max_parallel": None}


def test_csv_and_markdown_hold_the_same_rows(answer: Answer) -> None:
    ids = [row["model"]["id"] for row in answer.json["ranked"]]
    assert [row["model"] for row in csv.DictReader(io.StringIO(run("rank", *ASKED, "--csv").out))] == ids
    lines = run("rank", *ASKED, "--markdown").out.splitlines()
    assert len(lines) == 14
    assert all(name in line for name, line in zip(ids, lines[2:], strict=True))


def test_people_get_a_table_and_a_reason_for_every_row() -> None:
    shown = run("rank", *ASKED[:-1], "5").out
    assert "best first" in shown
    assert shown.count(" is the best quality that ") + shown.count(" does best here") == 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--for", "poetry"), "general, coding"),
        (("--min-speed", "fast"), "--min-speed"),
        (("--min-agree", "120"), "0 to 100"),
        (("--max-params", "big"), "32B"),
        (("--top", "0"), "--top"),
        (("--context", "max"), "--context"),
    ],
)
def test_a_word_that_makes_no_sense_is_refused_in_one_sentence(words: tuple[str, str], said: str) -> None:
    refused = run("rank", "--hardware", "RTX 4090", *words)
    assert (refused.code, refused.out) == (2, "")
    assert said in refused.err
