"""Taking in a person's own runs: what every tool prints, what is refused, and what changes."""

import json
import math
import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from llmfit_tui.core.errors import LlmfitError
from llmfit_tui.core.speed.calibration import one_of
from llmfit_tui.storage.benchmarks import runs_of_text
from scenes import Answer, run

BENCH: dict[str, Any] = {
    "build_commit": "0c1e570",
    "build_number": 8000,
    "cpu_info": "AMD Ryzen 9 7950X",
    "gpu_info": "NVIDIA GeForce RTX 4090",
    "backends": "CUDA",
    "model_filename": "models/Llama-3.1-8B-Instruct.gguf",
    "model_type": "llama 8B Q4_K - Medium",
    "n_prompt": 0,
    "n_gen": 128,
    "n_depth": 0,
    "avg_ts": 121.5,
}
PROMPT = BENCH | {"n_prompt": 512, "n_gen": 0, "avg_ts": 9000.0}
MARKDOWN = """
| model                  |     size | params | backend | ngl |  test |             t/s |
| ---------------------- | -------: | -----: | ------- | --: | ----: | --------------: |
| llama 8B Q4_K - Medium | 4.58 GiB | 8.03 B | CUDA    |  99 | pp512 | 9000.00 ± 20.10 |
| llama 8B Q4_K - Medium | 4.58 GiB | 8.03 B | CUDA    |  99 | tg128 |   121.50 ± 0.40 |
"""
OLLAMA = """
total duration:       2.1s
prompt eval count:    26 token(s)
prompt eval rate:     900.00 tokens/s
eval count:           298 token(s)
eval rate:            118.25 tokens/s
"""
SERVER = {"model": "Llama-3.1-8B-Instruct", "timings": {"prompt_n": 40, "predicted_per_second": 119.0}}
VLLM = {"backend": "vllm", "model_id": "Llama-3.1-8B-Instruct", "max_concurrency": 1, "median_tpot_ms": 8.4}
NAMED = ("--model", "Llama-3.1-8B-Instruct", "--quant", "Q4_K_M")


@pytest.fixture
def home(tmp_path: Path) -> tuple[str, str]:
    """A configuration folder with a profile called box."""
    config = ("--config", str(tmp_path))
    assert run(*config, "profile", "save", "box", "--hardware", "RTX 4090", "--ram", "64GiB").code == 0
    return config


def calibrate(home: tuple[str, str], *words: str) -> Answer:
    return run(*home, "calibrate", "--profile", "box", *words)


def speed(home: tuple[str, str]) -> dict[str, Any]:
    asked = ("estimate", "Qwen/Qwen3-8B", "--quant", "Q4_K_M", "--hardware", "box", "--json")
    return run(*home, *asked).json["estimates"][0]["speed"]


def csv_of(*rows: dict[str, Any]) -> str:
    lines = [",".join(BENCH), *(",".join(f'"{row[key]}"' for key in BENCH) for row in rows)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "tok_s"),
    [
        (json.dumps([PROMPT, BENCH]), 121.5),
        ("\n".join(json.dumps(row) for row in (PROMPT, BENCH)), 121.5),
        (csv_of(PROMPT, BENCH), 121.5),
        (MARKDOWN, 121.5),
        (OLLAMA, 118.25),
        (json.dumps(SERVER), 119.0),
        (json.dumps(VLLM), 119.05),
    ],
    ids=["json", "jsonl", "csv", "md", "ollama", "llama-server", "vllm"],
)
def test_every_tools_result_is_read(home: tuple[str, str], tmp_path: Path, text: str, tok_s: float) -> None:
    path = tmp_path / "result.txt"
    path.write_text(text, encoding="utf-8")
    answer = calibrate(home, str(path), *NAMED)
    assert (answer.code, answer.err) == (0, "")
    kept = calibrate(home, "--list", "--json").json["calibrations"]
    assert [one["tok_s"] for one in kept] == [pytest.approx(tok_s, abs=0.01)]


def test_estimates_on_the_profile_follow_a_run_until_it_is_removed(home: tuple[str, str]) -> None:
    before = speed(home)
    assert calibrate(home, "--tok-s", "90", *NAMED, "--name", "slow day").code == 0
    after = speed(home)
    assert before["basis"] == "estimated"
    assert after["basis"] == "calibrated"
    assert 0.6 < after["decode_tok_s"] / before["decode_tok_s"] < 0.95
    assert "slow day" in calibrate(home, "--list").out
    assert calibrate(home, "--remove", "slow day").code == 0
    assert speed(home) == before


