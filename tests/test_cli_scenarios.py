"""`estimate --scenarios`: JSON lines in, JSON lines out, and a bad line never stops the rest."""

import json
from pathlib import Path
from typing import Any

import pytest

from scenes import LLAMA_8B, QWEN, ask, run, stream


def line(**keys: Any) -> str:
    return json.dumps({"model": QWEN, "quant": "Q4_K_M", **keys})


def test_the_order_is_kept_and_ids_are_echoed() -> None:
    found = stream(line(id="b"), line(id=2, model=LLAMA_8B), line(), line(id={"any": ["thing"]}))
    assert [one.get("id") for one in found] == ["b", 2, None, {"any": ["thing"]}]
    assert [one["model"]["id"] for one in found] == [QWEN, LLAMA_8B, QWEN, QWEN]


def test_a_line_says_the_same_as_the_command() -> None:
    (found,) = stream(
        line(context=4096, kv_type="q8_0", hardware="RTX 3090", gpu_layers="all", flash_attention="on")
    )
    words = ("--context", "4096", "--kv-type", "q8_0", "--hardware", "RTX 3090", "-ngl", "all", "-fa", "on")
    told = ask(QWEN, "--quant", "Q4_K_M", *words)
    # A stream of many does not search for what would help each.
    searched = {"changes", "best_quantization", "max_context_anywhere"}
    told["limits"] = {key: value for key, value in told["limits"].items() if key not in searched}
    assert found == told


def test_options_of_the_command_are_every_lines_defaults() -> None:
    found = stream(line(), line(context=2048), words=("--context", "4096", "--hardware", "RTX 3090"))
    assert [one["settings"]["context"] for one in found] == [4096, 2048]
    assert {one["hardware"]["name"] for one in found} == {"NVIDIA GeForce RTX 3090"}


@pytest.mark.parametrize(
    ("keys", "words", "part", "key", "value"),
    [
        ({"kv_type": "f16"}, ("-ctk", "q8_0"), "settings", "kv_type_k", "f16"),
        ({"vram": "24GiB"}, ("--hardware", "cpu"), "placement", "mode", "gpu"),
    ],
)
def test_a_line_wins_over_a_default_spelled_differently(
    keys: dict[str, Any], words: tuple[str, ...], part: str, key: str, value: str
) -> None:
    (found,) = stream(line(**keys), words=words)
    assert found.get(part, {}).get(key) == value


def test_all_quantizations_of_a_line_carry_its_id() -> None:
    found = stream(line(id=7, quant="all"), line(id=8))
    assert len(found) > 30
    assert [one["id"] for one in found] == [7] * (len(found) - 1) + [8]


@pytest.mark.parametrize(
    ("bad", "hint"),
    [
        ("not json", "JSON object"),
        ("[1, 2]", "JSON object"),
        ("null", "JSON object"),
        ('"text"', "JSON object"),
        ("{", "JSON object"),
        ('{"model": "' + QWEN + '", "context": NaN}', "NaN"),
        ('{"model": "' + QWEN + '", "context": Infinity}', "Infinity"),
        ('{"model": "' + QWEN + '", "context": 1e999}', "1e999"),
        ('{"model": "' + QWEN + '", "context": ' + "9" * 5000 + "}", "JSON object"),
        ("[" * 100_000, "JSON object"),
        (line(model=None), "model"),
        (line(model=["a"]), "model"),
        (line(model="no such model"), "Did you mean"),
        (line(quant="Q4_K_X"), "Q4_K_M"),
        (line(hardware="RTX 4909"), "RTX 4090"),
        (line(hardware="H100"), "PCIe"),
        (line(context=0), "context"),
        (line(context=-1), "context"),
        (line(context="lots"), "context"),
        (line(context=True), "context"),
        (line(context=[8192]), "context"),
        (line(context={"deep": {}}), "context"),
        (line(parallel=0), "parallel"),
        (line(unified_kv="yes"), "unified_kv"),
        (line(contxt=8192), "did you mean context"),
        (line(engine="vllm"), "engine"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else None,
)
def test_a_bad_line_is_answered_and_the_rest_goes_on(bad: str, hint: str) -> None:
    found = stream(line(id="before"), bad, line(id="after"))
    assert [one.get("id") for one in (found[0], found[2])] == ["before", "after"]
    assert hint in found[1]["error"]
    assert found[1]["line"] == 2
    assert found[1]["error"].isprintable()
    assert len(found[1]["error"]) < 500
    assert "id" in found[1]


def test_a_bad_lines_id_is_echoed_too() -> None:
    (found,) = stream(line(id="mine", context=0))
    assert (found["id"], found["line"]) == ("mine", 1)


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    marked = tmp_path / "scenarios.jsonl"
    marked.write_text(line(), encoding="utf-8-sig")
    for answer in (stream("\ufeff" + line()), run("estimate", "--scenarios", str(marked)).lines):
        assert answer[0]["model"]["id"] == QWEN


def test_blank_lines_are_skipped_but_counted() -> None:
    found = stream("", line(), "   ", "bad")
    assert len(found) == 2
    assert found[1]["line"] == 4


def test_a_null_value_is_as_if_it_were_not_there() -> None:
    assert stream(line(context=None, hardware=None)) == stream(line())


def test_switches_are_booleans_and_flash_attention_may_be_one() -> None:
    found = stream(line(flash_attention=False), line(swa_full=True, no_kv_offload=False))
    assert found[0]["settings"]["flash_attention"] is False
    assert "error" not in found[1]


def test_scenarios_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "scenarios.jsonl"
    path.write_text(f"{line(id=1)}\n{line(id=2)}", encoding="utf-8")
    answer = run("estimate", "--scenarios", str(path))
    assert [one["id"] for one in answer.lines] == [1, 2]


def test_bytes_that_are_no_text_spoil_only_their_own_line(tmp_path: Path) -> None:
    path = tmp_path / "scenarios.jsonl"
    path.write_bytes(b"\xff\xfe\x00\n" + line(id=2).encode() + b"\n")
    first, second = run("estimate", "--scenarios", str(path)).lines
    assert "JSON object" in first["error"]
    assert second["id"] == 2


@pytest.mark.parametrize("source", ["missing.jsonl", "."])
def test_a_file_that_cannot_be_read_ends_with_3(source: str, tmp_path: Path) -> None:
    answer = run("estimate", "--scenarios", str(tmp_path / source))
    assert (answer.code, answer.out) == (3, "")
    assert answer.err.count("\n") == 1
    assert "cannot be read" in answer.err


def test_a_model_and_scenarios_exclude_each_other() -> None:
    assert run("estimate", QWEN, "--scenarios", "-").code == 2


def test_an_id_too_large_for_a_number_does_not_stop_the_rest() -> None:
    found = stream('{"id": 1e999, "model": "x"}', line(id="after"))
    assert found[-1]["id"] == "after"
