"""`check-log` as a command: its table, its document, and what it says of a file that is no log."""

import json
from pathlib import Path

import pytest

from logs import log_text
from scenes import Answer, rows, run

LLAMA_3B = next(
    log_text(fact) for fact in rows("memory_logs.jsonl.gz") if fact["source"].startswith("DzKriMo")
)


def asked(tmp_path: Path, text: str, *words: str) -> Answer:
    log = tmp_path / "server.log"
    log.write_text(text, encoding="utf-8", errors="surrogateescape")
    return run("check-log", str(log), *words)


def test_the_command_prints_a_table_and_a_document(tmp_path: Path) -> None:
    answer = asked(tmp_path, LLAMA_3B)
    assert (answer.code, answer.err) == (0, "")
    assert "Qwen2.5 3B Instruct" in answer.out
    assert "1,740.74" in answer.out
    document = asked(tmp_path, LLAMA_3B, "--json").json
    (load,) = document["loads"]
    assert load["model"]["id"] == "Qwen/Qwen2.5-3B-Instruct"
    assert {one["name"] for one in load["devices"]} == {"Vulkan1", "host"}
    assert load["matched"] <= load["compared"]


def test_a_log_can_come_from_a_pipe() -> None:
    answer = run("check-log", "-", "--json", stdin=LLAMA_3B)
    assert answer.code == 0
    assert answer.json["loads"][0]["build"] == 8179


@pytest.mark.parametrize("text", ["no log at all", "", "\x1b]0;title\x07load_tensors: nothing"])
def test_what_is_no_log_ends_with_3_and_one_sentence(tmp_path: Path, text: str) -> None:
    answer = asked(tmp_path, text)
    assert (answer.code, answer.out) == (3, "")
    assert answer.err.count("\n") == 1
    assert "cannot be checked" in answer.err


def test_a_file_that_is_not_there_ends_with_3() -> None:
    answer = run("check-log", "/nowhere/server.log")
    assert (answer.code, answer.out) == (3, "")
    assert "cannot be read" in answer.err


def test_escapes_in_a_log_are_not_sent_to_the_terminal(tmp_path: Path) -> None:
    text = LLAMA_3B.replace("Qwen2.5 3B Instruct", "\x1b[31mQwen2.5 3B Instruct\x07")
    text = text.replace("= 36", "= 30")
    answer = asked(tmp_path, text)
    assert answer.code == 0
    assert "\x1b" not in answer.out
    assert "\x07" not in answer.out
    assert "\\u001b" not in json.dumps(asked(tmp_path, text, "--json").json)