def test_the_file_says_the_model_and_type_itself_where_it_can(home: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    path.write_text(json.dumps([BENCH]), encoding="utf-8")
    assert calibrate(home, str(path)).code == 0
    (kept,) = calibrate(home, "--list", "--json").json["calibrations"]
    assert (kept["model"], kept["quantization"]) == ("meta-llama/Llama-3.1-8B-Instruct", "Q4_K_M")


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("hello", NAMED, "llama-bench"),
        (json.dumps([BENCH | {"avg_ts": 0}]), NAMED, "tokens per second"),
        (json.dumps([BENCH | {"avg_ts": 4000}]), NAMED, "memory allows"),
        (json.dumps([BENCH | {"gpu_info": "NVIDIA GeForce RTX 3060"}]), NAMED, "--same-machine"),
        (json.dumps([BENCH, BENCH | {"model_filename": "other.gguf"}]), NAMED, "2 models"),
        (json.dumps([BENCH, BENCH | {"n_gpu_layers": 12}]), NAMED, "2 values of -ngl"),
        (json.dumps([BENCH | {"avg_ts": 1.5}]), NAMED, "not this machine at work"),
        (json.dumps([BENCH | {"gpu_info": "Some Card 3000"}]), NAMED, "not known here"),
        (json.dumps([BENCH | {"gpu_info": ", ".join([BENCH["gpu_info"]] * 2)}]), NAMED, "saw 2 GPUs"),
        (json.dumps([BENCH | {"n_gpu_layers": 0}]), NAMED, "used no GPU"),
        (json.dumps([BENCH | {"n_depth": 1e300}]), NAMED, "n_depth"),
        (OLLAMA, (), "--model"),
        (json.dumps(VLLM | {"max_concurrency": 32}), NAMED, "several requests"),
    ],
    ids=[
        "unknown",
        "zero",
        "absurd",
        "another machine",
        "mixed models",
        "mixed -ngl",
        "far too slow",
        "unknown card",
        "two cards",
        "CPU",
        "absurd depth",
        "nameless",
        "batched",
    ],
)
def test_what_cannot_be_trusted_is_refused_and_nothing_is_kept(
    home: tuple[str, str], tmp_path: Path, text: str, words: tuple[str, ...], said: str
) -> None:
    path = tmp_path / "result.txt"
    path.write_text(text, encoding="utf-8")
    refused = calibrate(home, str(path), *words)
    assert refused.code == 2
    assert said in refused.err
    assert len(refused.err.splitlines()) == 1
    assert calibrate(home, "--list", "--json").json["calibrations"] == []


def test_a_missing_file_and_an_unknown_profile_are_said(home: tuple[str, str]) -> None:
    assert calibrate(home, "nowhere.json", *NAMED).code == 3
    assert run(*home, "calibrate", "--profile", "bax", "--tok-s", "9", *NAMED).code == 2


def test_whoever_knows_better_may_insist_on_the_machine(home: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    path.write_text(json.dumps([BENCH | {"gpu_info": "Some Card 3000"}]), encoding="utf-8")
    assert calibrate(home, str(path), *NAMED, "--same-machine").code == 0


def test_a_chips_name_that_several_share_is_the_profiles(tmp_path: Path) -> None:
    config = ("--config", str(tmp_path))
    assert run(*config, "profile", "save", "mac", "--hardware", "M3 Max 40").code == 0
    path = tmp_path / "bench.json"
    row = BENCH | {"gpu_info": "Apple M3 Max", "backends": "MTL,BLAS", "avg_ts": 62.0}
    path.write_text(json.dumps([row]), encoding="utf-8")
    answer = run(*config, "calibrate", "--profile", "mac", str(path))
    assert (answer.code, answer.err) == (0, "")


def test_ones_own_run_of_a_model_is_what_is_shown_for_it(home: tuple[str, str]) -> None:
    assert calibrate(home, "--tok-s", "130", "--model", "Qwen/Qwen3-8B", "--quant", "Q4_K_M").code == 0
    found = speed(home)
    assert found["basis"] == "calibrated"
    assert found["decode_tok_s"] == pytest.approx(130, rel=0.02)
    assert "your own run" in found["source"]


def test_damaged_results_end_in_a_sentence() -> None:
    pick = random.Random(8)
    odd: tuple[Any, ...] = (
        None,
        True,
        -1,
        0,
        1e308,
        math.nan,
        "",
        "x",
        [],
        {},
        [1],
        {"a": 1},
        10**400,
        "9" * 400,
        "inf",
    )
    whole = BENCH | {"median_tpot_ms": 3, "max_concurrency": 1, "timings": {"predicted_per_second": 3}}
    for _ in range(600):
        row = dict(whole)
        for key in pick.sample(sorted(whole), 3):
            row[key] = pick.choice(odd)
            if pick.random() < 0.3:
                del row[key]
        text = json.dumps(pick.choice((row, [row], [[row]], [row, BENCH], {"timings": row})))
        with suppress(LlmfitError):
            one_of(runs_of_text(text[: pick.randint(0, len(text))] if pick.random() < 0.1 else text, "it"))
