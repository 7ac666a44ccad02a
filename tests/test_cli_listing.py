"""`models`, `quants` and `hardware`: lists for scripts and for people."""

import os
import subprocess
import sys

import pytest

from llmfit_tui import __version__
from scenes import QWEN, run, shipped

KEYS = {
    "models": {
        "id",
        "aliases",
        "name",
        "family",
        "publisher",
        "parameters",
        "active_parameters",
        "context_max",
        "license",
        "release_date",
        "trust",
    },
    "quants": {"name", "format", "bits_per_weight"},
    "hardware": {"name", "aliases", "kind", "vendor", "memory_bytes", "bandwidth_bytes_per_s"},
}


@pytest.mark.parametrize("what", KEYS)
def test_a_list_is_a_schema_and_rows_with_the_contracts_keys(what: str) -> None:
    document = run(what, "--json").json
    assert document["schema"] == 1
    assert document[what]
    assert all(row.keys() >= KEYS[what] for row in document[what])


def test_every_entry_of_a_catalog_is_listed() -> None:
    assert len(run("models", "--json").json["models"]) == len(shipped().models)
    assert len(run("hardware", "--json").json["hardware"]) == len(shipped().devices)
    assert len(run("quants", "--json").json["quants"]) == len(shipped().quants)


def test_unknown_figures_are_null() -> None:
    rows = run("hardware", "--json").json["hardware"]
    assert any(row["memory_bytes"] is None for row in rows)
    assert all(row["bandwidth_bytes_per_s"] != 0 and row["memory_bytes"] != 0 for row in rows)


def test_words_narrow_a_list() -> None:
    rows = run("models", "qwen2.5", "0.5b", "--json").json["models"]
    assert QWEN in [row["id"] for row in rows]
    assert all("qwen2.5" in " ".join([row["name"], row["id"], *row["aliases"]]).lower() for row in rows)
    assert run("hardware", "RTX", "3060", "8", "--json").json["hardware"]


def test_words_that_match_nothing_give_an_empty_list() -> None:
    assert run("models", "zzzz", "--json").json == {"schema": 1, "models": []}
    assert "No models match" in run("models", "zzzz").out


@pytest.mark.parametrize("what", KEYS)
def test_a_table_is_plain_text_that_ends_with_a_count(what: str) -> None:
    answer = run(what)
    assert answer.code == 0
    assert "\x1b" not in answer.out
    assert answer.out.strip().splitlines()[-1].split()[0].isdigit()


def test_the_two_rtx_3060_are_two_rows() -> None:
    rows = run("hardware", "RTX 3060", "--json").json["hardware"]
    desktop = [row["name"] for row in rows if row["card"] == "NVIDIA GeForce RTX 3060"]
    assert desktop == ["NVIDIA GeForce RTX 3060 8 GB", "NVIDIA GeForce RTX 3060 12 GB"]


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version_is_told(flag: str) -> None:
    answer = run(flag)
    assert (answer.code, answer.out) == (0, f"llmfit-tui {__version__}\n")


def test_a_readable_estimate_leads_with_the_verdict() -> None:
    first, second, *rest = run("estimate", QWEN, "--quant", "Q4_K_M").out.splitlines()
    assert "Qwen2.5 0.5B Instruct" in first
    assert second.startswith("Runs great: ")
    assert any("GiB" in line for line in rest)


def test_a_readable_list_of_quantizations_has_a_row_each() -> None:
    out = run("estimate", QWEN, "--quant", "all").out
    assert all(name in out for name in ("IQ2_XXS", "Q4_K_M", "F16"))


def test_a_table_is_ascii_where_nothing_else_can_be_written() -> None:
    asked = [sys.executable, "-m", "llmfit_tui", "hardware", "4090"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(asked, capture_output=True, env=environment, check=True)
    assert done.stdout.isascii()
    assert b"-----" in done.stdout
    assert b"?" not in done.stdout
