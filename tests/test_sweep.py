"""Sweeps over many scenarios: on several processes, and as tables."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from llmfit_tui.cli.sweep import CHUNK, IN_FLIGHT, Line, in_order
from scenes import QWEN, run

LINES = [
    {"id": n, "model": QWEN if n % 40 else "nobody/nothing", "quant": "Q4_K_M", "vram": "24GiB"}
    for n in range(CHUNK + 8)
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Scenarios, some of them about a model there is not."""
    path = tmp_path / "lines.jsonl"
    path.write_text("".join(json.dumps(line) + "\n\n" for line in LINES))
    return path


def test_processes_answer_in_the_order_of_the_lines(file: Path) -> None:
    alone = run("estimate", "--scenarios", str(file), "--jobs", "1")
    together = run("estimate", "--scenarios", str(file), "--jobs", "2")
    assert (alone.code, together.code) == (0, 0)
    assert together.out == alone.out
    assert [line["id"] for line in together.lines] == [line["id"] for line in LINES]


def test_no_more_is_read_than_the_processes_can_take() -> None:
    read: list[int] = []

    def endless() -> Iterator[Line]:
        number = 0
        while True:
            number += 1
            read.append(number)
            yield number, ""

    found = in_order(endless(), numbers, 2, print, ())
    assert next(found) == 1
    assert len(read) <= (2 * IN_FLIGHT + 1) * CHUNK
    del found


def numbers(lines: list[Line]) -> list[int]:
    """Answers that cost nothing."""
    return [number for number, _ in lines]


def test_a_table_has_a_row_for_every_answer_and_every_error(file: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("estimate", "--scenarios", str(file), "--csv").out)))
    assert [int(row["id"]) for row in rows if row["id"]] == [line["id"] for line in LINES]
    wrong = [row for row in rows if row["error"]]
    assert len(wrong) == sum(line["model"] != QWEN for line in LINES)
    assert all(row["memory.total_bytes"] for row in rows if not row["error"])


def test_progress_goes_to_stderr_and_only_where_asked(file: Path) -> None:
    file.write_text(json.dumps(LINES[1]))
    words = ("estimate", "--scenarios", str(file))
    assert run(*words).err == ""
    said = run(*words, "--progress")
    assert "1 estimate," in said.err
    assert len(said.lines) == 1


@pytest.mark.parametrize("command", [("models", "qwen3-8b"), ("quants", "q4_k_m"), ("hardware", "4090")])
def test_lists_are_tables_too(command: tuple[str, ...]) -> None:
    documents: list[dict[str, Any]] = run(*command, "--json").json[command[0]]
    rows = list(csv.DictReader(io.StringIO(run(*command, "--csv").out)))
    assert [row["name"] for row in rows] == [document["name"] for document in documents]
    shown = run(*command, "--markdown").out.splitlines()
    assert len(shown) == len(documents) + 2
    assert len({line.replace("\\|", "").count("|") for line in shown}) == 1


def test_parquet_without_its_library_says_what_to_install(file: Path, tmp_path: Path) -> None:
    try:
        import pyarrow.parquet as parquet  # pyright: ignore
    except ImportError:
        found = run("estimate", "--scenarios", str(file), "--parquet", str(tmp_path / "x.parquet"))
        assert found.code == 2
        assert "pip install llmfit-tui[parquet]" in found.err
        assert list(tmp_path.glob("x.*")) == []
    else:
        path = tmp_path / "x.parquet"
        assert run("estimate", "--scenarios", str(file), "--parquet", str(path)).code == 0
        assert parquet.read_table(path).num_rows == len(LINES)  # pyright: ignore
